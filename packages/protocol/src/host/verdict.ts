import { parseJws, signJws, verifyJws } from '../jws.ts';
import { presenceThumbprint, type PresenceJwk } from '../presence-key.ts';
import { isFresh, numericDate } from '../time.ts';

/**
 * What lets somebody in on a host: the server's word over this very login (docs/hosts.md, "Calls of a host"). The agent
 * compares all of it with what it asked, so that no other login's verdict, and nobody's but the server's, does.
 */

const typ = 'countersign-verdict+jwt';
/** Seconds. */
const lifetime = 60;

/** The login that a verdict is over: as the agent asked, and as the server answers. */
export interface JudgedLogin {
  /** The server: its issuer. */
  iss: string;
  /** The host's id. */
  aud: string;
  /** The login's id. */
  sub: string;
  nonce: string;
  local_user: string;
  service: string;
}

/** What it says beside: whom it lets in, and what they proved (RFC 8176). */
export interface VerdictClaims extends JudgedLogin {
  user: string;
  amr: string[];
}

export interface VerdictKey {
  jwk: PresenceJwk;
  privateKey: CryptoKey;
}

export async function signVerdict(claims: VerdictClaims, key: VerdictKey, now: number): Promise<string> {
  const iat = numericDate(now);
  const header = { typ, kid: await presenceThumbprint(key.jwk) };
  return signJws(header, { ...claims, iat, exp: iat + lifetime }, key.privateKey);
}

export type VerdictVerification =
  { valid: true; user: string; amr: string[] } | { valid: false; reason: string };

/** `keys`: those that the server named in what it signed before. */
export async function verifyVerdict(
  verdict: string,
  asked: JudgedLogin,
  keys: readonly PresenceJwk[],
  now: number,
): Promise<VerdictVerification> {
  const refuse = (reason: string): VerdictVerification => ({ valid: false, reason });
  const jws = parseJws(verdict, typ);
  if (!jws) return refuse('it is not a well-formed JWS of this type');
  const key = await keyNamed(jws.header.kid, keys);
  if (!key) return refuse('it is signed by a key that this host does not know');
  if (!(await verifyJws(jws, key))) return refuse('the signature does not verify');
  const { claims } = jws;
  for (const name of ['iss', 'aud', 'sub', 'nonce', 'local_user', 'service'] as const) {
    if (claims[name] !== asked[name]) return refuse(`it is about another ${name}`);
  }
  if (!isFresh(claims.iat, now) || typeof claims.exp !== 'number' || claims.exp <= now / 1000)
    return refuse('it is of another time');
  const { user, amr } = claims;
  if (typeof user !== 'string' || !Array.isArray(amr) || !amr.every((each) => typeof each === 'string'))
    return refuse('it does not say whom it lets in');
  return { valid: true, user, amr };
}

/** The key of that thumbprint (RFC 7638). */
export async function keyNamed(kid: unknown, keys: readonly PresenceJwk[]): Promise<PresenceJwk | undefined> {
  for (const key of keys) if ((await presenceThumbprint(key)) === kid) return key;
  return undefined;
}
