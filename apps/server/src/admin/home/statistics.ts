import type { DayOfSignIns, Statistics } from '@countersign/protocol/wire';
import { uncountedSince, type CountName } from '../../events/counts.ts';
import { listDailyCounts } from '../../events/store.ts';
import { day, dayOf, minute, type Platform } from '../../platform/platform.ts';
import type { PeopleCountName } from '../../users/counts.ts';

/** How often people sign in, and how many have a second factor, by the day: from a small table, whatever the log holds. */

const daysShown = 30;
/** Events wait a moment for their seal, and then for the next round. */
const usualDelay = minute;

export async function readStatistics({ store, now }: Pick<Platform, 'store' | 'now'>): Promise<Statistics> {
  const at = now();
  const days = Array.from({ length: daysShown }, (_, back) => dayOf(at - (daysShown - 1 - back) * day));
  const counts = new Map<string, number>();
  for (const row of await listDailyCounts.all(store, { from: days[0]!, to: days.at(-1)! }))
    counts.set(`${row.day} ${row.name}`, row.count);
  const uncounted = await uncountedSince(store);
  return {
    days: days.map((date) => viewOf(date, counts)),
    counting: uncounted !== undefined && uncounted < at - usualDelay,
  };
}

function viewOf(date: string, counts: ReadonlyMap<string, number>): DayOfSignIns {
  const known = (name: CountName | PeopleCountName) => counts.get(`${date} ${name}`) ?? null;
  const counted = (name: CountName) => known(name) ?? 0;
  return {
    day: date,
    succeeded: counted('succeeded'),
    failed: counted('failed'),
    reported: counted('reported'),
    factors: {
      push: counted('factor_push'),
      totp: counted('factor_totp'),
      passkey: counted('factor_passkey'),
      recovery_code: counted('factor_recovery_code'),
    },
    people: known('people'),
    people_without_factor: known('people_without_factor'),
  };
}
