import { equalInConstantTime, verifyAnswer, type Decision } from '@countersign/protocol';
import type { PushState } from '@countersign/protocol/wire';
import type { ProvenAuthenticator } from '../authenticators/proof-of-possession.ts';
import { updateCounter } from '../authenticators/store.ts';
import { verifyAssertion } from '../authenticators/verification-key.ts';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { second, type Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Events, EventType } from '../events/events.ts';
import { claimRequest, countVerificationFailure, findRequestOf, type PushRequestRow } from './store.ts';
import { pushRequestView, stateAt } from './view.ts';

/** The phone's answer: form, signature, state, user verification, number, in the protocol's order; then one claim. */

export interface Answered {
  state: 'approved' | 'denied' | 'reported';
  userVerified: boolean;
  numberTyped: boolean;
}

/**
 * What follows from an answer, in the same transaction: whoever asked goes on, or does not. Returns false where the
 * asker has gone meanwhile; then nothing of the answer holds.
 */
export type Outcomes = (
  transaction: Transaction,
  request: PushRequestRow,
  answered: Answered,
) => Promise<boolean>;

export interface AnswerNeeds {
  platform: Platform;
  events: Events;
  outcomes: Outcomes;
  /** Told of each answer that counted, once it is committed, with the seconds since the phone was asked. */
  timeAnswer: (outcome: string, seconds: number) => void;
}

/** So many approvals without a good proof of user verification leave the request pending; one more ends it. */
const verificationTries = 5;

const endStates: Record<Decision, Answered['state']> = {
  approve: 'approved',
  deny: 'denied',
  report: 'reported',
};

/** As they are counted; `failed`: with a wrong number. */
export const answeredStates: readonly PushState[] = [...Object.values(endStates), 'failed'];

/** @throws Refusal for everything that docs/protocol.md lists under `/requests/{id}/answer`. */
export async function answerRequest(
  id: string,
  body: { answer: string; webauthn?: object | null },
  authenticator: ProvenAuthenticator,
  asker: Asker,
  { platform, events, outcomes, timeAnswer }: AnswerNeeds,
): Promise<Answered['state']> {
  const { store, now, issuer } = platform;
  const request = await findRequestOf.get(store, { id, authenticator_id: authenticator.id });
  if (!request) throw new Refusal('request_not_found');
  const { confirmation } = pushRequestView(request, now());

  const verification = await verifyAnswer(
    body.answer,
    {
      aud: issuer,
      key: JSON.parse(authenticator.presence_jwk) as Parameters<typeof verifyAnswer>[1]['key'],
      id,
      nonce: request.nonce,
      digest: request.digest,
      confirmation,
    },
    now(),
  );
  if (verification.result === 'malformed') throw new Refusal('malformed', { detail: verification.reason });
  if (verification.result === 'invalid') {
    throw new Refusal('invalid_answer', { detail: `The answer does not hold: ${verification.reason}.` });
  }
  refuseEnded(stateAt(request, now()));

  const { decision, number } = verification.claims;
  const approving = decision === 'approve';
  let counter: number | undefined;
  if (approving && request.user_verification === 1) {
    const assertion =
      body.webauthn && (await verifyAssertion(body.webauthn, body.answer, authenticator, issuer));
    if (!assertion) {
      await recordVerificationFailure(request, authenticator, asker, { platform, events });
      throw new Refusal(body.webauthn ? 'user_verification_failed' : 'user_verification_required');
    }
    counter = assertion.counter;
  }
  const wrongNumber =
    approving && request.number !== null && !equalInConstantTime(number ?? '', request.number);
  const state: PushState = wrongNumber ? 'failed' : endStates[decision];

  const claimed = await store
    .transaction(async (transaction) => {
      const row = await claimRequest.get(transaction, { id, state, now: now() });
      if (!row) return false;
      if (counter !== undefined) await updateCounter.run(transaction, { id: authenticator.id, counter });
      if (state !== 'failed') {
        const answered = {
          state,
          userVerified: counter !== undefined,
          numberTyped: request.number !== null,
        };
        if (!(await outcomes(transaction, row, answered))) {
          throw new AskerGone();
        }
      }
      const { created_at, ended_at } = row;
      transaction.afterCommit(() => timeAnswer(row.state, (ended_at! - created_at) / second));
      await recordEnd(transaction, row, authenticator, asker, events);
      return true;
    })
    .catch(async (error: unknown) => {
      if (!(error instanceof AskerGone)) throw error;
      await cancelForGood(id, platform);
      throw new Refusal('request_already_answered', { state: 'cancelled' });
    });
  // Another answer, or the clock, came first.
  if (!claimed)
    refuseEnded(
      stateAt((await findRequestOf.get(store, { id, authenticator_id: authenticator.id }))!, now()),
    );
  if (wrongNumber) throw new Refusal('wrong_number', { state: 'failed' });
  return state as Answered['state'];
}

/** Whoever asked does not wait any more: the answer is undone whole, and the request ends as cancelled. */
class AskerGone extends Error {}

async function cancelForGood(id: string, { store, now }: Platform): Promise<void> {
  await store.transaction(async (transaction) => {
    const row = await claimRequest.get(transaction, { id, state: 'cancelled', now: now() });
    if (row) notifyEnd(transaction, row);
  });
}

function refuseEnded(state: PushState): void {
  if (state === 'pending') return;
  if (state === 'expired') throw new Refusal('request_expired', { state });
  throw new Refusal('request_already_answered', { state });
}

async function recordVerificationFailure(
  { id }: PushRequestRow,
  authenticator: ProvenAuthenticator,
  asker: Asker,
  { platform, events }: Pick<AnswerNeeds, 'platform' | 'events'>,
): Promise<void> {
  await platform.store.transaction(async (transaction) => {
    const row = await countVerificationFailure.get(transaction, {
      id,
      most: verificationTries,
      now: platform.now(),
    });
    if (!row) return;
    const user = { id: row.user_id, login: authenticator.login };
    const details = {
      request: id,
      authentication: row.authentication_id,
      authenticator: authenticator.id,
      in_a_row: row.verification_failures,
    };
    await events.record(transaction, { type: 'push.verification_failed', actor: user, user, asker, details });
    if (row.state === 'failed') notifyEnd(transaction, row);
  });
}

const eventTypes: Partial<Record<PushState, EventType>> = {
  approved: 'push.approved',
  denied: 'push.denied',
  reported: 'push.reported',
  failed: 'push.wrong_number',
};

async function recordEnd(
  transaction: Transaction,
  row: PushRequestRow,
  authenticator: ProvenAuthenticator,
  asker: Asker,
  events: Events,
): Promise<void> {
  const user = { id: row.user_id, login: authenticator.login };
  await events.record(transaction, {
    type: eventTypes[row.state]!,
    actor: user,
    user,
    asker,
    details: {
      request: row.id,
      purpose: row.purpose,
      authentication: row.authentication_id,
      authenticator: authenticator.id,
    },
  });
  notifyEnd(transaction, row);
}

/** Tells the phone's other streams and the browser that waits. */
export function notifyEnd(transaction: Transaction, row: PushRequestRow): void {
  transaction.notify(`authenticator:${row.authenticator_id}`);
  if (row.authentication_id) transaction.notify(`authentication:${row.authentication_id}`);
}
