/** Lists of `otpauth://` URIs, one a line. */
import type { OtpAccount } from '../otp/account.ts';
import { formatOtpauthUri } from '../otp/otpauth-uri.ts';

/** The accounts as a text of URIs, a line each. It is not encrypted. */
export const writeOtpauthList = (accounts: readonly OtpAccount[]): string =>
  accounts.map((account) => `${formatOtpauthUri(account)}\n`).join('');
