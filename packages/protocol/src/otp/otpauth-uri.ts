/** The URIs of the QR codes of one-time codes, `otpauth://`, read as they are found and written as they should be. */
import type { OtpAccount } from './account.ts';

export type OtpauthProblem =
  | 'not_otpauth'
  | 'unknown_type'
  | 'no_secret'
  | 'secret_not_base32'
  | 'unsupported_algorithm'
  | 'bad_digits'
  | 'bad_period'
  | 'bad_counter'
  | 'too_long';

/** The account of an `otpauth://` URI, or why there is none. Never throws. */
export function parseOtpauthUri(text: string): { account: OtpAccount } | { problem: OtpauthProblem } {
  throw new Error(`being written: ${text.length}`);
}

/** The URI of an account, for a QR code. What `parseOtpauthUri` reads of it is the same account. */
export function formatOtpauthUri(account: OtpAccount): string {
  throw new Error(`being written: ${account.type}`);
}
