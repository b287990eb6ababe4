import { Refusal, secondsUntil } from '../platform/http/refusal.ts';
import { day, minute, type Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Outbox } from '../mail/outbox.ts';
import { readSettings, requiredOfAllFrom } from '../settings/settings.ts';
import { requiredFrom } from './requirement.ts';
import {
  beginRun,
  claimAsked,
  claimDue,
  endRun,
  findLastDates,
  findLastReminder,
  findRun,
  findWithout,
  leaveRun,
  pageSize,
  searchWithout,
  searchWithoutInGroup,
  takeRun,
  type PersonWithout,
  type RunRow,
} from './store.ts';

/**
 * Reminders by mail to active people who have no second factor yet: when a date is set for them, a week before it and a day
 * before it; and when an administrator asks. Nobody gets two within a day, whoever asks. People who were invited have the
 * invitation to answer first, and whoever is suspended cannot sign in: neither is reminded.
 */

export interface ReminderNeeds {
  platform: Platform;
  outbox: Outbox;
}

/** `announced`: a date is set. A week is time to find one's phone, or to ask for another way; a day is the last call. */
export type Stage = 'announced' | 'week' | 'day';

/** What is due of a date that is yet to come; times are milliseconds since 1970. */
export function stageOf(from: number, now: number): Stage | undefined {
  if (from <= now) return undefined;
  if (from - now <= day) return 'day';
  return from - now <= 7 * day ? 'week' : 'announced';
}

/** Between two reminders to one person. */
const apart = day;
/** Between two mails of a run, so that none of them stands before a mail that somebody waits for: 600 a minute. */
const mailEvery = 100;
/** As many as are sent until the next round of the maintenance, and the people who are looked at for them. */
const mailsARound = 100;
const pagesARound = 20;
/** The calendar is gone through so often, at most. */
const calendarEvery = 5 * minute;
const lease = 2 * minute;
const calendar = 'due';
const beginning = { cursor_at: Number.MAX_SAFE_INTEGER, cursor_id: '~' };

const idOfAsked = (group_id: string | null): string => `asked:${group_id ?? 'all'}`;

/** One round: goes on with what reminds people, a page at a time. */
export async function sendReminders(needs: ReminderNeeds): Promise<void> {
  const { store, now } = needs.platform;
  const isAhead = await hasDateToCome(needs);
  if (isAhead) await beginRun.get(store, { id: calendar, group_id: null, now: now(), ...beginning });
  const budget = { pages: pagesARound, mails: mailsARound };
  while (budget.pages > 0 && budget.mails > 0) {
    const until = now() + lease;
    const run = await takeRun.get(store, { now: now(), until });
    if (!run) return;
    const { id } = run;
    // There is nothing more to come.
    const isOver = (id === calendar && !isAhead) || (await goThrough(run, budget, needs));
    const { cursor_at, cursor_id } = run;
    if (!isOver) await leaveRun.run(store, { id, cursor_at, cursor_id, until, starts_at: now() });
    else if (id === calendar && isAhead)
      await leaveRun.run(store, { id, until, starts_at: now() + calendarEvery, ...beginning });
    else await endRun.run(store, { id });
  }
}

/** Whether everybody has been gone through; the run stands behind the last one. */
async function goThrough(
  run: RunRow,
  budget: { pages: number; mails: number },
  needs: ReminderNeeds,
): Promise<boolean> {
  while (budget.pages > 0 && budget.mails > 0) {
    budget.pages -= 1;
    const page = await pageOf(run, needs);
    budget.mails -= await remindPage(page, run.id === calendar, mailsARound - budget.mails, needs);
    if (page.length < pageSize) return true;
    const last = page.at(-1)!;
    Object.assign(run, { cursor_at: last.at, cursor_id: last.id });
  }
  return false;
}

/** Whether any date is ahead: as long as none is, nobody is looked at. */
async function hasDateToCome({ platform: { store, now } }: ReminderNeeds): Promise<boolean> {
  const ofAll = requiredOfAllFrom(await readSettings(store));
  if (ofAll !== undefined) return ofAll > now();
  const { of_groups, of_people } = (await findLastDates.get(store))!;
  return Math.max(of_groups ?? 0, of_people ?? 0) > now();
}

