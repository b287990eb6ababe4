import type { PasswordReset } from '@countersign/protocol/wire';
import { Refusal } from '../../platform/http/refusal.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Queryable } from '../../platform/store/store.ts';
import { hashSecret } from '../../platform/random-text.ts';
import { findPasswordReset, type PasswordResetRow } from '../../password/store.ts';
import { minimumLength } from '../../password/strength.ts';
import { readSettings } from '../../settings/settings.ts';
import { findUser, type UserRow } from '../../users/store.ts';
import { offeredFactors } from '../decide.ts';
import { factorsView } from '../view.ts';

/** Step two of a password reset: the link was opened. */

export const resetPurpose = { purpose: 'password_reset', resource: null } as const;

/** Whose token it is, and until when. @throws Refusal 404 `token_not_found`, 410 `token_expired` or `token_used`. */
export async function demandReset(
  on: Queryable,
  token: string,
  now: number,
): Promise<{ reset: PasswordResetRow; user: UserRow }> {
  const reset = await findPasswordReset.get(on, { token_hash: hashSecret(token) });
  const user = reset && (await findUser.get(on, { id: reset.user_id }));
  if (!reset || user?.state !== 'active') throw new Refusal('token_not_found');
  if (reset.ended === 'used' || reset.ended === 'denied') throw new Refusal('token_used');
  if (reset.ended === 'withdrawn') {
    const detail = 'This link holds no longer: a newer one was sent, or your account has changed since.';
    throw new Refusal('token_expired', { detail });
  }
  if (reset.expires_at <= now) throw new Refusal('token_expired');
  return { reset, user };
}

/** Spends nothing. @throws Refusal as {@link demandReset}. */
export async function lookUpReset(
  token: string,
  asker: { ip: string; browserHash: string },
  { store, now }: Pick<Platform, 'store' | 'now'>,
): Promise<PasswordReset> {
  const { user } = await demandReset(store, token, now());
  const asked = { ...resetPurpose, user_id: user.id, ip: asker.ip, browser_hash: asker.browserHash };
  return {
    login: user.login,
    factors: factorsView(await offeredFactors(store, asked, now())),
    password_policy: { min_length: minimumLength(await readSettings(store), now()) },
  };
}
