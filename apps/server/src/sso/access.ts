import { findAdmission, type ApplicationRow } from '../applications/store.ts';
import { Refusal } from '../platform/http/refusal.ts';
import type { Queryable } from '../platform/store/store.ts';

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
