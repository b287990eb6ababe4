import type { FactorKind, PolicyEnrollment, Settings } from '@countersign/protocol/wire';
import { Refusal } from '../platform/http/refusal.ts';
import type { Queryable } from '../platform/store/store.ts';
import { enrolmentRuling, leftToEnrol } from '../policy/enrolment.ts';
import type { Compiled } from '../policy/rules.ts';
import { readSettings } from '../settings/settings.ts';
import { isPushEnabled } from '../users/users.ts';
import { currentRules, groupIdsOf } from './current.ts';

/** Who may enrol which factor now. Asked when an enrolment begins, and again when it becomes a factor. */

export interface Enroller {
  user_id: string;
  push_override: number | null;
}

/** The kinds, and which rule of the policies says so, if any. `rules`: in the place of those that hold. */
export async function enrollable(
  on: Queryable,
  person: Enroller,
  settings: Settings,
  rules?: Compiled,
): Promise<PolicyEnrollment> {
  const compiled = rules ?? (await currentRules(on));
  const { user_id: user } = person;
  const groups = compiled.byTarget.has('enrollment') ? await groupIdsOf(on, user) : [];
  const ruling = enrolmentRuling(compiled, { user, groups });
  return { factors: leftToEnrol(ruling, allowedBy(settings, person)), rule: ruling.rule };
}

/** What the settings, and that of the person, allow. */
export const allowedBy = (settings: Settings, person: Pick<Enroller, 'push_override'>): FactorKind[] =>
  settings.mfa.factors.filter((kind) => kind !== 'push' || isPushEnabled(person, settings));

export async function mayEnrol(on: Queryable, person: Enroller, kind: FactorKind): Promise<boolean> {
  const { factors } = await enrollable(on, person, await readSettings(on));
  return factors.includes(kind);
}

/** @throws Refusal 403 `push_disabled` of mobile push, `factor_disabled` of any other kind. */
export async function demandEnrollable(on: Queryable, person: Enroller, kind: FactorKind): Promise<void> {
  if (await mayEnrol(on, person, kind)) return;
  throw new Refusal(kind === 'push' ? 'push_disabled' : 'factor_disabled');
}
