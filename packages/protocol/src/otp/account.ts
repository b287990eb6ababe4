/** What an account of one-time codes is, of whatever service, and within which bounds. */

export type OtpAlgorithm = 'SHA-1' | 'SHA-256' | 'SHA-512';

/** One account of one-time codes, of whatever service. */
export interface OtpAccount {
  type: 'totp' | 'hotp';
  /** Who asks for the code; '' where it is not known. */
  issuer: string;
  /** Whose account it is: a login, mostly. */
  label: string;
  /** The key that both sides share: at least one byte. */
  secret: Uint8Array<ArrayBuffer>;
  algorithm: OtpAlgorithm;
  /** 6 to 8. */
  digits: number;
  /** Seconds, 1 to 3600; 30 for hotp, which has none. */
  period: number;
  /** The counter of the next code of hotp; 0 for totp, which has none. */
  counter: number;
}

/** What is meant where nothing is said. */
export const defaults = { algorithm: 'SHA-1', digits: 6, period: 30, counter: 0 } as const;

/** Whether `digits` is a whole number of 6 to 8. */
export const areDigits = (digits: number): boolean => Number.isInteger(digits) && digits >= 6 && digits <= 8;

/** Whether `period` (seconds) is a whole number of 1 to 3600. */
export const isPeriod = (period: number): boolean =>
  Number.isInteger(period) && period >= 1 && period <= 3600;

/** Whether `counter` is a whole number that a double holds exactly: 0 to 2^53 - 1. */
export const isCounter = (counter: number): boolean => Number.isSafeInteger(counter) && counter >= 0;

const algorithms: Readonly<Record<string, OtpAlgorithm>> = {
  SHA1: 'SHA-1',
  SHA256: 'SHA-256',
  SHA512: 'SHA-512',
};

/** The algorithm of `sha1`, `SHA-1`, `HmacSHA1` and their like; undefined where it is none of ours (MD5, SHA-224…). */
export function readAlgorithm(text: string): OtpAlgorithm | undefined {
  const name = text.toUpperCase().replace(/[\s_-]/g, '');
  const hash = name.replace(/^HMAC/, '');
  return Object.hasOwn(algorithms, hash) ? algorithms[hash] : undefined;
}

/** As `otpauth` and the backups of other authenticators write it: without the hyphen. */
export const algorithmName = (algorithm: OtpAlgorithm): string => algorithm.replace('-', '');
