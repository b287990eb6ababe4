import { equalInConstantTime } from '@countersign/protocol';
import { decodeBase32, hotp, importOtpKey, timeStep } from '@countersign/protocol/otp';
import { sealed } from '../platform/sealed-columns.ts';
import type { Sealing } from '../platform/sealing.ts';
import type { TotpRow } from './store.ts';

/** The codes that this server takes (RFC 6238): SHA-1, 6 digits, 30 seconds, as every authenticator app makes them. */
export const shape = { algorithm: 'SHA-1', digits: 6, period: 30 } as const;
/** How many steps a clock, or a slow hand, may be off; RFC 6238 section 5.2 recommends one. */
const drift = 1;

/**
 * The time step whose code this is, among those around `now`; undefined where it is none of theirs. Spaces, as apps show
 * them between groups, do not count; digits do, all six.
 */
export async function stepOf(
  typed: string,
  row: Pick<TotpRow, 'id' | 'secret'>,
  sealing: Sealing,
  now: number,
): Promise<number | undefined> {
  const code = typed.replace(/\s/g, '');
  if (!/^[0-9]{6}$/.test(code)) return undefined;
  const secret = decodeBase32(sealing.open(row.secret, sealed.totpSecrets.place(row.id)))!;
  const key = await importOtpKey(secret, shape.algorithm);
  const present = timeStep(now, shape.period);
  let found: number | undefined;
  for (let step = present - drift; step <= present + drift; step++) {
    // All are looked at, so that the time taken tells nothing of which one it was.
    const expected = await hotp(key, step, shape.digits);
    if (equalInConstantTime(expected, code)) found = step;
  }
  return found;
}
