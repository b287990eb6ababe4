/** Google Authenticator's migration URIs. */
import type { OtpAccount } from '../otp/account.ts';

/**
 * The accounts as pages of at most 10 accounts, a URI each, for QR codes; `batch` (a 32-bit number) is the same on all.
 * The accounts that the format cannot hold (7 digits, another period than 30 seconds) are `left`.
 */
export function writeGoogleMigration(
  accounts: readonly OtpAccount[],
  batch: number,
): { pages: string[]; left: OtpAccount[] } {
  throw new Error(`being written: ${accounts.length} ${batch}`);
}
