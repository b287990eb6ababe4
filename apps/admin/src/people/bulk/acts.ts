import type { Named } from '@countersign/protocol/wire';
import {
  actOnPerson,
  deletePerson,
  listGroupsOfPerson,
  putMember,
  readPerson,
  takeMember,
} from '../../server/admin-api.ts';
import type { Permission } from '../../session/permissions.ts';
import type { Done, Person } from './run.ts';

/**
 * What can be done to many people at once: by the calls that do it to one, so that each is checked, recorded and refused
 * as if it were the only one. Each looks before it acts: what was so already is not changed, and is not undone.
 */
export interface BulkAct {
  label: string;
  permission: Permission;
  destructive?: true;
  /** Asks which group first. */
  needsGroup?: true;
  /** Never done to whoever does it. */
  notMyself?: true;
  /** Such as "Suspend 12 people"; so is the button. */
  title: (people: string, group: string) => string;
  /** What it will do, and what cannot be undone. */
  question: (days: string, group: string) => string;
  /** What was done, after a number of people: of one, and of several. */
  done: readonly [one: string, many: string];
  /** Where there was nothing to do. */
  unchanged: readonly [one: string, many: string];
  run: (person: Person, group: Named | null) => Promise<Done>;
}

const nothing: Done = { changed: false };

/** Still suspended, and not deleted since by somebody else. */
async function liftSuspension(id: string): Promise<void> {
  const { state, delete_at } = await readPerson(id);
  if (state === 'suspended' && delete_at === null) await actOnPerson(id, 'activate');
}

