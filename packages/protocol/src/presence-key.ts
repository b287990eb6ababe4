import { decodeBase64url } from './base64url.ts';
import { sha256Base64url } from './hash.ts';
import { isJsonObject } from './json.ts';

/** The public half of a presence key: a P-256 JWK (RFC 7518 section 6.2.1) with no members but these. */
export interface PresenceJwk {
  kty: 'EC';
  crv: 'P-256';
  x: string;
  y: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** Makes a presence key whose private half can never leave the device. */
export const generatePresenceKey = (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);

export async function exportPresenceJwk(key: CryptoKey): Promise<PresenceJwk> {
  const { x, y } = await crypto.subtle.exportKey('jwk', key);
  return { kty: 'EC', crv: 'P-256', x: x!, y: y! };
}

/** The JWK in `value` reduced to its required members; undefined where it is no public P-256 key, or holds a private one. */
export function readPresenceJwk(value: unknown): PresenceJwk | undefined {
  if (!isJsonObject(value) || value.kty !== 'EC' || value.crv !== 'P-256' || 'd' in value) return undefined;
  const { x, y } = value;
  if (typeof x !== 'string' || typeof y !== 'string') return undefined;
  // RFC 7518 section 6.2.1.2: coordinates are of full size, leading zeros kept.
  if (decodeBase64url(x)?.length !== 32 || decodeBase64url(y)?.length !== 32) return undefined;
  return { kty: 'EC', crv: 'P-256', x, y };
}

/** RFC 7638: SHA-256 over the required members in lexicographic order, base64url. */
export const presenceThumbprint = ({ crv, kty, x, y }: PresenceJwk): Promise<string> =>
  sha256Base64url(JSON.stringify({ crv, kty, x, y }));
