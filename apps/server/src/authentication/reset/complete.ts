import type { CompletionNeeds } from '../../authenticators/completion.ts';
import type { Asker } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { forgetAttemptsLike } from '../../platform/rate-limits/store.ts';
import type { Transaction } from '../../platform/store/store.ts';
import { denyPasswordReset, findNewPassword, usePasswordReset } from '../../password/store.ts';
import { allAttemptsOf } from '../../password/verify.ts';
import type { Events } from '../../events/events.ts';
import type { Cancellation } from '../../push/cancel.ts';
import { findUser, updatePassword, type UserRow } from '../../users/store.ts';
import { endEverything, endSignIns } from '../end-everything.ts';
import type { AuthenticationRow } from '../store.ts';

/** The last step of a password reset: only now does the password change. It signs nobody in. */

/** In the transaction that claims the authentication. Returns where the browser goes on. @throws Refusal 409 */
export async function completeReset(
  transaction: Transaction,
  { id, amr: text }: AuthenticationRow,
  user: UserRow,
  asker: Asker,
  needs: CompletionNeeds & { cancellation: Cancellation },
): Promise<string> {
  const { platform, events, outbox } = needs;
  const amr = JSON.parse(text) as string[];
  // The mail alone was enough when this began; where a factor was enrolled meanwhile it is not any more.
  if (!amr.includes('mfa') && user.had_factor === 1) throw new Refusal('not_ready');
  const chosen = await findNewPassword.get(transaction, { authentication_id: id });
  const used = await usePasswordReset.get(transaction, { authentication_id: id, now: platform.now() });
  if (!chosen?.new_password_hash || !used) throw new Refusal('authentication_over');
  // Before the password: a sign-in with the old one that is being completed holds its own row, and then wants the user's.
  await endEverything(transaction, user.id, 'password_changed', needs);
  const password_hash = chosen.new_password_hash;
  await updatePassword.run(transaction, { id: user.id, password_hash, password_change_required: 0 });
  // Again: one that the old password began while this waited for the user's row.
  await endSignIns(transaction, user.id, needs.cancellation);
  for (const pattern of allAttemptsOf(user)) await forgetAttemptsLike.run(transaction, { pattern });
  const details = { authentication: id, amr };
  await events.record(transaction, { type: 'password_reset.completed', actor: user, user, asker, details });
  await outbox.post(transaction, user, (letters) => letters.passwordWasReset(user.login, asker.client));
  transaction.notify(`authentication:${id}`);
  return '/';
}

/** The phone said no: whoever has the link shall not ask again. */
export async function denyReset(
  transaction: Transaction,
  authentication: AuthenticationRow,
  { events }: { events: Events },
): Promise<void> {
  const { id, user_id } = authentication;
  await denyPasswordReset.run(transaction, { authentication_id: id });
  const user = await findUser.get(transaction, { id: user_id });
  await events.record(transaction, {
    type: 'password_reset.denied',
    actor: user,
    user,
    asker: authentication,
    details: { authentication: id },
  });
}
