import type { SsoAttempt } from '@countersign/protocol/wire';
import { timeText, type Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import { insertAttempt, listAttempts, purgeAttemptsBeyond } from './store.ts';

/** How the last sign-ins to each application went: for the administrator who asks why one fails. */

/** That are kept for one application. */
const mostKept = 20;

export interface Attempt {
  /** Null where nothing is registered under the name that was given. */
  applicationId: string | null;
  userId?: string | undefined;
  /** Which the person's page shows, and the log has. */
  requestId: string;
  /** `signed_in`, or a stable word that says why not. */
  outcome: string;
  /** What came and what was expected, in sentences; nothing secret. */
  explanation: string;
}

/** Keeps it, and of the ones before only the last few. */
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
  const rows = await listAttempts.all(store, { application_id: applicationId, most: mostKept });
  return rows.map(({ id, at, outcome, explanation, request_id, user_id, login }) => ({
    id,
    at: timeText(at),
    outcome,
    explanation,
    request_id,
    user: user_id === null || login === null ? null : { id: user_id, login },
  }));
}
