import { encodeBase64url } from '../base64url.ts';
import { equalInConstantTime, sha256Base64url } from '../hash.ts';
import { parseJws, signJws, verifyJws } from '../jws.ts';
import { exportPresenceJwk, presenceThumbprint, readPresenceJwk, type PresenceJwk } from '../presence-key.ts';
import { isFresh, numericDate } from '../time.ts';

/**
 * The proof of possession that every call of an authenticator carries: the shape of RFC 9449 (DPoP), and `bh`, the
 * hash of the body, so that a proof is good for one method, one URL, one body and once.
 */

const typ = 'dpop+jwt';

/** How long a `jti` must be remembered, in seconds: the whole width of the window in which its `iat` is accepted. */
export const proofLifetime = 120;

export interface ProvenCall {
  method: string;
  /** The absolute URL of the call; query and fragment are not covered (RFC 9449 section 4.2, `htu`). */
  url: string;
  /** The exact bytes of the body; absent or empty where there is none. */
  body?: Uint8Array<ArrayBuffer>;
}

export type ProofVerification =
  { valid: true; key: PresenceJwk; thumbprint: string; jti: string } | { valid: false; reason: string };

/** Makes the proof for one call, at `now` (milliseconds since 1970). */
export async function signProof(call: ProvenCall, keys: CryptoKeyPair, now: number): Promise<string> {
  return signJws(
    { typ, jwk: await exportPresenceJwk(keys.publicKey) },
    {
      htm: call.method,
      htu: targetOf(call.url),
      iat: numericDate(now),
      jti: encodeBase64url(crypto.getRandomValues(new Uint8Array(16))),
      ...(call.body?.length ? { bh: await sha256Base64url(call.body) } : {}),
    },
    keys.privateKey,
  );
}

/**
 * Checks everything about a proof that can be checked without a store. What is left to the caller: that the key of
 * this thumbprint is enrolled and not revoked, and that this `jti` of it is new (within {@link proofLifetime}).
 */
export async function verifyProof(proof: string, call: ProvenCall, now: number): Promise<ProofVerification> {
  const refuse = (reason: string): ProofVerification => ({ valid: false, reason });
  const jws = parseJws(proof, typ);
  if (!jws) return refuse('the proof is not a well-formed JWS of this type');
  const key = readPresenceJwk(jws.header.jwk);
  if (!key) return refuse('the header holds no public P-256 key');
  const { htm, htu, iat, jti, bh } = jws.claims;
  if (htm !== call.method) return refuse('made for another method');
  const target = targetOf(call.url);
  // A call whose own URL cannot be read matches nothing, least of all an `htu` that cannot be read either.
  if (typeof htu !== 'string' || target === '' || targetOf(htu) !== target) {
    return refuse('made for another URL');
  }
  if (!isFresh(iat, now)) return refuse('issued too long ago or in the future');
  // 96 bits in base64url are 16 characters; an upper bound keeps the memory of seen ones small.
  if (typeof jti !== 'string' || jti.length < 16 || jti.length > 128) return refuse('no usable jti');
  if (call.body?.length || bh !== undefined) {
    const expected = await sha256Base64url(call.body ?? new Uint8Array());
    if (typeof bh !== 'string' || !equalInConstantTime(bh, expected)) return refuse('made for another body');
  }
  if (!(await verifyJws(jws, key))) return refuse('the signature does not verify');
  return { valid: true, key, thumbprint: await presenceThumbprint(key), jti };
}

/** The URL without query and fragment, its scheme and host normalised (RFC 3986 section 6.2.2); '' where it is none. */
function targetOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed && parsed.username === '' && parsed.password === '' ? parsed.origin + parsed.pathname : '';
}
