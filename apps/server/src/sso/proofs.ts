import type { Queryable } from '../platform/store/store.ts';
import { resourceOfApplication } from '../applications/applications.ts';
import { actLifetime, type LiveSession } from '../sessions/sessions.ts';
import { findElevation } from '../sessions/store.ts';
import type { Proof } from './assurance.ts';

/** What the person of a session has proven, as far as an application may rely on it: the sign-in, and a step-up for it. */
export async function proofsFor(
  on: Queryable,
  session: LiveSession,
  applicationId: string,
  now: number,
): Promise<Proof[]> {
  const signIn = {
    acr: session.acr,
    amr: JSON.parse(session.amr) as string[],
    at: session.auth_time,
  };
  const resource = resourceOfApplication(applicationId);
  const raised = await findElevation.get(on, { session_id: session.id, resource, now });
  if (!raised) return [signIn];
  const stepUp = {
    acr: raised.acr,
    amr: JSON.parse(raised.amr) as string[],
    at: raised.until - actLifetime,
  };
  return [signIn, stepUp];
}
