import { createHmac } from 'node:crypto';
import { encodeBase64url } from '../src/base64url.ts';
import { signEs256 } from './ecdsa.ts';
import { presenceKey, type TestKey } from './test-keys.ts';

/** Makes JWS of every kind, right and wrong. The product's own signers make only right ones. */

const utf8 = new TextEncoder();

/** A text is taken as it is, for JSON that no serialiser would write. */
const part = (value: object | string): string =>
  encodeBase64url(utf8.encode(typeof value === 'string' ? value : JSON.stringify(value)));

/** Signed with ES256 by `key`, whatever the header says. */
export function forge(header: object | string, claims: object | string, key: TestKey = presenceKey): string {
  const signingInput = `${part(header)}.${part(claims)}`;
  return `${signingInput}.${encodeBase64url(signEs256(signingInput, key.d))}`;
}

/** Signed with HMAC-SHA-256 under `secret`: what an attacker does where the verifier takes the public key for a secret. */
export function forgeHs256(header: object, claims: object, secret: string): string {
  const signingInput = `${part(header)}.${part(claims)}`;
  return `${signingInput}.${createHmac('sha256', secret).update(signingInput).digest('base64url')}`;
}

/** The same JWS with another signature: bytes, or the text that stands in their place. */
export const resign = (jws: string, signature: Uint8Array | string): string =>
  `${jws.slice(0, jws.lastIndexOf('.'))}.${typeof signature === 'string' ? signature : encodeBase64url(signature)}`;
