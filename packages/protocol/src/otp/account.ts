/** What an account of one-time codes is, of whatever service. */

export type OtpAlgorithm = 'SHA-1' | 'SHA-256' | 'SHA-512';

/** One account of one-time codes, of whatever service. */
export interface OtpAccount {
  type: 'totp' | 'hotp';
  /** Who asks for the code; '' where it is not known. */
  issuer: string;
  /** Whose account it is: a login, mostly. */
  label: string;
  /** The key that both sides share: at least a byte. */
  secret: Uint8Array<ArrayBuffer>;
  algorithm: OtpAlgorithm;
  /** 6 to 8. */
  digits: number;
  /** Seconds; 30 for hotp, which has none. */
  period: number;
  /** The next counter of hotp; 0 for totp, which has none. */
  counter: number;
}

/** What this package computes codes for. Other texts name accounts beyond it, which are then named as such. */
export const bounds = { digits: [6, 8], period: [1, 3600] } as const;

/** Whether `digits` is a whole number of 6 to 8. */
export const areDigits = (digits: number): boolean => isWholeIn(digits, bounds.digits);
/** Whether `period` (seconds) is a whole number of 1 to 3600. */
export const isPeriod = (period: number): boolean => isWholeIn(period, bounds.period);
/** Whether `counter` is a whole number that a double holds exactly, 0 to 2^53 - 1. */
export const isCounter = (counter: number): boolean => Number.isSafeInteger(counter) && counter >= 0;

const isWholeIn = (value: number, [least, most]: readonly [number, number]) =>
  Number.isInteger(value) && value >= least && value <= most;
