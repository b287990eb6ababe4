import { removeApiTokensOf } from '../api-tokens/tokens.ts';
import { dropActivation, type DropNeeds, type WhyDropped } from '../authenticators/drop.ts';
import { listOpenActivations } from '../authenticators/store.ts';
import { withdrawPasswordResets } from '../password/store.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Cancellation } from '../push/cancel.ts';
import { endSession } from '../sessions/sessions.ts';
import { deleteSessionsOfUser, endTokensOfUser } from '../sessions/store.ts';
import { endAuthenticationsOfUser } from './store.ts';

type Needs = DropNeeds & { cancellation: Cancellation };

/** All of a user's that is open, mailed links and API tokens too. See {@link endSessions}. */
export async function endEverything(
  transaction: Transaction,
  user_id: string,
  why: WhyDropped,
  needs: Needs,
  exceptSession = '',
): Promise<void> {
  await withdrawPasswordResets.run(transaction, { user_id });
  await endSessions(transaction, user_id, why, needs, exceptSession);
  // After the sessions: a token that one of them was making is there by now.
  await removeApiTokensOf(transaction, user_id, why, needs);
}

/**
 * Where a user is signed in or about to be: activation codes, waiting requests, sign-ins under way, what applications were
 * given, sessions (but for one, where somebody puts the others out). Returns how many sessions.
 */
export async function endSessions(
  transaction: Transaction,
  user_id: string,
  why: WhyDropped,
  needs: Needs,
  exceptSession = '',
): Promise<number> {
  for (const activation of await listOpenActivations.all(transaction, { user_id })) {
    await dropActivation(transaction, activation, why, needs);
  }
  await needs.cancellation.ofUser(transaction, user_id);
  await endSignIns(transaction, user_id, needs.cancellation);
  await endTokensOfUser.run(transaction, { user_id });
  // After the sign-ins: one that was being completed meanwhile has opened its session by now.
  const sessions = await deleteSessionsOfUser.all(transaction, { user_id, except: exceptSession });
  for (const { id } of sessions) await endSession(transaction, id);
  return sessions.length;
}

/** A user's sign-ins and step-ups that are under way, and what of them waits on the phone. */
export async function endSignIns(
  transaction: Transaction,
  user_id: string,
  cancellation: Cancellation,
): Promise<void> {
  for (const { id } of await endAuthenticationsOfUser.all(transaction, { user_id })) {
    await cancellation.ofAuthentication(transaction, id);
    transaction.notify(`authentication:${id}`);
  }
}
