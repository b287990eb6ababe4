import { createHash, createHmac } from 'node:crypto';
import { decodeBase64url } from '../src/base64url.ts';

/**
 * ES256 signatures with the nonce of RFC 6979, so that the vectors are the same bytes whenever they are made. For test
 * keys only: this arithmetic takes time that depends on the key.
 */

/** The order of the group. */
export const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** The prime of the field. */
export const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
type Point = { x: bigint; y: bigint } | undefined;
const generator: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
};

const modulo = (value: bigint, by: bigint): bigint => ((value % by) + by) % by;

function power(base: bigint, exponent: bigint, by: bigint): bigint {
  let result = 1n;
  for (let square = modulo(base, by); exponent > 0n; exponent >>= 1n, square = (square * square) % by) {
    if (exponent & 1n) result = (result * square) % by;
  }
  return result;
}

/** By Fermat: both moduli are prime. */
const inverse = (value: bigint, by: bigint): bigint => power(value, by - 2n, by);

function add(a: Point, b: Point): Point {
  if (!a || !b) return a ?? b;
  if (a.x === b.x && a.y !== b.y) return undefined;
  const slope =
    a.x === b.x ? (3n * a.x * a.x - 3n) * inverse(2n * a.y, p) : (b.y - a.y) * inverse(b.x - a.x, p);
  const x = modulo(slope * slope - a.x - b.x, p);
  return { x, y: modulo(slope * (a.x - x) - a.y, p) };
}

function multiply(scalar: bigint): { x: bigint; y: bigint } {
  let sum: Point;
  for (let double: Point = generator; scalar > 0n; scalar >>= 1n, double = add(double, double)) {
    if (scalar & 1n) sum = add(sum, double);
  }
  return sum!;
}

const toNumber = (bytes: Uint8Array): bigint =>
  bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** 32 bytes, leading zeros kept. */
export const toBytes = (value: bigint): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * (31 - i))) & 0xffn));

/** The two halves of a raw signature. */
export const splitSignature = (signature: Uint8Array): { r: bigint; s: bigint } => ({
  r: toNumber(signature.slice(0, 32)),
  s: toNumber(signature.slice(32)),
});

export const joinSignature = (r: bigint, s: bigint): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([...toBytes(r), ...toBytes(s)]);

/** RFC 6979 section 3.2. Its retries (a nonce out of range) never come up with 256 bits, so they are not written. */
function nonceOf(key: Uint8Array, hash: Uint8Array): bigint {
  const reduced = toBytes(modulo(toNumber(hash), n));
  const mac = (k: Uint8Array, ...parts: Uint8Array[]): Uint8Array =>
    parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', k)).digest();
  let v: Uint8Array = new Uint8Array(32).fill(1);
  let k: Uint8Array = new Uint8Array(32);
  for (const separator of [0, 1]) {
    k = mac(k, v, Uint8Array.of(separator), key, reduced);
    v = mac(k, v);
  }
  return toNumber(mac(k, v));
}

/** Signs with the private key `d` (base64url); the signature is R and S, 32 bytes each (RFC 7518 section 3.4). */
export function signEs256(text: string, d: string): Uint8Array<ArrayBuffer> {
  const key = decodeBase64url(d)!;
  const hash = createHash('sha256').update(text).digest();
  const k = nonceOf(key, hash);
  const r = modulo(multiply(k).x, n);
  return joinSignature(r, modulo(inverse(k, n) * (toNumber(hash) + r * toNumber(key)), n));
}
