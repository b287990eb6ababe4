import {
  PolicyChangeKind,
  type PolicyEffectReport,
  type PolicyRule,
  type PolicySimulation,
  type Settings,
} from '@countersign/protocol/wire';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { factsOn, type Basis } from '../../authentication/basis.ts';
import { listEventsBy, type EventRow } from '../../events/store.ts';
import { day, timeText, type Platform } from '../../platform/platform.ts';
import { atOnce, many } from '../../platform/store/many.ts';
import type { Queryable } from '../../platform/store/store.ts';
import { currentRules } from '../../policies/current.ts';
import { allowedBy } from '../../policies/enrolment.ts';
import { listGroupsOfMany, listNamed, listPeople, type PersonRow } from '../../policies/store.ts';
import { decideUnder, narrowed } from '../../policy/decide.ts';
import { enrolmentRuling, leftToEnrol, warningsOf } from '../../policy/enrolment.ts';
import { compile, decideRule, type Compiled } from '../../policy/rules.ts';
import { readSettings } from '../../settings/settings.ts';
import { isPushEnabled } from '../../users/users.ts';
import { verdictOf } from './verdict.ts';

/**
 * What other rules would have changed for the sign-ins of the last week: each is decided again, under the rules that hold and
 * under the others, by the decision that a sign-in takes. Made on what it was decided on then; the settings and the groups
 * are those of today.
 */

const window = 7 * day;
/** The newest so many, or as many as are looked at in so long (milliseconds). */
const most = { signIns: 10_000, time: 2_000 };
/** Milliseconds for which nobody else is served meanwhile. */
const turn = 15;
const slice = 200;
const mostExamples = 5;

/** Each beginning of an authentication is one of these. */
const types = ['authentication.begun', 'authentication.refused', 'password_reset.begun'] as const;

type Change = PolicyEffectReport['changes'][number];

export async function effectOf(
  rules: PolicyRule[],
  { store, now }: Pick<Platform, 'store' | 'now'>,
): Promise<PolicyEffectReport> {
  const settings = await readSettings(store);
  const ruleSets = { before: await currentRules(store), after: compile(rules) };
  const from = now() - window;
  const giveUpAt = performance.now() + most.time;
  let turnEndsAt = performance.now() + turn;
  const counts = { looked_at: 0, left_out: 0, people_gone: 0 };
  const changes = new Map<PolicyChangeKind, Change>();
  let last: EventRow | undefined;
  let complete = true;
  for await (const { event, person } of signInsSince(store, from, now())) {
    if (performance.now() > turnEndsAt) {
      await nextTurn();
      turnEndsAt = performance.now() + turn;
    }
    if (counts.looked_at >= most.signIns || performance.now() > giveUpAt) {
      complete = false;
      break;
    }
    last = event;
    const { basis } = JSON.parse(event.details) as { basis?: Basis };
    if (!basis) counts.left_out += 1;
    else if (!person) counts.people_gone += 1;
    else {
      counts.looked_at += 1;
      const before = decideAgain(event, basis, person, ruleSets.before, settings);
      const after = decideAgain(event, basis, person, ruleSets.after, settings);
      const kind = changeOf(before, after);
      if (kind === null) continue;
      const change = changes.get(kind) ?? { kind, count: 0, examples: [] };
      changes.set(kind, change);
      change.count += 1;
      if (change.examples.length >= mostExamples) continue;
      const { id, login, name } = person;
      const { target, familiar } = basis;
      const { ip } = event;
      change.examples.push({
        authentication: event.authentication_id,
        user: { id, login, name },
        target,
        at: timeText(event.at),
        ip,
        familiar,
        before,
        after,
      });
    }
  }
  const found = PolicyChangeKind.enum.flatMap((kind) => changes.get(kind) ?? []);
  return {
    since: timeText(complete || !last ? from : last.at),
    complete,
    ...counts,
    changes: found,
    names: await namesOf(store, found),
    warnings: warningsOf(rules, settings),
  };
}

