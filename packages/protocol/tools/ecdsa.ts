import { createECDH, createHash, createHmac } from 'node:crypto';
import { decodeBase64url } from '../src/base64url.ts';

/**
 * ES256 signatures with the nonce of RFC 6979, so that the vectors are the same bytes whenever they are made. For test
 * keys only: this arithmetic takes time that depends on the key.
 */

/** The order of the group. */
export const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** The prime of the field. */
export const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;

const modulo = (value: bigint): bigint => ((value % n) + n) % n;

/** By Fermat: n is prime. */
function inverse(value: bigint): bigint {
  let result = 1n;
  for (
    let square = value, exponent = n - 2n;
    exponent > 0n;
    exponent >>= 1n, square = (square * square) % n
  ) {
    if (exponent & 1n) result = (result * square) % n;
  }
  return result;
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
  const reduced = toBytes(modulo(toNumber(hash)));
  const mac = (by: Uint8Array, ...parts: Uint8Array[]): Uint8Array =>
    parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', by)).digest();
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
  // The public key of the private key k is the point k × G; R is its x.
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(toBytes(k));
  const r = modulo(toNumber(curve.getPublicKey().subarray(1, 33)));
  return joinSignature(r, modulo(inverse(k) * (toNumber(hash) + r * toNumber(key))));
}
