/** An entry of another authenticator's file: one of our accounts, or skipped, with the reason. */
import {
  areDigits,
  defaults,
  isCounter,
  isPeriod,
  readAlgorithm,
  type OtpAccount,
  type OtpAlgorithm,
} from '../otp/account.ts';
import { decodeBase32 } from '../otp/base32.ts';
import { shownName, tidyName } from '../otp/name.ts';
import type { Skipped, SkipReason } from './result.ts';

/** What a file says of an entry, unread. What is null or not there has its default. */
export interface Entry {
  type: unknown;
  issuer: string;
  label: string;
  /** Base32, or the bytes themselves. */
  secret: unknown;
  algorithm: unknown;
  digits: unknown;
  period: unknown;
  counter: unknown;
}

/** What was found up to now; everything is in one of the two. */
export interface Findings {
  accounts: OtpAccount[];
  skipped: Skipped[];
}

/** Adds the entry to the accounts, or to what was skipped. */
export function take(findings: Findings, entry: Entry): void {
  const account = readEntry(entry);
  if (typeof account !== 'string') findings.accounts.push(account);
  else
    findings.skipped.push({
      name: shownName(tidyName(entry.issuer), tidyName(entry.label)),
      reason: account,
    });
}

function readEntry({ issuer, label, ...entry }: Entry): OtpAccount | SkipReason {
  const type = typeof entry.type === 'string' ? entry.type.toLowerCase() : undefined;
  if (type !== 'totp' && type !== 'hotp') return 'unsupported_type';
  const secret = readSecret(entry.secret);
  if (typeof secret === 'string') return secret;
  const algorithm = readName(entry.algorithm);
  if (algorithm === undefined) return 'unsupported_algorithm';
  const digits = readNumber(entry.digits, defaults.digits);
  if (!areDigits(digits)) return 'bad_digits';
  const period = type === 'totp' ? readNumber(entry.period, defaults.period) : defaults.period;
  if (!isPeriod(period)) return 'bad_period';
  const counter = type === 'hotp' ? readNumber(entry.counter, defaults.counter) : defaults.counter;
  if (!isCounter(counter)) return 'bad_counter';
  return {
    type,
    issuer: tidyName(issuer),
    label: tidyName(label),
    secret,
    algorithm,
    digits,
    period,
    counter,
  };
}

function readSecret(secret: unknown): Uint8Array<ArrayBuffer> | SkipReason {
  if (secret === undefined || secret === null) return 'no_secret';
  const bytes = typeof secret === 'string' ? decodeBase32(secret) : secret;
  if (!(bytes instanceof Uint8Array)) return 'secret_not_base32';
  return bytes.length === 0 ? 'no_secret' : new Uint8Array(bytes);
}

function readName(algorithm: unknown): OtpAlgorithm | undefined {
  if (algorithm === undefined || algorithm === null || algorithm === '') return defaults.algorithm;
  return typeof algorithm === 'string' ? readAlgorithm(algorithm) : undefined;
}

function readNumber(value: unknown, byDefault: number): number {
  if (value === undefined || value === null) return byDefault;
  return typeof value === 'number' ? value : Number.NaN;
}

/** A text of a file; '' where it is none. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
