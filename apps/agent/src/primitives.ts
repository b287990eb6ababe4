import { createHash, createPublicKey, KeyObject, sign, verify } from 'node:crypto';
import type { Primitives } from '@countersign/protocol';

/**
 * The protocol's primitives by `node:crypto`, on the thread that asks: WebCrypto's pool of threads has memory of its own
 * for each, which a service that sits on every machine should not take.
 */
export const primitives: Primitives = {
  sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
  verifyEs256: (jwk, signature, data) =>
    verify(
      'sha256',
      data,
      { key: createPublicKey({ key: { ...jwk }, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      signature,
    ),
  signEs256: (key, data) =>
    Uint8Array.from(sign('sha256', data, { key: KeyObject.from(key), dsaEncoding: 'ieee-p1363' })),
};
