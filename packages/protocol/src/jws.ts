import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { isJsonObject, parseStrictJsonBytes, type JsonValue } from './json.ts';
import type { PresenceJwk } from './presence-key.ts';
import { primitives } from './primitives.ts';

/** JWS Compact Serialization (RFC 7515 section 7.1) with ES256 (RFC 7518 section 3.4) and nothing else. */

const utf8 = new TextEncoder();

export type Members = { [name: string]: JsonValue };

export interface ParsedJws {
  header: Members;
  claims: Members;
  signingInput: string;
  signature: Uint8Array<ArrayBuffer>;
}

const encodeJson = (value: unknown): string => encodeBase64url(utf8.encode(JSON.stringify(value)));

/** Signs `claims` with a P-256 private key; `alg` is put into the header here. */
export async function signJws(
  header: { typ: string; jwk?: PresenceJwk; kid?: string },
  claims: object,
  privateKey: CryptoKey,
): Promise<string> {
  const signingInput = `${encodeJson({ ...header, alg: 'ES256' })}.${encodeJson(claims)}`;
  const signature = await primitives.signEs256(privateKey, utf8.encode(signingInput));
  return `${signingInput}.${encodeBase64url(signature)}`;
}

/**
 * Takes a JWS apart without believing it. Undefined where it is not well formed, or its `typ` or `alg` is not what was
 * asked for, or it has a `crit` (RFC 7515 section 4.1.11: an extension that we do not know must be refused).
 */
export function parseJws(jws: string, typ: string): ParsedJws | undefined {
  const parts = jws.split('.');
  if (parts.length !== 3) return undefined;
  const [headerBytes, claimsBytes, signature] = parts.map(decodeBase64url);
  if (!headerBytes || !claimsBytes || signature?.length !== 64) return undefined;
  const header = parseStrictJsonBytes(headerBytes);
  const claims = parseStrictJsonBytes(claimsBytes);
  if (!isJsonObject(header) || !isJsonObject(claims)) return undefined;
  if (header.typ !== typ || header.alg !== 'ES256' || 'crit' in header || 'b64' in header) return undefined;
  return { header, claims, signingInput: `${parts[0]}.${parts[1]}`, signature };
}

/** Whether the signature is by `key`. A key that is not on the curve verifies nothing. */
export async function verifyJws(jws: ParsedJws, key: PresenceJwk): Promise<boolean> {
  try {
    return await primitives.verifyEs256(key, jws.signature, utf8.encode(jws.signingInput));
  } catch {
    return false;
  }
}
