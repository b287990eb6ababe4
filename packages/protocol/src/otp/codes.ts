/** One-time codes by counter (RFC 4226) and by time (RFC 6238), on keys that the browser does not give out. */
import type { OtpAlgorithm } from './account.ts';

/**
 * The key of an account for `hotp` and `totp`: HMAC, not extractable.
 * @throws RangeError where the secret is empty. WebCrypto has no key without bytes.
 */
export async function importOtpKey(
  secret: Uint8Array<ArrayBuffer>,
  algorithm: OtpAlgorithm,
): Promise<CryptoKey> {
  if (secret.length === 0) throw new RangeError('a secret has at least one byte');
  return crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: algorithm }, false, ['sign']);
}

/**
 * The code of `counter` (0 to 2^53 - 1) in that many digits (RFC 4226 section 5.3; with the other hashes, RFC 6238
 * section 1.2).
 * @throws RangeError where the counter or the digits are beyond that.
 */
export async function hotp(key: CryptoKey, counter: number, digits: number): Promise<string> {
  if (!Number.isSafeInteger(counter) || counter < 0) throw new RangeError('a counter is 0 to 2^53 - 1');
  // Ten digits would be all of the 31 bits; beyond them there is nothing to show.
  if (!Number.isInteger(digits) || digits < 1 || digits > 10)
    throw new RangeError('a code has 1 to 10 digits');
  const message = new DataView(new ArrayBuffer(8));
  message.setBigUint64(0, BigInt(counter));
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, message));
  const offset = mac.getUint8(mac.byteLength - 1) & 15;
  const truncated = mac.getUint32(offset) & 0x7fffffff;
  return String(truncated % 10 ** digits).padStart(digits, '0');
}

/** The code of `now` (milliseconds since 1970) with steps of `period` seconds (RFC 6238 section 4.2). */
export const totp = async (
  key: CryptoKey,
  { period, digits }: { period: number; digits: number },
  now: number,
): Promise<string> => hotp(key, timeStep(now, period), digits);

/** How many whole periods (seconds) `now` (milliseconds since 1970) is after 1970; T of RFC 6238 section 4.2. */
export const timeStep = (now: number, period: number): number => Math.floor(now / 1000 / period);
