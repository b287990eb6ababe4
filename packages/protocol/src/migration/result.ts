/** What an import says: which accounts were found, and of which entries it could make none, by name. */
import type { OtpAccount } from '../otp/account.ts';

/** Why an entry is no account of ours. */
export type SkipReason =
  | 'unsupported_algorithm'
  | 'unsupported_type'
  | 'bad_digits'
  | 'bad_period'
  | 'bad_counter'
  | 'no_secret'
  | 'secret_not_base32'
  | 'name_too_long'
  | 'unreadable';

export type ImportSource = 'otpauth' | 'google' | 'aegis' | '2fas' | 'countersign';

/** An entry of which no account was made. */
export interface Skipped {
  /** How the file names it; '' where it does not. */
  name: string;
  reason: SkipReason;
}

export interface ImportFound {
  kind: 'found';
  source: ImportSource;
  accounts: OtpAccount[];
  skipped: Skipped[];
  /** Where this is one of several QR codes: `index` counts from 0; all of them have the same `batch`. */
  page?: { batch: number; index: number; size: number };
}

export type ImportProblem =
  'unknown_format' | 'damaged' | 'wrong_password' | 'newer_version' | 'too_large' | 'empty';

export type ImportResult =
  | ImportFound
  | { kind: 'password_needed'; source: 'aegis' | '2fas' | 'countersign' }
  | { kind: 'problem'; problem: ImportProblem };
