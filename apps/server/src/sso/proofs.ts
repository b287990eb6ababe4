import type { Queryable } from '../platform/store/store.ts';
import { resourceOfApplication } from '../applications/applications.ts';
import type { ApplicationRow } from '../applications/store.ts';
import { minute } from '../platform/platform.ts';
import { actLifetime, type LiveSession } from '../sessions/sessions.ts';
import { findElevation } from '../sessions/store.ts';
import { isEnough, type Proof, type Wanted } from './assurance.ts';

/**
 * Of what the person of a session has proven, as far as an application may rely on it, the first that is enough: the
 * sign-in, or a step-up for it. That holds as long as any, and as long as a sign-in may be old there: whoever has just
 * proven it again is not asked at each visit.
 */
export async function proofFor(
  on: Queryable,
  session: LiveSession,
  application: Pick<ApplicationRow, 'id' | 'session_minutes'>,
  wanted: Wanted,
  now: number,
): Promise<Proof | undefined> {
  const signIn = {
    acr: session.acr,
    amr: JSON.parse(session.amr) as string[],
    at: session.auth_time,
  };
  if (isEnough(signIn, wanted)) return signIn;
  const resource = resourceOfApplication(application.id);
  const longer = Math.max(0, (application.session_minutes ?? 0) * minute - actLifetime);
  const raised = await findElevation.get(on, { session_id: session.id, resource, now: now - longer });
  if (!raised) return undefined;
  const stepUp = {
    acr: raised.acr,
    amr: JSON.parse(raised.amr) as string[],
    at: raised.until - actLifetime,
  };
  return isEnough(stepUp, wanted) ? stepUp : undefined;
}
