import type { SsoAttempt } from '@countersign/protocol/wire';
import { watchApplication, type ApplicationRow } from '../applications/store.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, timeText, type Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import type { Queryable } from '../platform/store/store.ts';
import { insertAttempt, listAttempts, purgeAttemptsBeyond } from './store.ts';

/**
 * How the last sign-ins to each application went: for the administrator who asks why one fails. Those that succeed are
 * events already; here they are noted only while somebody looks, who is testing.
 */

/** How long somebody who has looked counts as looking. */
const watch = 2 * minute;
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

/** Noted of one: whoever knows what an application is called must not push out what others did. */
const notedOfOne = { most: 30, length: minute };

/** `who`: whoever is signed in, or the address. */
export async function mayNote(who: string, { store, now }: Platform): Promise<boolean> {
  try {
    await countCall(store, `sso-attempts:${who}`, notedOfOne, now());
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Keeps it, and of the ones before only the last few. */
export async function noteAttempt(
  { applicationId, userId, requestId, outcome, explanation }: Attempt,
  { store, now, random }: Platform,
  on: Queryable = store,
): Promise<void> {
  const application_id = applicationId;
  await insertAttempt.run(on, {
    id: randomId(random),
    application_id,
    user_id: userId ?? null,
    request_id: requestId,
    outcome,
    explanation: explanation.slice(0, 2000),
    now: now(),
  });
  await purgeAttemptsBeyond.run(on, { application_id, most: mostKept });
}

/** Whether a sign-in that succeeds is to be noted. */
export const isWatched = ({ watched_until }: Pick<ApplicationRow, 'watched_until'>, now: number): boolean =>
  watched_until > now;

/** The last one first; of `null`: of applications that nobody registered. From now on it is looked at. */
export async function attemptsOf(
  applicationId: string | null,
  { store, now }: Pick<Platform, 'store' | 'now'>,
): Promise<SsoAttempt[]> {
  const until = now() + watch;
  if (applicationId !== null)
    await watchApplication.run(store, { id: applicationId, until, soon: until - watch / 2 });
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
