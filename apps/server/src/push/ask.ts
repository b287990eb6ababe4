import { generateNumber, requestDigest } from '@countersign/protocol';
import type { Confirmation, Purpose, RequestContext, Resource } from '@countersign/protocol/wire';
import type { AuthenticatorRow } from '../authenticators/store.ts';
import { requestOptions } from '../authenticators/verification-key.ts';
import { randomId } from '../platform/random-text.ts';
import { timeText, type Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import { demandAllowed, limitWindow, type AskerClass } from './limits.ts';
import {
  expireOverdueOf,
  findRequest,
  holdAsker,
  insertRequest,
  listRecentOfAsker,
  type PushRequestRow,
} from './store.ts';
import type { Shown } from './view.ts';

/** What is asked of one authenticator. */
export interface PushQuestion {
  purpose: Purpose;
  authenticator: AuthenticatorRow;
  account: { login: string; name: string };
  resource: Resource;
  context: Omit<RequestContext, 'requested_at'>;
  confirmation: Confirmation;
  userVerification: boolean;
  /** Whether the notification may offer Approve; it may not unless this says so. */
  approveFromNotification?: boolean;
  /** The authentication that waits for the answer; null for an activation or a test. */
  authenticationId: string | null;
  /** undefined: what the server itself must ask is not limited. */
  askerClass?: AskerClass;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/**
 * Writes a push request, within the limits of its asker, and tells the authenticator's open streams. Waking the phone by
 * Web Push is for after the commit (see delivery.ts).
 * @throws Refusal 429 `too_many_requests` with when to come back.
 */
export async function askPush(
  transaction: Transaction,
  question: PushQuestion,
  { now, random, issuer }: Pick<Platform, 'now' | 'random' | 'issuer'>,
): Promise<PushRequestRow> {
  const { authenticator, askerClass, authenticationId } = question;
  const at = now();
  if (askerClass !== undefined) {
    await demandWithinLimits(transaction, authenticator.user_id, askerClass, at);
  }
  if (authenticationId !== null) {
    await expireOverdueOf.run(transaction, { authentication_id: authenticationId, now: at });
  }

  const id = randomId(random);
  const nonce = randomId(random);
  const expires_at = timeText(question.expiresAt);
  const shown: Shown = {
    resource: question.resource,
    account: question.account,
    context: { ...question.context, requested_at: timeText(at) },
    confirmation: question.confirmation,
    user_verification: question.userVerification,
    webauthn: question.userVerification ? await requestOptions(issuer, authenticator) : null,
    approve_from_notification: question.approveFromNotification ?? false,
  };
  const digest = await requestDigest({ ...shown, id, nonce, purpose: question.purpose, expires_at });
  await insertRequest.run(transaction, {
    id,
    purpose: question.purpose,
    user_id: authenticator.user_id,
    authenticator_id: authenticator.id,
    authentication_id: authenticationId,
    shown: JSON.stringify(shown),
    nonce,
    digest,
    number:
      question.confirmation.kind === 'number' ? generateNumber(question.confirmation.length, random) : null,
    user_verification: question.userVerification ? 1 : 0,
    asker_class: askerClass ?? 'server',
    created_at: at,
    expires_at: question.expiresAt,
  });
  transaction.notify(`authenticator:${authenticator.id}`);
  return (await findRequest.get(transaction, { id }))!;
}

async function demandWithinLimits(
  transaction: Transaction,
  user_id: string,
  askerClass: AskerClass,
  now: number,
): Promise<void> {
  // Two askers of one class at once are counted one after the other, in whatever process they are.
  await holdAsker.run(transaction, { user_id, asker_class: askerClass, now });
  const past = await listRecentOfAsker.all(transaction, {
    user_id,
    asker_class: askerClass,
    since: now - limitWindow,
  });
  demandAllowed(past, askerClass, now);
}
