import type { Acr } from '@countersign/protocol/wire';
import { Refusal } from '../platform/http/refusal.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import { countFactors, holdUser, markHadFactor } from '../users/store.ts';
import { completeEnrollment, demandStepUp, endSession, type LiveSession } from './sessions.ts';
import { endTokensOfUser, findElevation, holdSession, listWeakSessions } from './store.ts';

/** Enrolling a factor, of whatever kind: on what strength it may begin, and what it leads to for the sessions. */

/**
 * What an enrolment was begun on. 0: a step-up. 1: the password alone, good only while the user never had a factor. 2: a
 * one-time enrolment code, good only while there is no factor.
 */
export type EnrolmentStrength = 0 | 1 | 2;

/**
 * `raisedFor`: what else than a step-up may have raised the session, for this kind of factor alone.
 * @throws Refusal 403 `step_up_required`
 */
export async function demandEnrolling(
  on: Queryable,
  session: LiveSession,
  now: number,
  raisedFor?: string,
): Promise<EnrolmentStrength> {
  const strength = session.had_factor === 0 ? 1 : session.enrollment_required === 2 ? 2 : 0;
  if (strength === 0) {
    const raised =
      raisedFor !== undefined &&
      (await findElevation.get(on, { session_id: session.id, resource: raisedFor, now }));
    if (!raised) await demandStepUp(on, session, 'act:factors', now);
  }
  // Enrolled elsewhere in the meantime: what this session was let in for is done, by somebody with more than a password.
  else if (await hasFactor(on, session.user_id)) {
    throw new Refusal('step_up_required', { resource: 'act:factors' });
  }
  return strength;
}

/**
 * In the transaction that makes a factor active, before it does: whether it still may, which only a session may that has not
 * ended; one enrolment of a user after the other. Then the user has had a factor, the session that enrolled is full, and what else knows
 * no more than the password ends: other sessions, and all that applications were given before the first factor.
 */
export async function settleEnrolment(
  transaction: Transaction,
  enrolment: { userId: string; sessionId: string; strength: EnrolmentStrength },
  proven: { acr: Acr; amr: readonly string[] },
  now: number,
): Promise<boolean> {
  const { userId, sessionId, strength } = enrolment;
  const user = await holdUser.get(transaction, { id: userId });
  if (!user || !(await holdSession.get(transaction, { id: sessionId, now }))) return false;
  // Never for a second factor, or for another in its place; and where one was there in the meantime, the password is
  // not enough even if that one is gone again.
  if (strength > 0 && (await hasFactor(transaction, userId))) return false;
  if (strength === 1 && user.had_factor === 1) return false;
  if (user.had_factor === 0) await endTokensOfUser.run(transaction, { user_id: userId });
  await markHadFactor.run(transaction, { id: userId });
  await completeEnrollment(transaction, sessionId, { ...proven, now });
  for (const { id } of await listWeakSessions.all(transaction, { user_id: userId, except: sessionId })) {
    await endSession(transaction, id);
  }
  return true;
}

/** Whether a factor of any kind is enrolled. Recovery codes are none: they stand in for one. */
async function hasFactor(on: Queryable, user_id: string): Promise<boolean> {
  const { phones, totp, passkeys } = (await countFactors.get(on, { user_id }))!;
  return phones + totp + passkeys > 0;
}
