import { parseJws, signJws, verifyJws } from '../jws.ts';
import { presenceThumbprint, readPresenceJwk, type PresenceJwk } from '../presence-key.ts';
import { numericDate } from '../time.ts';
import type { HostRule } from '../wire/host.ts';
import { keyNamed, type VerdictKey } from './verdict.ts';

/** What the server tells a host of itself, signed, so that it holds also while the server is away. */

const typ = 'countersign-host-configuration+jwt';
/** Seconds: without the server for longer, nothing of it holds. */
export const configurationLifetime = 7 * 24 * 60 * 60;

export interface HostConfigurationClaims {
  iss: string;
  /** The host's id. */
  aud: string;
  host: { id: string; name: string };
  /** The current one, and the next. */
  verdict_keys: PresenceJwk[];
  /** By service of PAM; `*` for all others. */
  services: Record<string, HostRule>;
  outage: 'offline_codes' | 'deny' | 'allow';
  break_glass: string | null;
  /** JWE for the host's sealing key: {@link OfflineUsers}. */
  offline: string | null;
}

/** What is in `offline`. */
export interface OfflineUsers {
  users: { local_user: string; login: string; /** base32 */ secret: string }[];
  /** NumericDate. */
  exp: number;
}

export async function signConfiguration(
  claims: HostConfigurationClaims,
  key: VerdictKey,
  now: number,
): Promise<string> {
  const iat = numericDate(now);
  const header = { typ, kid: await presenceThumbprint(key.jwk) };
  return signJws(header, { ...claims, iat, exp: iat + configurationLifetime }, key.privateKey);
}

export type ConfigurationVerification =
  | { valid: true; claims: HostConfigurationClaims & { iat: number; exp: number } }
  | { valid: false; reason: string };

/** Its form is the server's own where the signature holds; only what decides who gets in is looked at again. */
export async function verifyConfiguration(
  configuration: string,
  expected: { iss: string; aud: string },
  keys: readonly PresenceJwk[],
  now: number,
): Promise<ConfigurationVerification> {
  const refuse = (reason: string): ConfigurationVerification => ({ valid: false, reason });
  const jws = parseJws(configuration, typ);
  if (!jws) return refuse('it is not a well-formed JWS of this type');
  const key = await keyNamed(jws.header.kid, keys);
  if (!key) return refuse('it is signed by a key that this host does not know');
  if (!(await verifyJws(jws, key))) return refuse('the signature does not verify');
  const { claims } = jws;
  if (claims.iss !== expected.iss || claims.aud !== expected.aud) return refuse('it is for another host');
  const { exp, iat, verdict_keys } = claims;
  if (typeof exp !== 'number' || typeof iat !== 'number' || exp <= now / 1000) return refuse('it is over');
  const all = Array.isArray(verdict_keys) ? verdict_keys.map(readPresenceJwk) : [];
  if (all.length === 0 || all.includes(undefined)) return refuse('it names no keys');
  return {
    valid: true,
    claims: claims as unknown as HostConfigurationClaims & { iat: number; exp: number },
  };
}
