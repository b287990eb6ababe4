import type { PresenceJwk } from './presence-key.ts';

/** What verifying needs of cryptography: two functions, by WebCrypto unless something else is put in their place. */
export interface Primitives {
  /** SHA-256 (FIPS 180-4). */
  sha256(bytes: Uint8Array<ArrayBuffer>): MaybePromise<Uint8Array<ArrayBuffer>>;
  /**
   * Whether `signature` (r and s, 32 bytes each; RFC 7518 section 3.4) over `data` is by `key`. May throw where the key
   * is not on the curve.
   */
  verifyEs256(
    key: PresenceJwk,
    signature: Uint8Array<ArrayBuffer>,
    data: Uint8Array<ArrayBuffer>,
  ): MaybePromise<boolean>;
}
type MaybePromise<T> = T | Promise<T>;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

const byWebCrypto: Primitives = {
  sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)),
  async verifyEs256(jwk, signature, data) {
    const key = await crypto.subtle.importKey('jwk', { ...jwk, ext: true }, algorithm, true, ['verify']);
    return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, data);
  },
};

export let primitives = byWebCrypto;

/**
 * Puts other functions in the place of WebCrypto's, for the whole process. They must give the same results: hold them
 * to the tests of this package. A server does that, since WebCrypto takes a thread for each call, which costs more
 * than what it computes.
 */
export function usePrimitives(others: Primitives): void {
  primitives = others;
}
