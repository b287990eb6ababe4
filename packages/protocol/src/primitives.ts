import type { PresenceJwk } from './presence-key.ts';

/** What signing and verifying need of cryptography: three functions, by WebCrypto unless something else is put in their place. */
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
  /** The signature of `data` by a private key, in the same form. */
  signEs256(key: CryptoKey, data: Uint8Array<ArrayBuffer>): MaybePromise<Uint8Array<ArrayBuffer>>;
}
type MaybePromise<T> = T | Promise<T>;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const es256 = { name: 'ECDSA', hash: 'SHA-256' } as const;

const byWebCrypto: Primitives = {
  sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)),
  async verifyEs256(jwk, signature, data) {
    const key = await crypto.subtle.importKey('jwk', { ...jwk, ext: true }, algorithm, true, ['verify']);
    return crypto.subtle.verify(es256, key, signature, data);
  },
  signEs256: async (key, data) => new Uint8Array(await crypto.subtle.sign(es256, key, data)),
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
