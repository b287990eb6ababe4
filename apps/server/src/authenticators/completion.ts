import type { Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { EventType } from '../events/events.ts';
import type { Outbox } from '../mail/outbox.ts';
import { mayEnrol } from '../policies/enrolment.ts';
import { browserAsker, earnFamiliarity } from '../sessions/familiarity.ts';
import { settleEnrolment } from '../sessions/enrolling.ts';
import { readSettings } from '../settings/settings.ts';
import { keepHasFactor } from '../users/factors.ts';
import { findUser, type UserRow } from '../users/store.ts';
import { dropActivation, type DropNeeds } from './drop.ts';
import { revoke } from './revoke.ts';
import {
  activateAuthenticator,
  findActivationByAuthenticator,
  findAuthenticator,
  finishActivation,
  listActiveOfUser,
  listOverdueActivations,
  type ActivationRow,
} from './store.ts';
import { deviceOf } from './view.ts';

/** The end of an activation: the new phone's own answer makes it active, drops it, or time does. */

export interface CompletionNeeds extends DropNeeds {
  platform: Platform;
  outbox: Outbox;
}

/** What binding a phone proves beside the session's password (RFC 8176): possession of the key that was just bound. */
const provenByEnrolling = ['pwd', 'swk', 'pop', 'mfa'];

/** The new phone approved. False where the activation's time is over, or it may not hold any more. */
export async function completeActivation(
  transaction: Transaction,
  authenticatorId: string,
  needs: CompletionNeeds,
): Promise<boolean> {
  const { now } = needs.platform;
  const activation = await finishActivation.get(transaction, {
    authenticator_id: authenticatorId,
    now: now(),
  });
  if (!activation) return false;
  const user = (await findUser.get(transaction, { id: activation.user_id }))!;
  // A rule may say otherwise since it began.
  if (!(await mayEnrol(transaction, { user_id: user.id, ...user }, 'push'))) return false;
  const enrolment = {
    userId: activation.user_id,
    sessionId: activation.session_id,
    strength: activation.first_factor,
  };
  const proven = { acr: 'urn:countersign:aal2', amr: provenByEnrolling } as const;
  if (!(await settleEnrolment(transaction, enrolment, proven, now()))) return false;
  const before = await listActiveOfUser.all(transaction, { user_id: activation.user_id });
  await activateAuthenticator.get(transaction, { id: authenticatorId });
  await keepHasFactor(transaction, activation.user_id);

  const person = { id: user.id, login: user.login };
  const settings = await readSettings(transaction);
  for (const old of before.slice(settings.push.authenticators_per_user - 1)) {
    await revoke(transaction, old.id, { by: 'replacement', actor: person }, needs);
  }
  await earnFamiliarity(transaction, user.id, browserAsker(activation.browser_hash), now());
  await recordCompletion(transaction, 'activation.completed', activation, user, needs);
  transaction.notify(`activation:${activation.id}`);
  transaction.notify(`authenticator:${authenticatorId}`);
  return true;
}

/** The event, and the mail to the owner. */
export async function recordCompletion(
  transaction: Transaction,
  type: EventType,
  activation: ActivationRow,
  user: UserRow,
  { events, outbox }: Pick<CompletionNeeds, 'events' | 'outbox'>,
): Promise<void> {
  const authenticator = activation.authenticator_id!;
  const phone = await findAuthenticator.get(transaction, { id: authenticator });
  const device = phone ? deviceOf(phone).name : '';
  await events.record(transaction, {
    type,
    actor: user,
    user,
    details: { activation: activation.id, authenticator, device },
  });
  await outbox.post(transaction, user, (letters) =>
    type === 'transfer.completed' ? letters.phoneMoved(device) : letters.phoneAdded(device),
  );
}

/** The new phone denied or reported. */
export async function denyActivation(
  transaction: Transaction,
  authenticatorId: string,
  needs: CompletionNeeds,
): Promise<boolean> {
  const activation = await findActivationByAuthenticator.get(transaction, {
    authenticator_id: authenticatorId,
  });
  if (activation) await dropActivation(transaction, activation, 'denied', needs);
  return true;
}

/** Drops what nobody finished in time. */
export async function dropOverdueActivations(needs: CompletionNeeds): Promise<void> {
  const { store, now } = needs.platform;
  for (const activation of await listOverdueActivations.all(store, { now: now() })) {
    await store.transaction((transaction) => dropActivation(transaction, activation, 'expired', needs));
  }
}