function changeOf(before: PolicySimulation, after: PolicySimulation): PolicyChangeKind | null {
  const [was, is] = [before, after].map(({ outcome }) => outcome);
  if (was !== is) {
    if (is === 'refuse') return 'refused';
    if (was === 'refuse') return 'let_in';
    if (after.stuck) return 'stuck';
    return is === 'enrollment' ? 'enrollment' : 'no_enrollment';
  }
  if (before.stuck !== after.stuck) return after.stuck ? 'stuck' : 'enrollment';
  if (before.confirmation === 'tap' && after.confirmation === 'number') return 'number';
  if (after.user_verification && !before.user_verification && before.confirmation) return 'user_verification';
  if (before.factors.join() !== after.factors.join()) return 'factors';
  if (before.confirmation !== after.confirmation) return 'tap';
  if (before.user_verification !== after.user_verification) return 'no_user_verification';
  const isAsLong =
    before.session_minutes === after.session_minutes && before.fresh_minutes === after.fresh_minutes;
  return is === 'refuse' || isAsLong ? null : 'lifetime';
}

interface Person extends PersonRow {
  groups: string[];
}

/** What would be decided of it under these rules. */
export function decideAgain(
  { at, ip }: Pick<EventRow, 'at' | 'ip'>,
  basis: Basis,
  person: Person,
  rules: Compiled,
  settings: Settings,
): PolicySimulation {
  const {
    purpose,
    target,
    familiar,
    alone = false,
    reported = false,
    silent = false,
    by_passkey: byPasskey = false,
  } = basis;
  const who = { user: person.id, groups: person.groups };
  const place = purpose === 'backchannel' ? null : ip;
  const ruling = decideRule(rules, { ...who, target, ip: place, familiar, at });
  const decision = decideUnder(ruling, factsOn(basis, settings, isPushEnabled(person, settings)));
  const enrolment = enrolmentRuling(rules, who);
  return verdictOf(
    { decision, ruling, settings: narrowed(settings, ruling.effect) },
    { alone, familiar, reported, silent, byPasskey },
    { factors: leftToEnrol(enrolment, allowedBy(settings, person)), rule: enrolment.rule },
  );
}

/** The newest first, with whoever it was; without a person where they are gone. */
async function* signInsSince(
  on: Queryable,
  from: number,
  now: number,
): AsyncGenerator<{ event: EventRow; person: Person | undefined }> {
  const people = new Map<string, Person | null>();
  const lists = types.map((type) => ({ type, rows: [] as EventRow[], at: now + 1, id: '', isOver: false }));
  for (;;) {
    for (const list of lists) {
      if (list.isOver || list.rows.length >= slice) continue;
      const { type, at, id } = list;
      const more = await listEventsBy.type.all(on, { value: type, at, id, from, limit: slice });
      list.isOver = more.length < slice;
      list.rows.push(...more);
      const last = more.at(-1);
      if (last) Object.assign(list, { at: last.at, id: last.id });
    }
    // Of each list the newest are there, so these are the newest of all.
    const events = lists.flatMap(({ rows }) => rows).sort((one, other) => other.at - one.at);
    if (events.length === 0) return;
    const next = new Set(events.slice(0, slice));
    for (const list of lists) list.rows = list.rows.filter((row) => !next.has(row));
    await meet(on, next, people);
    for (const event of next) {
      // What had begun before, or was within a session, is no sign-in of its own.
      const isLater = event.type === types[1] && (event.authentication_id ?? event.target_id) !== null;
      if (!isLater) yield { event, person: people.get(event.user_id ?? '') ?? undefined };
    }
  }
}

/** Reads those who are not known yet, and their groups. */
async function meet(
  on: Queryable,
  events: Iterable<EventRow>,
  people: Map<string, Person | null>,
): Promise<void> {
  const ids = new Set([...events].map(({ user_id }) => user_id ?? ''));
  const strangers = [...ids].filter((id) => !people.has(id));
  for (let index = 0; index < strangers.length; index += atOnce) {
    const these = strangers.slice(index, index + atOnce);
    for (const id of these) people.set(id, null);
    for (const row of await listPeople.all(on, many(these))) people.set(row.id, { ...row, groups: [] });
    for (const { user_id, group_id } of await listGroupsOfMany.all(on, many(these)))
      people.get(user_id)?.groups.push(group_id);
  }
}

/** What the targets of the examples are called, by their ids. */
async function namesOf(on: Queryable, changes: readonly Change[]): Promise<Record<string, string>> {
  const targets = new Set(changes.flatMap(({ examples }) => examples.map(({ target }) => target)));
  const names: Record<string, string> = {};
  for (const target of targets) {
    const [kind, id = ''] = target.split(':');
    const found = id && (await listNamed.all(on, { id })).find((named) => named.kind === kind);
    if (found) names[id] = found.name;
  }
  return names;
}
