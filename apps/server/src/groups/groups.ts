import type { PatchGroup } from '@countersign/protocol/wire';
import type { Asker } from '../platform/http/asker.ts';
import type { Precondition } from '../platform/http/entity-tag.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { timeOf } from '../platform/http/time.ts';
import { timeTextOf, type Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import { searchTextOf } from '../platform/search-text.ts';
import { UniqueViolation } from '../platform/store/errors.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import type { Events } from '../events/events.ts';
import { holdOwners } from '../users/owners.ts';
import { findUser, holdUser, type UserRow } from '../users/store.ts';
import {
  changeMemberCount,
  deleteGroup,
  deleteMember,
  findGroup,
  holdGroup,
  insertGroup,
  insertMember,
  listApplicationsOfGroup,
  listGroupsOfUser,
  updateGroup,
  type GroupRow,
} from './store.ts';

/** Groups of people: who may use an application, and what applications are told of a person. */

interface Needs {
  platform: Platform;
  events: Events;
}
/** Makes a change of who is in which group, or takes it back: what depends on groups is known elsewhere. `user`: null of all who are in it. */
export interface Keeping {
  keeping: <T>(transaction: Transaction, user: UserRow | null, change: () => Promise<T>) => Promise<T>;
}
interface By {
  actor: { id: string; login: string };
  asker: Asker;
}

/** The names of the groups that a person is in, in the order of the alphabet: as applications are told. */
export const groupsOf = async (on: Queryable, userId: string): Promise<string[]> =>
  (await listGroupsOfUser.all(on, { user_id: userId })).map(({ name }) => name);

/** @throws Refusal 409 `group_name_taken` */
export async function addGroup(name: string, by: By, { platform, events }: Needs): Promise<GroupRow> {
  const { store, now, random } = platform;
  const id = randomId(random);
  const after = { name: name.trim() };
  return store.transaction(async (transaction) => {
    await unlessTaken(
      insertGroup.run(transaction, { id, ...after, search: searchTextOf(after.name), now: now() }),
    );
    await events.record(transaction, { type: 'group.created', ...by, details: { group: id, after } });
    return (await findGroup.get(transaction, { id }))!;
  });
}

/** @throws Refusal 404, 409 `group_name_taken`, and as `unchanged` does */
export async function changeGroup(
  id: string,
  patch: PatchGroup,
  by: By,
  { platform, events }: Needs,
  unchanged: Precondition<Pick<GroupRow, 'name' | 'mfa_required_from'>>,
): Promise<GroupRow> {
  return platform.store.transaction(async (transaction) => {
    const before = await demandGroup(transaction, id);
    await unchanged(transaction, before);
    const after = {
      name: patch.name?.trim() ?? before.name,
      mfa_required_from:
        patch.mfa_required_from === undefined
          ? before.mfa_required_from
          : timeOf('/mfa_required_from', patch.mfa_required_from),
    };
    await unlessTaken(updateGroup.run(transaction, { id, ...after, search: searchTextOf(after.name) }));
    const details = { group: id, before: factsOf(before), after: factsOf(after) };
    await events.record(transaction, { type: 'group.changed', ...by, details });
    return (await findGroup.get(transaction, { id }))!;
  });
}

const factsOf = ({ name, mfa_required_from }: Pick<GroupRow, 'name' | 'mfa_required_from'>) => ({
  name,
  mfa_required_from: timeTextOf(mfa_required_from),
});

/** An application that was for this group only is for nobody then, rather than for everybody. @throws Refusal 404, and as `unchanged` does */
export async function removeGroup(
  id: string,
  by: By,
  { platform, events, keeping }: Needs & Keeping,
  unchanged: Precondition<Pick<GroupRow, 'name' | 'mfa_required_from'>>,
): Promise<void> {
  await platform.store.transaction(async (transaction) => {
    await holdOwners(transaction);
    await unchanged(transaction, await demandGroup(transaction, id));
    const { name, member_count: members } = (await findGroup.get(transaction, { id }))!;
    const applications = await listApplicationsOfGroup.all(transaction, { group_id: id });
    await keeping(transaction, null, () => deleteGroup.run(transaction, { id }));
    const before = { name, members, applications: applications.map((application) => application.name) };
    await events.record(transaction, { type: 'group.removed', ...by, details: { group: id, before } });
  });
}

/** Nothing happens where the person is in it, or out of it, already. @throws Refusal 404 */
export async function setMember(
  id: string,
  userId: string,
  isIn: boolean,
  by: By,
  { platform, events, keeping }: Needs & Keeping,
): Promise<void> {
  await platform.store.transaction(async (transaction) => {
    if ((await findUser.get(transaction, { id: userId }))?.role === 'owner') await holdOwners(transaction);
    const { name } = await demandGroup(transaction, id);
    const user = await holdUser.get(transaction, { id: userId });
    if (!user) throw new Refusal('not_found');
    const member = { group_id: id, user_id: userId };
    const changed = await keeping(transaction, user, () =>
      isIn ? joinGroup(transaction, { ...member, now: platform.now() }) : leaveGroup(transaction, member),
    );
    if (!changed) return;
    await events.record(transaction, {
      type: isIn ? 'group.member_added' : 'group.member_removed',
      ...by,
      user,
      details: { group: id, name },
    });
  });
}

type Membership = { group_id: string; user_id: string };

/** False where they are in it already. */
export async function joinGroup(
  transaction: Transaction,
  member: Membership & { now: number },
): Promise<boolean> {
  if (!(await insertMember.get(transaction, member))) return false;
  await changeMemberCount.run(transaction, { id: member.group_id, by: 1 });
  return true;
}

/** False where they are not in it. Whoever is deleted leaves all of theirs at once: see users/deletion. */
async function leaveGroup(transaction: Transaction, member: Membership): Promise<boolean> {
  if (!(await deleteMember.get(transaction, member))) return false;
  await changeMemberCount.run(transaction, { id: member.group_id, by: -1 });
  return true;
}

/** @throws Refusal 404 */
async function demandGroup(
  transaction: Transaction,
  id: string,
): Promise<Pick<GroupRow, 'id' | 'name' | 'mfa_required_from'>> {
  const group = await holdGroup.get(transaction, { id });
  if (!group) throw new Refusal('not_found');
  return group;
}

async function unlessTaken(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (error instanceof UniqueViolation) throw new Refusal('group_name_taken');
    throw error;
  }
}
