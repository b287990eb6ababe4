import { importOtpKey, timeStep, hotp } from '../otp/codes.ts';

/** Codes for a host that cannot reach the server (docs/hosts.md, "Offline codes"): TOTP by a secret of this host and person. */

export const offlineDigits = 8;
export const offlinePeriod = 30; // s
const secretBytes = 20;

/** HKDF-SHA-256 (RFC 5869) of the person's seed, so that a host's secret is of no use on another. */
export async function offlineSecret(
  seed: Uint8Array<ArrayBuffer>,
  hostId: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const utf8 = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', seed, 'HKDF', false, ['deriveBits']);
  const parameters = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: utf8.encode(hostId),
    info: utf8.encode('countersign-offline-code'),
  };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, secretBytes * 8));
}

/** The step of a code that holds at `now` (milliseconds since 1970), one step either way; undefined where it is wrong, or spent by `lastStep`. */
export async function offlineStepOf(
  code: string,
  secret: Uint8Array<ArrayBuffer>,
  lastStep: number,
  now: number,
): Promise<number | undefined> {
  if (!/^\d{8}$/.test(code)) return undefined;
  const key = await importOtpKey(secret, 'SHA-1');
  const present = timeStep(now, offlinePeriod);
  for (const step of [present - 1, present, present + 1]) {
    if (step > lastStep && (await hotp(key, step, offlineDigits)) === code) return step;
  }
  return undefined;
}
