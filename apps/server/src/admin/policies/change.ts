import type { Policies, PolicyRule, PolicyVersion } from '@countersign/protocol/wire';
import { operator, type Actor, type Events } from '../../events/events.ts';
import type { Asker } from '../../platform/http/asker.ts';
import { Refusal } from '../../platform/http/refusal.ts';
import { timeText, type Platform } from '../../platform/platform.ts';
import { randomId } from '../../platform/random-text.ts';
import { UniqueViolation } from '../../platform/store/errors.ts';
import type { Queryable, Transaction } from '../../platform/store/store.ts';
import { rulesIn } from '../../policies/current.ts';
import {
  findCurrentVersion,
  findVersion,
  insertVersion,
  listNamed,
  type PolicyVersionRow,
} from '../../policies/store.ts';
import { warningsOf } from '../../policy/enrolment.ts';
import { compile, problemsOf } from '../../policy/rules.ts';
import { readSettings } from '../../settings/settings.ts';
import { holdOwners } from '../../users/owners.ts';
import { demandWayIn, wayInFacts } from './way-in.ts';

/** The policies as administrators keep them: whole versions, each made from the one before. */

interface Needs {
  platform: Platform;
  events: Events;
}
interface By {
  actor: Actor;
  asker: Asker;
}

/** Before anybody has made one. */
const beginning: PolicyVersionRow = {
  number: 0,
  id: '0',
  rules: '[]',
  changed_at: 0,
  changed_by_id: '',
  changed_by_login: '',
};

export async function currentVersion(on: Queryable): Promise<PolicyVersionRow> {
  const current = await findCurrentVersion.get(on);
  return current ? (await findVersion.get(on, { number: current.number }))! : beginning;
}

/** @throws Refusal 404 */
export async function demandVersion(on: Queryable, number: number): Promise<PolicyVersionRow> {
  const row = number === 0 ? beginning : await findVersion.get(on, { number });
  if (!row) throw new Refusal('not_found');
  return row;
}

export const versionView = (row: PolicyVersionRow): PolicyVersion => ({
  version: row.number,
  changed_at: row.number === 0 ? null : timeText(row.changed_at),
  changed_by: row.number === 0 ? null : { id: row.changed_by_id, login: row.changed_by_login },
  rule_count: rulesIn(row).length,
});

/** RFC 9110 section 8.8.3. */
const etagOf = ({ id }: Pick<PolicyVersionRow, 'id'>): string => `"${id}"`;

export async function policiesView(on: Queryable, row: PolicyVersionRow): Promise<Policies> {
  const rules = rulesIn(row);
  const names: Record<string, string> = {};
  for (const { id, kind } of namedBy(rules)) {
    const found = (await listNamed.all(on, { id })).find((named) => named.kind === kind);
    if (found) names[id] = found.name;
  }
  const warnings = warningsOf(rules, await readSettings(on));
  return { ...versionView(row), etag: etagOf(row), rules, names, warnings };
}

/**
 * Makes these rules the next version; `restored`: of which earlier one they are.
 * @throws Refusal 400 `malformed`, 409 `policy_locks_out`, 412 `policy_changed`
 */
export async function changePolicies(
  rules: PolicyRule[],
  ifMatch: string,
  by: By,
  needs: Needs,
  restored?: number,
): Promise<PolicyVersionRow> {
  const { store, now } = needs.platform;
  const before = await currentVersion(store);
  if (ifMatch !== etagOf(before)) throw new Refusal('policy_changed');
  // What is not there any more may stay where it stood: it matches nobody, and nothing.
  if (restored === undefined) await demandSound(store, rules, rulesIn(before));
  // It may take a second an owner: nobody is held up by it, unless what it looked at changes meanwhile.
  const facts = await wayInFacts(store);
  await demandWayIn(store, compile(rules), now());
  const more = restored === undefined ? {} : { restored };
  return store.transaction(async (transaction) => {
    await holdOwners(transaction);
    if ((await wayInFacts(transaction)) !== facts) await demandWayIn(transaction, compile(rules), now());
    return keepVersion(transaction, before, rules, by, more, needs);
  });
}

/** Every rule off, by whoever has the command line: the way out where no owner gets in. Null where none was on. */
export async function turnRulesOff(needs: Needs): Promise<PolicyVersionRow | null> {
  const { store } = needs.platform;
  const before = await currentVersion(store);
  const rules = rulesIn(before);
  if (!rules.some(({ enabled }) => enabled)) return null;
  const off = rules.map((rule) => ({ ...rule, enabled: false }));
  return store.transaction((transaction) =>
    keepVersion(transaction, before, off, { actor: operator }, {}, needs),
  );
}

/** The version after `before`, and its event. @throws Refusal 412 `policy_changed` where another came after it. */
async function keepVersion(
  transaction: Transaction,
  before: PolicyVersionRow,
  rules: PolicyRule[],
  by: { actor: Actor; asker?: Asker },
  more: { restored?: number },
  { platform: { now, random }, events }: Needs,
): Promise<PolicyVersionRow> {
  const number = before.number + 1;
  const { actor } = by;
  try {
    await insertVersion.run(transaction, {
      number,
      id: randomId(random),
      rules: JSON.stringify(rules),
      now: now(),
      changed_by_id: actor.id,
      changed_by_login: actor.login,
    });
  } catch (error) {
    if (error instanceof UniqueViolation) throw new Refusal('policy_changed');
    throw error;
  }
  const details = { version: number, before: rulesIn(before), after: rules, ...more };
  await events.record(transaction, { type: 'policy.changed', ...by, details });
  return (await findVersion.get(transaction, { number }))!;
}

const mostProblems = 100;

/** @throws Refusal 400 `malformed` */
export async function demandSound(
  on: Queryable,
  rules: readonly PolicyRule[],
  before: readonly PolicyRule[],
): Promise<void> {
  const problems = problemsOf(rules);
  const known = new Set(namedBy(before).map(({ id }) => id));
  for (const { id, kind, path } of namedBy(rules)) {
    if (known.has(id)) continue;
    // Whoever writes so many by mistake is not helped by more of them.
    if (problems.length >= mostProblems) break;
    const found = await listNamed.all(on, { id });
    if (found.some((named) => named.kind === kind)) known.add(id);
    else problems.push({ path, message: 'is the id of nothing of that kind' });
  }
  if (problems.length === 0) return;
  const errors = problems
    .slice(0, mostProblems)
    .map(({ path, message }) => ({ path: `/rules${path}`, message }));
  throw new Refusal('malformed', { errors });
}

/** What rules name, and where in their list. */
const namedBy = (rules: readonly PolicyRule[]): { id: string; kind: string; path: string }[] =>
  rules.flatMap(({ who, what }, index) => [
    ...(who?.users ?? []).map((id, at) => ({ id, kind: 'user', path: `/${index}/who/users/${at}` })),
    ...(who?.groups ?? []).map((id, at) => ({ id, kind: 'group', path: `/${index}/who/groups/${at}` })),
    ...what.flatMap((target, at) => {
      const [kind = '', id = '*'] = target.split(':');
      return id === '*' ? [] : [{ id, kind, path: `/${index}/what/${at}` }];
    }),
  ]);
