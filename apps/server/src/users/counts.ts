import { setForDay } from '../events/store.ts';
import { dayOf, type Platform } from '../platform/platform.ts';
import { countByFactor } from './store.ts';

/** How many people have a second factor, day after day: as of the last look that day, since nothing else tells it later. */

export type PeopleCountName = 'people' | 'people_without_factor';

/** Of those who are active. All are counted, which nobody waits for: some 100 ms among a million. */
export async function notePeopleCounts({ store, now }: Pick<Platform, 'store' | 'now'>): Promise<void> {
  const day = dayOf(now());
  const countWhere = async (has_factor: 0 | 1): Promise<number> =>
    (await countByFactor.get(store, { has_factor, most: Number.MAX_SAFE_INTEGER }))!.people;
  const without = await countWhere(0);
  const counts: Record<PeopleCountName, number> = {
    people: without + (await countWhere(1)),
    people_without_factor: without,
  };
  for (const [name, count] of Object.entries(counts)) await setForDay.run(store, { day, name, count });
}
