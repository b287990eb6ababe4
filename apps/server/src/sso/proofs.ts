import type { PolicyEffect } from '@countersign/protocol/wire';
import type { Queryable } from '../platform/store/store.ts';
import { resourceOfApplication } from '../applications/applications.ts';
import type { ApplicationRow } from '../applications/store.ts';
import { minute } from '../platform/platform.ts';
import type { Proven } from '../policy/rules.ts';
import { actLifetime, type LiveSession } from '../sessions/sessions.ts';
import { findElevation } from '../sessions/store.ts';
import { freshenedBy, isEnough, type Proof, type Wanted } from './assurance.ts';

/**
 * Of what the person of a session has proven, as far as an application may rely on it, the first that is enough: the
 * sign-in, or a step-up for it. That holds as long as any, and as long as a sign-in may be old there: whoever has just
 * proven it again is not asked at each visit. `effect`: of the rule that decides (access.ts).
 */
export async function proofFor(
  on: Queryable,
  session: LiveSession,
  application: Pick<ApplicationRow, 'id' | 'session_minutes'>,
  { wanted, effect }: { wanted: Wanted; effect: PolicyEffect },
  now: number,
): Promise<Proof | undefined> {
  const needed = freshenedBy(effect, wanted, now);
  const signIn = proofOf(session, session.auth_time);
  if (isEnough(signIn, needed, effect)) return signIn;
  const resource = resourceOfApplication(application.id);
  const mayBeOld = Math.max(application.session_minutes ?? 0, effect.fresh_minutes ?? 0) * minute;
  const longer = Math.max(0, mayBeOld - actLifetime);
  const raised = await findElevation.get(on, { session_id: session.id, resource, now: now - longer });
  if (!raised) return undefined;
  const stepUp = proofOf(raised, raised.until - actLifetime);
  return isEnough(stepUp, needed, effect) ? stepUp : undefined;
}

const proofOf = ({ acr, amr, proof }: Pick<LiveSession, 'acr' | 'amr' | 'proof'>, at: number): Proof => ({
  acr,
  amr: JSON.parse(amr) as string[],
  at,
  proven: proof === null ? null : (JSON.parse(proof) as Proven),
});
