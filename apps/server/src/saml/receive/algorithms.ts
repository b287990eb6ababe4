import { verify, type KeyObject } from 'node:crypto';
import { algorithms } from '../names.ts';

/** The algorithms that are taken (XML Signature 1.1, RFC 6931), each for keys of one type: no HMAC, no SHA-1, no MD5. */
const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const signatureAlgorithms = new Map<string, { hash: string; keyType: string }>([
  [algorithms.rsaSha256, { hash: 'sha256', keyType: 'rsa' }],
  [`${more}rsa-sha384`, { hash: 'sha384', keyType: 'rsa' }],
  [`${more}rsa-sha512`, { hash: 'sha512', keyType: 'rsa' }],
  [`${more}ecdsa-sha256`, { hash: 'sha256', keyType: 'ec' }],
  [`${more}ecdsa-sha384`, { hash: 'sha384', keyType: 'ec' }],
  [`${more}ecdsa-sha512`, { hash: 'sha512', keyType: 'ec' }],
]);

/** By name to Node's. */
export const digestAlgorithms = new Map<string, string>([
  [algorithms.sha256, 'sha256'],
  [algorithms.sha384, 'sha384'],
  [algorithms.sha512, 'sha512'],
]);

export const signatureAlgorithmNames: readonly string[] = [...signatureAlgorithms.keys()];

/** Whether one of the keys made this signature; false too for an algorithm that is not taken. */
export function isSignedByOneOf(
  keys: readonly KeyObject[],
  algorithm: string,
  text: string,
  signature: Buffer,
): boolean {
  const { hash, keyType } = signatureAlgorithms.get(algorithm) ?? {};
  // XML Signature 1.1, section 6.4.3: r and s one after the other, not as DER.
  return keys.some(
    (key) =>
      key.asymmetricKeyType === keyType &&
      verify(hash, Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature),
  );
}
