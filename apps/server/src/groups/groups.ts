import type { Asker } from '../platform/http/asker.ts';
import type { Precondition } from '../platform/http/entity-tag.ts';
import { Refusal } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import { searchTextOf } from '../platform/search-text.ts';
import { UniqueViolation } from '../platform/store/errors.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import type { Events } from '../events/events.ts';
import { findUser } from '../users/store.ts';
import {
  deleteGroup,
  deleteMember,
  findGroup,
  holdGroup,
  insertGroup,
  insertMember,
  listApplicationsOfGroup,
  listGroupsOfUser,
  renameGroup,
  type GroupRow,
} from './store.ts';

/** Groups of people: who may use an application, and what applications are told of a person. */

interface Needs {
  platform: Platform;
  events: Events;
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
  name: string | undefined,
  by: By,
  { platform, events }: Needs,
  unchanged: Precondition<Pick<GroupRow, 'name'>>,
): Promise<GroupRow> {
  return platform.store.transaction(async (transaction) => {
    const before = await demandGroup(transaction, id);
    await unchanged(transaction, before);
    const after = { name: name?.trim() ?? before.name };
    await unlessTaken(renameGroup.run(transaction, { id, ...after, search: searchTextOf(after.name) }));
    const details = { group: id, before: { name: before.name }, after };
    await events.record(transaction, { type: 'group.changed', ...by, details });
    return (await findGroup.get(transaction, { id }))!;
  });
}

/** An application that was for this group only is for nobody then, rather than for everybody. @throws Refusal 404, and as `unchanged` does */
export async function removeGroup(
  id: string,
  by: By,
  { platform, events }: Needs,
  unchanged: Precondition<Pick<GroupRow, 'name'>>,
): Promise<void> {
  await platform.store.transaction(async (transaction) => {
    await unchanged(transaction, await demandGroup(transaction, id));
    const { name, member_count: members } = (await findGroup.get(transaction, { id }))!;
    const applications = await listApplicationsOfGroup.all(transaction, { group_id: id });
    await deleteGroup.run(transaction, { id });
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
  { platform, events }: Needs,
): Promise<void> {
  await platform.store.transaction(async (transaction) => {
    const { name } = await demandGroup(transaction, id);
    const user = await findUser.get(transaction, { id: userId });
    if (!user) throw new Refusal('not_found');
    const member = { group_id: id, user_id: userId };
    const changed = isIn
      ? await insertMember.get(transaction, { ...member, now: platform.now() })
      : await deleteMember.get(transaction, member);
    if (!changed) return;
    await events.record(transaction, {
      type: isIn ? 'group.member_added' : 'group.member_removed',
      ...by,
      user,
      details: { group: id, name },
    });
  });
}

/** @throws Refusal 404 */
async function demandGroup(transaction: Transaction, id: string): Promise<{ id: string; name: string }> {
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
