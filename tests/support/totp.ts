import { decodeBase32 } from '@countersign/protocol/otp';
import { oneTimeCode } from './one-time-code.ts';

/** The code of a base32 secret at that time (milliseconds since 1970), or so many steps of 30 s from it. */
export const totpCode = (secret: string, now: number, steps = 0): string =>
  oneTimeCode(Buffer.from(decodeBase32(secret)!), Math.floor(now / 1000) + steps * 30);
