import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinSignature, n, p, signEs256, splitSignature } from '../tools/ecdsa.ts';
import { forge, resign } from '../tools/forge.ts';
import { otherKey, presenceKey, publicHalf, type TestKey } from '../tools/test-keys.ts';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { parseJws, verifyJws } from './jws.ts';

/** ECDSA P-256 at its edges: what a verifier that forgets a check of FIPS 186-5 section 6.4.2 would let in. */

const typ = 'x+jwt';
const jws = forge({ typ, alg: 'ES256' }, { a: 1 });
const signature = decodeBase64url(jws.split('.')[2]!)!;
const { r, s } = splitSignature(signature);

async function verifies(changed: Uint8Array | string, key: TestKey = presenceKey): Promise<boolean> {
  const parsed = parseJws(resign(jws, changed), typ);
  return parsed !== undefined && verifyJws(parsed, publicHalf(key));
}

test('the signature of RFC 6979 appendix A.2.5 is made and verified', async () => {
  const published = joinSignature(
    0xefd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716n,
    0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8n,
  );
  assert.deepEqual(signEs256('sample', otherKey.d), published);
  const sample = { header: {}, claims: {}, signingInput: 'sample', signature: published };
  assert.equal(await verifyJws(sample, publicHalf(otherKey)), true);
  assert.equal(await verifyJws({ ...sample, signingInput: 'test' }, publicHalf(otherKey)), false);
});

test('the right signature verifies, and not under another key or the negated one', async () => {
  assert.equal(await verifies(signature), true);
  assert.equal(await verifies(signature, otherKey), false);
  const y = BigInt(`0x${hex(decodeBase64url(presenceKey.y)!)}`);
  const negated = { ...presenceKey, y: encodeBase64url(joinSignature(0n, p - y).slice(32)) };
  assert.equal(await verifies(signature, negated), false);
});

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

test('r and s must be from 1 to n - 1', async () => {
  const most = 2n ** 256n - 1n;
  const pairs: Record<string, [bigint, bigint]> = {
    'r = 0': [0n, s],
    's = 0': [r, 0n],
    'both 0': [0n, 0n],
    'r = 0, s = 1': [0n, 1n],
    'r = n': [n, s],
    's = n': [r, n],
    'both n': [n, n],
    'r = n, s = 1': [n, 1n],
    'r = n + 1': [n + 1n, s],
    's = n + 1': [r, n + 1n],
    'r = p': [p, s],
    'r = p - n, as r + n would be': [p - n, s],
    'both at their largest': [most, most],
    'r = 1, s = 1': [1n, 1n],
    'r = n - 1, s = n - 1': [n - 1n, n - 1n],
    'r = n - r': [n - r, s],
    'r and s exchanged': [s, r],
  };
  for (const [what, [one, two]] of Object.entries(pairs)) {
    assert.equal(await verifies(joinSignature(one, two)), false, what);
  }
});

test('a signature is 64 bytes, raw', async () => {
  const bytes = [...signature];
  const lengths: Record<string, number[]> = {
    none: [],
    '32 bytes': bytes.slice(0, 32),
    '63 bytes, the last cut off': bytes.slice(0, 63),
    '63 bytes, the first cut off': bytes.slice(1),
    '65 bytes, a zero at the end': [...bytes, 0],
    '65 bytes, a zero at the start': [0, ...bytes],
    '128 bytes': [...bytes, ...bytes],
    '96 bytes, as of P-384': [...bytes, ...new Uint8Array(32)],
  };
  for (const [what, changed] of Object.entries(lengths)) {
    assert.equal(await verifies(Uint8Array.from(changed)), false, what);
  }
});

test('DER in place of the raw form is refused, also where it happens to be 64 bytes long', async () => {
  const integer = (value: bigint) => {
    const digits = value.toString(16);
    const even = digits.length % 2 ? `0${digits}` : digits;
    const body = Number.parseInt(even.slice(0, 2), 16) > 127 ? `00${even}` : even;
    return `02${(body.length / 2).toString(16).padStart(2, '0')}${body}`;
  };
  const der = (one: bigint, two: bigint) => {
    const body = integer(one) + integer(two);
    const bytes = `30${(body.length / 2).toString(16)}${body}`.match(/../g)!;
    return Uint8Array.from(bytes.map((byte) => Number.parseInt(byte, 16)));
  };
  assert.ok(der(r, s).length >= 70);
  assert.equal(await verifies(der(r, s)), false);
  const short = der(r >> 24n, s >> 24n);
  const padded = Uint8Array.from({ length: 64 }, (_, i) => short[i] ?? 0);
  assert.equal(await verifies(padded), false);
});

test('the signature belongs to the exact text: another spelling of the same JSON does not verify', async () => {
  const spelt = forge(`{"alg":"ES256","typ":"${typ}"}`, '{ "a": 1 }');
  const moved = parseJws(resign(spelt, signature), typ)!;
  assert.deepEqual(moved.claims, { a: 1 });
  assert.equal(await verifyJws(moved, publicHalf(presenceKey)), false);
});

test('every signature has a twin, so a signature is never an id of what was signed', async () => {
  assert.equal(await verifies(joinSignature(r, n - s)), true);
});