export const bulkActs = {
  suspend: {
    label: 'Suspend…',
    permission: 'write_users',
    destructive: true,
    notMyself: true,
    title: (people) => `Suspend ${people}`,
    question: () =>
      'They are signed out everywhere at once, and cannot sign in until they are activated again. Nothing of theirs is deleted. You can undo it afterwards; their sessions do not come back.',
    done: ['was suspended', 'were suspended'],
    unchanged: ['was suspended already', 'were suspended already'],
    run: async ({ id }) => {
      if ((await readPerson(id)).state === 'suspended') return nothing;
      await actOnPerson(id, 'suspend');
      return { changed: true, undo: () => liftSuspension(id) };
    },
  },
  activate: {
    label: 'Activate…',
    permission: 'write_users',
    title: (people) => `Activate ${people}`,
    question: () =>
      'Those who are suspended may sign in again, with the password and the phone that they had. Whoever was deleted stays so. You can undo it afterwards.',
    done: ['was activated', 'were activated'],
    unchanged: ['was not suspended, or is deleted', 'were not suspended, or are deleted'],
    run: async ({ id }) => {
      const { state, delete_at } = await readPerson(id);
      if (state !== 'suspended' || delete_at !== null) return nothing;
      await actOnPerson(id, 'activate');
      return { changed: true, undo: () => actOnPerson(id, 'suspend') };
    },
  },
  unlock: {
    label: 'Unlock…',
    permission: 'help',
    title: (people) => `Unlock ${people}`,
    question: () =>
      'Wrong tries are forgotten, and pauses after a report end. It cannot be undone: make sure that it was them.',
    done: ['was unlocked', 'were unlocked'],
    unchanged: ['was not locked', 'were not locked'],
    run: async ({ id }) => {
      if (!(await readPerson(id)).locked) return nothing;
      await actOnPerson(id, 'unlock');
      return { changed: true };
    },
  },
  signOut: {
    label: 'Sign out everywhere…',
    permission: 'help',
    notMyself: true,
    title: (people) => `Sign ${people} out everywhere`,
    question: () =>
      'Their sessions end in every browser, and what applications were given. They may sign in again at once. It cannot be undone.',
    done: ['was signed out', 'were signed out'],
    unchanged: ['was suspended, and has no session', 'were suspended, and have no session'],
    run: async ({ id }) => {
      if ((await readPerson(id)).state === 'suspended') return nothing;
      await actOnPerson(id, 'end-sessions');
      return { changed: true };
    },
  },
  invite: {
    label: 'Invite again…',
    permission: 'write_users',
    title: (people) => `Invite ${people} again`,
    question: () =>
      'Whoever has chosen no password yet gets a mail with a new link; the old one ends. A mail cannot be taken back.',
    done: ['was invited again', 'were invited again'],
    unchanged: [
      'has chosen a password already, or is suspended',
      'have chosen a password already, or are suspended',
    ],
    run: async ({ id }) => {
      if ((await readPerson(id)).state !== 'invited') return nothing;
      await actOnPerson(id, 'invite');
      return { changed: true };
    },
  },
  addToGroup: {
    label: 'Put into a group…',
    permission: 'write_users',
    needsGroup: true,
    title: (people, group) => `Put ${people} into ${group}`,
    question: (_days, group) =>
      `What is for ${group} is for them from then on: applications, hosts and policies. You can undo it afterwards.`,
    done: ['was put in', 'were put in'],
    unchanged: ['was in it already', 'were in it already'],
    run: async ({ id }, group) => {
      if ((await listGroupsOfPerson(id)).some((each) => each.id === group!.id)) return nothing;
      await putMember(group!.id, id);
      return { changed: true, undo: () => takeMember(group!.id, id) };
    },
  },
  takeOutOfGroup: {
    label: 'Take out of a group…',
    permission: 'write_users',
    destructive: true,
    needsGroup: true,
    title: (people, group) => `Take ${people} out of ${group}`,
    question: (_days, group) =>
      `What is for ${group} only is closed to them at once: what applications hold of them is worth nothing any more. You can undo it afterwards; they sign in to those applications anew.`,
    done: ['was taken out', 'were taken out'],
    unchanged: ['was not in it', 'were not in it'],
    run: async ({ id }, group) => {
      if (!(await listGroupsOfPerson(id)).some((each) => each.id === group!.id)) return nothing;
      await takeMember(group!.id, id);
      return { changed: true, undo: () => putMember(group!.id, id) };
    },
  },
  delete: {
    label: 'Delete…',
    permission: 'write_users',
    destructive: true,
    notMyself: true,
    title: (people) => `Delete ${people}`,
    question: (days) =>
      `They are signed out everywhere and cannot sign in. What is theirs (phones, other sign-in methods, groups, accounts on hosts) is gone ${days}, and then nothing brings it back; the event log keeps what they did. Until then you can undo it.`,
    done: ['was deleted', 'were deleted'],
    unchanged: ['was deleted already', 'were deleted already'],
    run: async ({ id }) => {
      const { state, delete_at } = await readPerson(id);
      if (delete_at !== null) return nothing;
      await deletePerson(id);
      const undo = async () => {
        await actOnPerson(id, 'activate');
        // As they were before: activating lifts a suspension, too.
        if (state === 'suspended') await actOnPerson(id, 'suspend');
      };
      return { changed: true, undo };
    },
  },
  restore: {
    label: 'Undo the deletion…',
    permission: 'write_users',
    title: (people) => `Undo the deletion of ${people}`,
    question: () =>
      'Those whose time has not come stay, and may sign in again with the password and the phone that they had.',
    done: ['stays', 'stay'],
    unchanged: ['was not deleted', 'were not deleted'],
    run: async ({ id }) => {
      if ((await readPerson(id)).delete_at === null) return nothing;
      await actOnPerson(id, 'activate');
      return { changed: true };
    },
  },
} as const satisfies Record<string, BulkAct>;

export const peopleWho = (count: number, [one, many]: readonly [string, string]): string =>
  `${countOfPeople(count)} ${count === 1 ? one : many}`;

export const countOfPeople = (count: number): string =>
  count === 1 ? '1 person' : `${count.toLocaleString('en')} people`;
