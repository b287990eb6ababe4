import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBytes } from '../tools/ecdsa.ts';
import { presenceKey, publicHalf } from '../tools/test-keys.ts';
import { encodeBase64url } from './base64url.ts';
import {
  exportPresenceJwk,
  generatePresenceKey,
  presenceThumbprint,
  readPresenceJwk,
} from './presence-key.ts';
import { primitives } from './primitives.ts';

const jwk = publicHalf(presenceKey);
/** The key of the example proofs in RFC 9449. */
const dpopKey = {
  kty: 'EC',
  crv: 'P-256',
  x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
  y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
} as const;

test('the thumbprint of RFC 9449 (its jkt, section 6.1)', async () => {
  assert.equal(await presenceThumbprint(dpopKey), '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I');
});

test('the thumbprint does not depend on the order of members, nor on members beside the required ones', async () => {
  const { kty, crv, x, y } = dpopKey;
  const reordered = readPresenceJwk({ use: 'sig', y, alg: 'ES256', x, kid: '1', kty, crv })!;
  assert.deepEqual(Object.keys(reordered).sort(), ['crv', 'kty', 'x', 'y']);
  assert.equal(await presenceThumbprint(reordered), await presenceThumbprint(dpopKey));
});

test('a fresh key keeps its private half, and its public half is read back', async () => {
  const keys = await generatePresenceKey();
  assert.equal(keys.privateKey.extractable, false);
  for (const format of ['jwk', 'pkcs8'] as const) {
    await assert.rejects(crypto.subtle.exportKey(format, keys.privateKey), { name: 'InvalidAccessError' });
  }
  const exported = await exportPresenceJwk(keys.publicKey);
  assert.deepEqual(readPresenceJwk(exported), exported);
});

test('a JWK that is no public P-256 key is refused', () => {
  const refused: Record<string, unknown> = {
    'no object': 'x',
    null: null,
    array: [jwk],
    'a private key': presenceKey,
    'a private member of null': { ...jwk, d: null },
    'another curve': { ...jwk, crv: 'P-384' },
    secp256k1: { ...jwk, crv: 'secp256k1' },
    RSA: { kty: 'RSA', n: 'AQAB', e: 'AQAB' },
    'an OKP key': { kty: 'OKP', crv: 'Ed25519', x: jwk.x },
    symmetric: { kty: 'oct', k: jwk.x },
    'no kty': { ...jwk, kty: undefined },
    'no y': { ...jwk, y: undefined },
    'x a number': { ...jwk, x: 1 },
    'x of 31 bytes': { ...jwk, x: encodeBase64url(new Uint8Array(31)) },
    'x of 33 bytes': { ...jwk, x: encodeBase64url(new Uint8Array(33)) },
    'y of 31 bytes': { ...jwk, y: encodeBase64url(new Uint8Array(31)) },
    'x padded': { ...jwk, x: `${jwk.x}=` },
    'x with stray bits': { ...jwk, x: `${jwk.x.slice(0, -1)}V` },
  };
  assert.equal(jwk.x.at(-1), 'U', 'the last character carries two stray bits');
  for (const [what, value] of Object.entries(refused)) assert.equal(readPresenceJwk(value), undefined, what);
  assert.deepEqual(readPresenceJwk(jwk), jwk);
});

test('coordinates that are no point of the curve are never imported', async () => {
  const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
  const zero = encodeBase64url(toBytes(0n));
  const one = encodeBase64url(toBytes(1n));
  const points = {
    'the point at infinity': { x: zero, y: zero },
    'off the curve': { x: one, y: one },
    'x and y exchanged': { x: jwk.y, y: jwk.x },
    'x of zero with the y of another point': { x: zero, y: jwk.y },
    'x beyond the field': { x: encodeBase64url(toBytes(p)), y: jwk.y },
    'y beyond the field': { x: jwk.x, y: encodeBase64url(toBytes(p + 1n)) },
    'the largest numbers': {
      x: encodeBase64url(toBytes(2n ** 256n - 1n)),
      y: encodeBase64url(toBytes(2n ** 256n - 1n)),
    },
    // The base point of secp256k1.
    'a point of another curve': {
      x: encodeBase64url(toBytes(0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n)),
      y: encodeBase64url(toBytes(0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n)),
    },
  };
  for (const [what, { x, y }] of Object.entries(points)) {
    const verifying = async () =>
      primitives.verifyEs256({ kty: 'EC', crv: 'P-256', x, y }, new Uint8Array(64), new Uint8Array(1));
    await assert.rejects(verifying, Error, what);
  }
});
