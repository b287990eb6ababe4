import type { OtpAccount } from '@countersign/protocol/otp';

/** Two accounts with the same secret make the same codes, whatever they are called. */
export const isSameSecret = (a: OtpAccount, b: OtpAccount): boolean =>
  a.type === b.type &&
  a.algorithm === b.algorithm &&
  a.digits === b.digits &&
  (a.type === 'hotp' || a.period === b.period) &&
  a.secret.length === b.secret.length &&
  a.secret.every((byte, i) => byte === b.secret[i]);
