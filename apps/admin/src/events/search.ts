import type { EventFilter } from '@countersign/protocol/wire';

/** What is looked for, as the address of the page has it. */
export interface EventSearch extends Omit<EventFilter, 'from' | 'to' | 'authentication'> {
  /** Days (`2026-01-31`), the first and the last, by the clock of whoever looks. */
  from?: string;
  to?: string;
  live?: true;
}

const wordsOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.slice(0, 200) : undefined;
const matching = (value: unknown, pattern: RegExp): string | undefined =>
  typeof value === 'string' && pattern.test(value) ? value : undefined;
const id = /^[\w-]{1,64}$/;
const dayForm = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** Of an address, what has a meaning here; the rest is left out. */
export const readEventSearch = (search: Record<string, unknown>): EventSearch => ({
  q: wordsOf(search.q),
  type: matching(search.type, /^[a-z_]+\.([a-z_]+|\*)$/),
  user: matching(search.user, id),
  actor: matching(search.actor, id),
  target: matching(search.target, id),
  ip: matching(search.ip, /^[\da-fA-F.:]{1,60}$/),
  from: matching(search.from, dayForm),
  to: matching(search.to, dayForm),
  live: search.live === true ? true : undefined,
});

/** When a day begins here; `after` counts days on. */
function beginningOf(day: string, after = 0): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return new Date(year, month - 1, date + after).toISOString();
}

/** The same as the server is asked for it. */
export const filterOf = ({ live: _live, from, to, ...rest }: EventSearch): EventFilter => ({
  ...rest,
  from: from && beginningOf(from),
  to: to && beginningOf(to, 1),
});

/** Whether anything narrows the list. */
export const isNarrowed = ({ live: _live, ...rest }: EventSearch): boolean =>
  Object.values(rest).some((value) => value !== undefined);
