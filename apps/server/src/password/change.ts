import { dropActivation, type DropNeeds } from '../authenticators/drop.ts';
import { listOpenActivations } from '../authenticators/store.ts';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal, secondsUntil } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import {
  blockedUntil,
  holdBlockedUntil,
  recordFailure,
  recordSuccess,
} from '../platform/rate-limits/attempts.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Outbox } from '../mail/outbox.ts';
import { endSession, type LiveSession } from '../sessions/sessions.ts';
import { deleteSessionsOfUser, endTokensOfUser } from '../sessions/store.ts';
import { readSettings } from '../settings/settings.ts';
import { findUser, holdUser, updatePassword } from '../users/store.ts';
import type { Hashing } from './hashing.ts';
import { demandStrength } from './strength.ts';
import { withdrawPasswordResets } from './store.ts';
import { attemptsKey } from './verify.ts';

interface Needs extends DropNeeds {
  platform: Platform;
  hashing: Hashing;
  outbox: Outbox;
  /** The sign-ins of a user that are under way; the authentication domain's, handed in. */
  endSignIns: (transaction: Transaction, userId: string) => Promise<void>;
}

/**
 * A signed-in user changes their own password. Other sessions of theirs end, and sign-ins under way: whoever knew the old
 * one is out.
 * @throws Refusal 401 `invalid_credentials` for a wrong present one, 422 `weak_password`, 429.
 */
export async function changePassword(
  session: LiveSession,
  passwords: { current: string; new: string },
  asker: Asker,
  needs: Needs,
): Promise<void> {
  const { platform, hashing, events, outbox } = needs;
  const { store, now } = platform;
  const user = (await findUser.get(store, { id: session.user_id }))!;
  // Tries here count for the user, whatever session they come from.
  const key = attemptsKey(user.id, 'change');
  const demandFree = (until: number | undefined) => {
    if (until === undefined) return;
    const retry_after = Math.min(secondsUntil(until, now()), 24 * 3600);
    throw new Refusal('too_many_requests', { retry_after });
  };
  demandFree(await blockedUntil(store, key, now()));
  const matches = await hashing.verify(user.password_hash, passwords.current);
  // Guesses that were in flight together when the block began learn nothing, as at a sign-in.
  await store.transaction(async (transaction) => {
    demandFree(await holdBlockedUntil(transaction, key, now()));
    if (!matches) demandFree((await recordFailure(transaction, key, now())).blockedUntil);
  });
  if (!matches) throw wrongPassword();
  if (passwords.new === passwords.current) {
    const reason = 'It is the present one.';
    throw new Refusal('weak_password', { reasons: [reason], detail: reason });
  }
  await demandStrength(passwords.new, await readSettings(store), [user.login, user.email, user.name], now());
  const password_hash = await hashing.hash(passwords.new);
  await store.transaction(async (transaction) => {
    await recordSuccess(transaction, key);
    // Before the sessions: one that was being completed meanwhile has opened its session by then.
    await needs.endSignIns(transaction, user.id);
    // Replaced while this was hashed: by a reset, which ended this session, or by another change.
    const present = await holdUser.get(transaction, { id: user.id });
    if (present?.password_hash !== user.password_hash) throw wrongPassword();
    await updatePassword.run(transaction, { id: user.id, password_hash, password_change_required: 0 });
    // Again: one that the old password began while this waited for the user's row.
    await needs.endSignIns(transaction, user.id);
    // A link that was mailed before would undo it.
    await withdrawPasswordResets.run(transaction, { user_id: user.id });
    // What applications may ask for without the person, whoever began it.
    await endTokensOfUser.run(transaction, { user_id: user.id });
    const others = { user_id: user.id, except: session.id };
    for (const { id } of await deleteSessionsOfUser.all(transaction, others)) {
      await endSession(transaction, id);
    }
    // What whoever knew the old password began goes with their session; a move was begun on a phone, by its owner.
    for (const activation of await listOpenActivations.all(transaction, { user_id: user.id })) {
      if (activation.session_id !== '' && activation.session_id !== session.id) {
        await dropActivation(transaction, activation, 'password_changed', needs);
      }
    }
    await events.record(transaction, { type: 'password.changed', actor: user, user, asker });
    await outbox.post(transaction, user, (letters) => letters.passwordChanged());
  });
}

const wrongPassword = () => new Refusal('invalid_credentials', { detail: 'The present password is wrong.' });