function pageOf(run: RunRow, { platform: { store } }: ReminderNeeds): Promise<PersonWithout[]> {
  const place = {
    at: run.cursor_at,
    id: run.cursor_id,
    limit: pageSize,
    word_1: '%',
    word_2: '%',
    word_3: '%',
  };
  return run.group_id === null
    ? searchWithout(store, [], place)
    : searchWithoutInGroup(store, [], { ...place, group_id: run.group_id });
}

/** Returns how many were reminded. `sent`: how many mails of this round go before. */
async function remindPage(
  page: readonly PersonWithout[],
  byCalendar: boolean,
  sent: number,
  needs: ReminderNeeds,
): Promise<number> {
  const { store, now } = needs.platform;
  const settings = await readSettings(store);
  const at = now();
  // The claim looks again; this keeps those out who have theirs, which are most.
  const due = page
    .filter(({ sent_at }) => sent_at === null || sent_at <= at - apart)
    .map((person) => ({ person, from: requiredFrom(settings, person) }))
    .map((one) => ({ ...one, stage: one.from === undefined ? undefined : stageOf(one.from, at) }))
    .filter(
      ({ person, from, stage }) =>
        !byCalendar || (stage && !(person.stage === stage && person.required_from === from)),
    );
  if (due.length === 0) return 0;
  return store.transaction(async (transaction) => {
    let reminded = 0;
    for (const { person, from, stage } of due) {
      const claim = { user_id: person.id, now: at, before: at - apart };
      const claimed = byCalendar
        ? await claimDue.get(transaction, { ...claim, stage: stage!, required_from: from! })
        : await claimAsked.get(transaction, claim);
      if (!claimed) continue;
      await write(transaction, person, from, at + mailEvery * (sent + reminded), needs);
      reminded += 1;
    }
    return reminded;
  });
}

/** The mail: the only link in it is the portal's own address, which asks for the password as ever. */
async function write(
  transaction: Transaction,
  person: PersonWithout,
  from: number | undefined,
  notBefore: number,
  { platform: { issuer, now }, outbox }: ReminderNeeds,
): Promise<void> {
  const { organization } = await readSettings(transaction);
  const when = from === undefined ? 'asked' : from <= now() ? 'now' : from;
  await outbox.post(transaction, person, (letters) => letters.enrol(organization.name, when, `${issuer}/`), {
    notBefore,
  });
}

/**
 * An administrator reminds one person.
 * @throws Refusal 409 `reminder_not_needed` of whoever has a factor or is not active, 429 within a day of the last one.
 */
export async function remindOne(
  transaction: Transaction,
  user_id: string,
  needs: ReminderNeeds,
): Promise<void> {
  const { now } = needs.platform;
  const person = await findWithout.get(transaction, { id: user_id });
  if (!person) throw new Refusal('reminder_not_needed');
  const at = now();
  if (await claimAsked.get(transaction, { user_id, now: at, before: at - apart })) {
    return write(transaction, person, requiredFrom(await readSettings(transaction), person), at, needs);
  }
  const last = await findLastReminder.get(transaction, { user_id });
  if (!last) throw new Refusal('reminder_not_needed');
  throw new Refusal('too_many_requests', {
    retry_after: secondsUntil(last.sent_at + apart, at),
    detail: 'This person was reminded within the last day.',
  });
}

/** An administrator reminds all who have no factor yet, of a group or of all: in the background. False where that goes on already. */
export const remindAll = async (
  transaction: Transaction,
  group_id: string | null,
  now: number,
): Promise<boolean> =>
  (await beginRun.get(transaction, { id: idOfAsked(group_id), group_id, now, ...beginning })) !== undefined;

/** Whether that goes on. */
export const isReminding = async (
  { store }: Pick<Platform, 'store'>,
  group_id: string | null,
): Promise<boolean> => (await findRun.get(store, { id: idOfAsked(group_id) })) !== undefined;
