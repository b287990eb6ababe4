import type { PolicyEffect } from '@countersign/protocol/wire';
import { resourceOfApplication } from '../applications/applications.ts';
import { findAdmission, type ApplicationRow } from '../applications/store.ts';
import type { Events } from '../events/events.ts';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import type { Queryable } from '../platform/store/store.ts';
import { rulingOn } from '../policies/current.ts';
import { denial } from '../policy/decide.ts';
import type { Ruling } from '../policy/rules.ts';
import { browserAsker } from '../sessions/familiarity.ts';
import type { LiveSession } from '../sessions/sessions.ts';

/** Who may use an application: asked wherever one is opened or answered, whatever it speaks. Roles have no say in it. */

export type Guarded = Pick<ApplicationRow, 'id' | 'for_groups'>;

/** As the groups are now. */
export const mayUse = async (on: Queryable, userId: string, application: Guarded): Promise<boolean> =>
  application.for_groups === 0 ||
  (await findAdmission.get(on, { application_id: application.id, user_id: userId })) !== undefined;

/**
 * @throws Refusal 403 `application_not_allowed`. Not 404, which a page could only call a broken link: the person is to
 * learn that somebody can let them in.
 */
export async function demandMayUse(on: Queryable, userId: string, application: Guarded): Promise<void> {
  if (!(await mayUse(on, userId, application))) throw new Refusal('application_not_allowed');
}

type Visit = Pick<LiveSession, 'user_id' | 'browser_hash'>;

/** The rule of the policies that decides for a session that opens an application, from this address. */
const rulingOnOpening = (
  on: Queryable,
  { user_id, browser_hash }: Visit,
  ip: string,
  { id }: Guarded,
  now: number,
): Promise<Ruling> =>
  rulingOn(on, {
    user: user_id,
    target: resourceOfApplication(id),
    ip,
    asker: browserAsker(browser_hash),
    at: now,
  });

/** What a rule asks of whoever may use the application here and now; undefined where they may not. */
export async function mayOpen(
  on: Queryable,
  session: Visit,
  ip: string,
  application: Guarded,
  now: number,
): Promise<PolicyEffect | undefined> {
  if (!(await mayUse(on, session.user_id, application))) return undefined;
  const { effect } = await rulingOnOpening(on, session, ip, application, now);
  return effect.deny ? undefined : effect;
}

/** The same. @throws Refusal 403 `application_not_allowed` or `policy_denied`, which is written down. */
export async function demandMayOpen(
  session: LiveSession,
  asker: Asker,
  application: Guarded & Pick<ApplicationRow, 'name'>,
  { platform: { store, now }, events }: { platform: Platform; events: Events },
): Promise<PolicyEffect> {
  await demandMayUse(store, session.user_id, application);
  const { rule, effect } = await rulingOnOpening(store, session, asker.ip, application, now());
  if (!effect.deny) return effect;
  const user = { id: session.user_id, login: session.login };
  const { reason } = denial(rule!);
  const details = { purpose: 'sso', reason, application: application.id, name: application.name, rule };
  await store.transaction((transaction) =>
    events.record(transaction, { type: 'authentication.refused', actor: user, user, asker, details }),
  );
  throw new Refusal('policy_denied');
}
