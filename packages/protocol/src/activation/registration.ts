import { equalInConstantTime } from '../hash.ts';
import { isJsonObject } from '../json.ts';
import { parseJws, signJws, verifyJws, type Members } from '../jws.ts';
import { exportPresenceJwk, readPresenceJwk, type PresenceJwk } from '../presence-key.ts';
import { isFresh, numericDate } from '../time.ts';
import type { Device, PushSubscription } from '../wire/device.ts';

/** The registration: what an authenticator signs with its new presence key to bind it to an account. */

const typ = 'countersign-registration+jwt';

export interface RegistrationClaims {
  device: Device;
  push_subscription: PushSubscription | null;
  /** RegistrationResponseJSON of the verification key; null where the device has none. */
  webauthn: object | null;
}

export type RegistrationVerification =
  { valid: true; key: PresenceJwk; claims: RegistrationClaims } | { valid: false; reason: string };

export async function signRegistration(
  registration: RegistrationClaims & { aud: string; nonce: string },
  keys: CryptoKeyPair,
  now: number,
): Promise<string> {
  const jwk = await exportPresenceJwk(keys.publicKey);
  return signJws({ typ, jwk }, { ...registration, iat: numericDate(now) }, keys.privateKey);
}

/** The WebAuthn response in the claims is not verified here; that needs the options and a library of its own. */
export async function verifyRegistration(
  registration: string,
  expected: { aud: string; nonce: string },
  now: number,
): Promise<RegistrationVerification> {
  const refuse = (reason: string): RegistrationVerification => ({ valid: false, reason });
  const jws = parseJws(registration, typ);
  if (!jws) return refuse('not a well-formed JWS of this type');
  const key = readPresenceJwk(jws.header.jwk);
  if (!key) return refuse('the header holds no public P-256 key');
  if (!(await verifyJws(jws, key))) return refuse('the signature does not verify');
  const { aud, nonce, iat } = jws.claims;
  if (aud !== expected.aud) return refuse('made for another issuer');
  if (typeof nonce !== 'string' || !equalInConstantTime(nonce, expected.nonce))
    return refuse('another nonce');
  if (!isFresh(iat, now)) return refuse('issued too long ago or in the future');
  const claims = readClaims(jws.claims);
  return claims
    ? { valid: true, key, claims }
    : refuse('device, push_subscription or webauthn is not of its form');
}

function readClaims(claims: Members): RegistrationClaims | undefined {
  const device = readDevice(claims.device);
  const subscription = readPushSubscription(claims.push_subscription);
  const { webauthn } = claims;
  if (!device || subscription === undefined) return undefined;
  if (webauthn !== null && !isJsonObject(webauthn)) return undefined;
  return { device, push_subscription: subscription, webauthn };
}

/** The device description in `value`, unknown members dropped; undefined where it is not of its form. */
export function readDevice(value: unknown): Device | undefined {
  if (!isJsonObject(value)) return undefined;
  const { name, platform, model, app_version } = value;
  const isShort = (text: unknown, most: number) => typeof text === 'string' && text.length <= most;
  if (!isShort(name, 100) || !isShort(app_version, 40)) return undefined;
  if (platform !== 'ios' && platform !== 'android' && platform !== 'other') return undefined;
  if (model !== undefined && model !== null && !isShort(model, 100)) return undefined;
  // People decide by this name. Characters that are not seen, or that turn round what follows, have no place in it.
  const visible = (name as string).replace(/[\p{Cc}\p{Cf}]/gu, '').trim();
  if (visible === '') return undefined;
  return {
    name: visible,
    platform,
    ...(model ? { model: model as string } : {}),
    app_version: app_version as string,
  };
}

/** The subscription in `value` (or null for none); undefined where it is not of its form (W3C Push API, PushSubscriptionJSON). */
export function readPushSubscription(value: unknown): PushSubscription | null | undefined {
  if (value === null) return null;
  if (!isJsonObject(value) || typeof value.endpoint !== 'string' || value.endpoint.length > 2048)
    return undefined;
  if (!URL.canParse(value.endpoint) || !isJsonObject(value.keys)) return undefined;
  const { p256dh, auth } = value.keys;
  if (typeof p256dh !== 'string' || typeof auth !== 'string' || p256dh.length > 100 || auth.length > 40)
    return undefined;
  return { endpoint: value.endpoint, keys: { p256dh, auth } };
}
