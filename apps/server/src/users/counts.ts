import { setForDay } from '../events/store.ts';
import { dayOf, type Platform } from '../platform/platform.ts';
import { countPeopleWithFactor, countPeopleWithoutFactor } from './factors.ts';

/** How many people have a second factor, day after day: as of the last look that day, since nothing else tells it later. */

export type PeopleCountName = 'people' | 'people_without_factor';

/** Of those who are active. */
export async function notePeopleCounts({ store, now }: Pick<Platform, 'store' | 'now'>): Promise<void> {
  const all = Number.MAX_SAFE_INTEGER;
  const without = await countPeopleWithoutFactor(store, all);
  const counts: Record<PeopleCountName, number> = {
    people: without + (await countPeopleWithFactor(store, all)),
    people_without_factor: without,
  };
  for (const [name, count] of Object.entries(counts))
    await setForDay.run(store, { day: dayOf(now()), name, count });
}
