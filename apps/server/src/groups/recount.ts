import type { Platform } from '../platform/platform.ts';
import type { Store } from '../platform/store/store.ts';
import { keepHasFactor } from '../users/factors.ts';
import { listFactorDrift } from '../users/store.ts';
import { findCountedAfter, holdGroup, recountMembers } from './store.ts';

/**
 * Who has a factor and how many are in a group is kept where it is read, by whoever changes it. A process of the version
 * before, which goes on for a while beside a newer one, does not. So all of it is compared with what there is, a little at a
 * time and for ever, and mended where it differs.
 */

/** A round is every ten seconds: 1.7 million people a day. */
const peopleARound = 200;
/** Groups are counted in one piece, and those that are larger than this by rounds without any: 170 million a day. */
const membersARound = 20_000;
const groupsARound = 50;

/** Returns what does a round, going on from where the last one ended. */
export function recounting({ store, log }: Pick<Platform, 'store' | 'log'>): () => Promise<void> {
  let afterPerson = '';
  let afterGroup = '';
  let counted = 0;

  async function people(): Promise<number> {
    const some = await listFactorDrift.all(store, { after: afterPerson, limit: peopleARound });
    const drifted = some.filter((person) => person.drifted === 1);
    for (const { id } of drifted) await store.transaction((transaction) => keepHasFactor(transaction, id));
    afterPerson = some.length < peopleARound ? '' : some.at(-1)!.id;
    return drifted.length;
  }

  async function groups(): Promise<number> {
    let drifted = 0;
    counted = Math.max(0, counted - membersARound);
    for (let round = 0; round < groupsARound && counted < membersARound; round += 1) {
      const group = await findCountedAfter.get(store, { after: afterGroup });
      afterGroup = group?.id ?? '';
      if (!group) break;
      counted += group.members;
      if (group.member_count === group.members) continue;
      await recount(store, group.id);
      drifted += 1;
    }
    return drifted;
  }

  return async () => {
    const drifted = { people: await people(), groups: await groups() };
    if (drifted.people + drifted.groups > 0) log.info(drifted, 'counts that had drifted were mended');
  };
}

const recount = (store: Store, id: string): Promise<void> =>
  store.transaction(async (transaction) => {
    await holdGroup.run(transaction, { id });
    await recountMembers.run(transaction, { id });
  });
