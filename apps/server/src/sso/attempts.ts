import type { SsoAttempt } from '@countersign/protocol/wire';
import { timeText, type Platform } from '../platform/platform.ts';
import { hashSecret, randomId } from '../platform/random-text.ts';
import type { Queryable } from '../platform/store/store.ts';
import { insertAttempt, keepSignIn, listAttempts, purgeAttemptsBeyond } from './store.ts';

/** How the last sign-ins to each application went: for the administrator who asks why one fails. */

/** Failures that are kept for one application. */
const mostKept = 20;
/** That are shown beside them, which must not hide them. */
const mostSignIns = 5;

export interface Attempt {
  /** Null where nothing is registered under the name that was given. */
  applicationId: string | null;
  userId?: string | undefined;
  /** Which the person's page shows, and the log has. */
  requestId: string;
  /** A stable word that says why not. */
  outcome: string;
  /** What came and what was expected, in sentences; nothing secret. */
  explanation: string;
}

/** Of one person and application only the last sign-in: it is one row, in the transaction that answers. */
export async function noteSignIn(
  on: Queryable,
  { applicationId, userId, requestId }: { applicationId: string; userId: string; requestId: string },
  now: number,
): Promise<void> {
  await keepSignIn.run(on, {
    id: hashSecret(`signed in ${applicationId} ${userId}`),
    application_id: applicationId,
    user_id: userId,
    request_id: requestId,
    now,
  });
}

/** Keeps a failure, and of the ones before only the last few. */
export async function noteAttempt(
  { applicationId, userId, requestId, outcome, explanation }: Attempt,
  { store, now, random }: Platform,
): Promise<void> {
  const application_id = applicationId;
  await insertAttempt.run(store, {
    id: randomId(random),
    application_id,
    user_id: userId ?? null,
    request_id: requestId,
    outcome,
    explanation: explanation.slice(0, 2000),
    now: now(),
  });
  await purgeAttemptsBeyond.run(store, { application_id, most: mostKept });
}

/** The last one first; of `null`: of applications that nobody registered. */
export async function attemptsOf(
  applicationId: string | null,
  { store }: Pick<Platform, 'store'>,
): Promise<SsoAttempt[]> {
  const of = { application_id: applicationId };
  const failed = await listAttempts.all(store, { ...of, signed_in: 0, most: mostKept });
  const signedIn = await listAttempts.all(store, { ...of, signed_in: 1, most: mostSignIns });
  const rows = [...failed, ...signedIn].sort((a, b) => b.at - a.at);
  return rows.map(({ id, at, outcome, explanation, request_id, user_id, login }) => ({
    id,
    at: timeText(at),
    outcome,
    explanation,
    request_id,
    user: user_id === null || login === null ? null : { id: user_id, login },
  }));
}
