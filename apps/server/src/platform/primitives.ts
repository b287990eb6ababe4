import { createPublicKey, hash, KeyObject, sign, verify } from 'node:crypto';
import type { Primitives } from '@countersign/protocol';

/**
 * The protocol's primitives by `node:crypto`, at once and on the thread that asks. WebCrypto hands each call to a pool of
 * threads, which costs the server more than the computing does; see docs/performance.md.
 */

const mostKeys = 2_000;

export function createPrimitives(): Primitives {
  const keys = new Map<string, KeyObject>();

  /** Throws where the point is not on the curve. Such a key is not kept. */
  function keyOf(jwk: { kty: 'EC'; crv: 'P-256'; x: string; y: string }): KeyObject {
    const name = `${jwk.x}.${jwk.y}`;
    let key = keys.get(name);
    if (key === undefined) {
      key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
      if (keys.size >= mostKeys) keys.clear();
      keys.set(name, key);
    }
    return key;
  }

  return {
    sha256: (bytes) => new Uint8Array(hash('sha256', bytes, 'buffer')),
    verifyEs256: (jwk, signature, data) =>
      verify('sha256', data, { key: keyOf(jwk), dsaEncoding: 'ieee-p1363' }, signature),
    // A key that WebCrypto does not give away is none of the server's own.
    signEs256: (key, data) =>
      key.extractable
        ? Uint8Array.from(sign('sha256', data, { key: KeyObject.from(key), dsaEncoding: 'ieee-p1363' }))
        : signByWebCrypto(key, data),
  };
}

const signByWebCrypto = async (
  key: CryptoKey,
  data: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, data));
