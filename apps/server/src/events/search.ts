import { isIP } from 'node:net';
import type { Store } from '../platform/store/store.ts';
import { eventTypes } from './events.ts';
import { listEvents, listEventsBy, type EventRow } from './store.ts';

/**
 * Events are looked for backwards in time along one index, or along a few at once; whatever else is asked for is compared
 * here, row by row. So each statement is bounded, whatever the log holds, and others have their turn in between.
 */

export interface EventFilter {
  /** Such as `push.denied`, or `push.*` for all of that family. */
  type?: string;
  /** Ids, and an address in full. */
  actor?: string;
  user?: string;
  ip?: string;
  target?: string;
  authentication?: string;
  /** Milliseconds since 1970: the first, and the one after the last. */
  from?: number;
  to?: number;
  /** What the type, a login name or the address begins with, in lower case. */
  q?: string;
  /** People whose login names begin so; undefined: too many to look for each. */
  peopleOfQ?: readonly string[];
}

/** What comes after is older: a place between two rows. An empty id is before every row of that time. */
export interface Place {
  at: number;
  id: string;
}

export interface Looked {
  /** Newest first. */
  found: EventRow[];
  /** How many rows it took. */
  read: number;
  /** Where to look on; undefined where there is nothing more. */
  next: Place | undefined;
}

/** At first; then more, for what is rare is far. */
const rowsAtOnce = 250;
const mostAtOnce = 1_000;

type Page = { at: number; id: string; limit: number; from: number };
type Lead = (store: Store, page: Page) => Promise<EventRow[]>;

/** Whether an event of `type` is one of `wanted`, which may be a whole family. */
export const isOfType = (type: string, wanted: string): boolean =>
  wanted === '*' || wanted.endsWith('.*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;

/** Looks from `start` back in time, some rows at once, until there are none. */
export async function* lookFor(
  store: Store,
  filter: EventFilter,
  start: Place,
): AsyncGenerator<Looked, void, undefined> {
  const leads = leadsOf(filter);
  let place = filter.to !== undefined && filter.to <= start.at ? { at: filter.to, id: '' } : start;
  let limit = rowsAtOnce;
  while (leads.length > 0) {
    const pages = await Promise.all(
      leads.map((lead) => lead(store, { ...place, limit, from: filter.from ?? 0 })),
    );
    const next = placeAfter(pages, limit);
    // All of one millisecond, and there are more of it: nothing was gained.
    if (next && next.at >= place.at && leads.length > 1) {
      limit *= 2;
      continue;
    }
    const rows = leads.length === 1 ? pages[0]! : mergeFrom(pages, next);
    const over = next === undefined || next.at <= (filter.from ?? 0);
    yield {
      found: rows.filter((row) => matches(row, filter)),
      read: pages.flat().length,
      next: over ? undefined : next,
    };
    if (over) return;
    place = next;
    limit = Math.min(2 * limit, mostAtOnce);
  }
}

/**
 * One index's rows end where its last one stands. Of several, what is older than where the first of them ends is not known
 * yet. That is told by the time alone: the engines may order ids in different ways.
 */
function placeAfter(pages: EventRow[][], limit: number): Place | undefined {
  const ends = pages.filter((page) => page.length === limit).map((page) => page.at(-1)!);
  if (pages.length === 1) return ends[0] && { at: ends[0].at, id: ends[0].id };
  return ends.length === 0 ? undefined : { at: Math.max(...ends.map(({ at }) => at)) + 1, id: '' };
}

function mergeFrom(pages: EventRow[][], next: Place | undefined): EventRow[] {
  const rows = new Map(pages.flat().map((row) => [row.id, row]));
  return [...rows.values()]
    .filter(({ at }) => next === undefined || at >= next.at)
    .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
}

/** Along which indexes: of what is asked for, what the fewest events have in common. */
function leadsOf(filter: EventFilter): Lead[] {
  const by =
    (column: keyof typeof listEventsBy, value: string): Lead =>
    (store, page) =>
      listEventsBy[column].all(store, { ...page, value });
  const inTime: Lead = (store, page) => listEvents.all(store, page);
  const { authentication, target, user, actor, ip, type, q, peopleOfQ } = filter;
  if (authentication !== undefined) return [by('authentication_id', authentication)];
  if (user !== undefined) return [by('user_id', user)];
  if (target !== undefined) return [by('target_id', target)];
  if (actor !== undefined) return [by('actor_id', actor)];
  if (ip !== undefined) return [by('ip', ip)];
  if (type !== undefined) {
    return eventTypes.filter((each) => isOfType(each, type)).map((each) => by('type', each));
  }
  if (q === undefined) return [inTime];
  // The beginning of an address has no end in sight: whoever looks for it looks through the log, a piece at a time.
  if (isIP(q) === 0 && /^[\da-f]*[.:][\da-f.:]*$|^\d+$/.test(q)) return [inTime];
  if (peopleOfQ === undefined) return [inTime];
  return [
    ...(isIP(q) === 0 ? [] : [by('ip', q)]),
    ...eventTypes.filter((each) => each.startsWith(q)).map((each) => by('type', each)),
    ...peopleOfQ.flatMap((id) => [by('user_id', id), by('actor_id', id)]),
  ];
}

/** Whether the event is one that is asked for. */
function matches(row: EventRow, filter: EventFilter): boolean {
  const { type, actor, user, ip, target, authentication, from = 0, to = Infinity, q } = filter;
  const is = (value: string | null, wanted: string | undefined) => wanted === undefined || value === wanted;
  return (
    (type === undefined || isOfType(row.type, type)) &&
    is(row.actor_id, actor) &&
    is(row.user_id, user) &&
    is(row.ip, ip) &&
    is(row.target_id, target) &&
    is(row.authentication_id, authentication) &&
    row.at >= from &&
    row.at < to &&
    (q === undefined ||
      [row.type, row.user_login, row.actor_login, row.ip].some((text) => text?.toLowerCase().startsWith(q)))
  );
}

/** Rows read for one page at the most: a search that finds little says how far back it has looked. */
const mostRead = 5_000;

/** At most `limit` of them, and where to go on. */
export async function listMatching(
  store: Store,
  filter: EventFilter,
  start: Place,
  limit: number,
): Promise<{ rows: EventRow[]; next: Place | undefined }> {
  const rows: EventRow[] = [];
  let read = 0;
  for await (const looked of lookFor(store, filter, start)) {
    rows.push(...looked.found);
    read += looked.read;
    if (rows.length > limit) return cut(rows, limit, leadsOf(filter).length === 1 ? 'exact' : looked.next);
    if (read >= mostRead) return { rows, next: looked.next };
  }
  return { rows, next: undefined };
}

/** After several indexes, those of the same time stay together, since their order is not that of the engine. */
function cut(rows: EventRow[], limit: number, next: 'exact' | Place | undefined) {
  const { at, id } = rows[limit - 1]!;
  if (next === 'exact') return { rows: rows.slice(0, limit), next: { at, id } };
  const whole = rows.filter((row) => row.at >= at);
  return { rows: whole, next: whole.length === rows.length ? next : { at, id: '' } };
}
