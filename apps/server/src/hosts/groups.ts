import { generateCode } from '@countersign/protocol';
import { joinTokenShape, readJoinToken } from '@countersign/protocol/host';
import type {
  CreateHostGroup,
  HostGroup,
  JoinToken,
  Named,
  PatchHostGroup,
  SetHostAccount,
} from '@countersign/protocol/wire';
import type { Events } from '../events/events.ts';
import { holdGroup } from '../groups/store.ts';
import type { Asker } from '../platform/http/asker.ts';
import { entityTag, type Precondition } from '../platform/http/entity-tag.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { hour, timeText, type Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import { sealed } from '../platform/sealed-columns.ts';
import { searchTextOf } from '../platform/search-text.ts';
import { UniqueViolation } from '../platform/store/errors.ts';
import type { Transaction } from '../platform/store/store.ts';
import { findUser } from '../users/store.ts';
import { joinTokenName } from './join.ts';
import { demandRules, rulesOf, usualRules } from './rule.ts';
import {
  deleteGroupsOfHostGroup,
  deleteHostAccount,
  deleteHostGroup,
  deleteHostsOfGroup,
  findHostAccount,
  findHostGroup,
  holdHostGroup,
  insertGroupOfHostGroup,
  insertHostGroup,
  insertJoinToken,
  listGroupsOfHostGroup,
  setHostAccount,
  updateHostGroup,
  type HostGroupRow,
} from './store.ts';

/** Host groups as administrators keep them: who may log in there, and what is asked. */

export interface HostNeeds {
  platform: Platform;
  events: Events;
}
export interface By {
  actor: { id: string; login: string };
  asker: Asker;
}

const joinTokenLifetime = hour;

const accessOf = ({ for_groups }: Pick<HostGroupRow, 'for_groups'>) =>
  for_groups === 1 ? 'groups' : 'everyone';

export const hostGroupView = (row: HostGroupRow, groups: Named[]): HostGroup => ({
  id: row.id,
  // That a group of people got another name is no change of what is for it.
  etag: entityTag({ ...logged(row, groups), groups: groups.map(({ id }) => id).sort() }),
  name: row.name,
  access: accessOf(row),
  groups,
  match_login: row.match_login === 1,
  services: rulesOf(row),
  outage: row.outage,
  break_glass: row.break_glass,
  host_count: row.host_count,
  created_at: timeText(row.created_at),
});

/** @throws Refusal 400, 409 `host_group_name_taken` */
export async function addHostGroup(
  { name, group_ids = [], ...more }: CreateHostGroup,
  by: By,
  { platform, events }: HostNeeds,
): Promise<HostGroupRow> {
  const { store, now, random } = platform;
  const id = randomId(random);
  const values = {
    name: name.trim(),
    for_groups: more.access === 'groups' ? 1 : 0,
    match_login: more.match_login === true ? 1 : 0,
    services: JSON.stringify(demandRules(more.services ?? usualRules)),
    outage: more.outage ?? 'offline_codes',
    break_glass: more.break_glass ?? null,
  };
  return store.transaction(async (transaction) => {
    const row = { id, ...values, search: searchTextOf(values.name), now: now() };
    await unlessTaken(insertHostGroup.run(transaction, row));
    const groups = await setGroups(transaction, id, group_ids);
    const details = { host_group: id, after: logged(values, groups) };
    await events.record(transaction, { type: 'host_group.created', ...by, details });
    return (await findHostGroup.get(transaction, { id }))!;
  });
}

/** @throws Refusal 404, 400, 409 `host_group_name_taken`, and as `unchanged` does */
export async function changeHostGroup(
  id: string,
  patch: PatchHostGroup,
  by: By,
  { platform, events }: HostNeeds,
  unchanged: Precondition<HostGroupRow>,
): Promise<HostGroupRow> {
  return platform.store.transaction(async (transaction) => {
    await demandHostGroup(transaction, id);
    const before = (await findHostGroup.get(transaction, { id }))!;
    await unchanged(transaction, before);
    const after = {
      name: patch.name?.trim() ?? before.name,
      for_groups: patch.access === undefined ? before.for_groups : patch.access === 'groups' ? 1 : 0,
      match_login: patch.match_login === undefined ? before.match_login : patch.match_login ? 1 : 0,
      services: patch.services === undefined ? before.services : JSON.stringify(demandRules(patch.services)),
      outage: patch.outage ?? before.outage,
      break_glass: patch.break_glass === undefined ? before.break_glass : patch.break_glass,
    };
    await unlessTaken(updateHostGroup.run(transaction, { id, ...after, search: searchTextOf(after.name) }));
    const had = await listGroupsOfHostGroup.all(transaction, { host_group_id: id });
    const has = patch.group_ids === undefined ? had : await setGroups(transaction, id, patch.group_ids);
    const details = { host_group: id, before: logged(before, had), after: logged(after, has) };
    await events.record(transaction, { type: 'host_group.changed', ...by, details });
    return (await findHostGroup.get(transaction, { id }))!;
  });
}

/** Revoked hosts go with it. @throws Refusal 404, 409 `host_group_not_empty`, and as `unchanged` does */
export async function removeHostGroup(
  id: string,
  by: By,
  { platform, events }: HostNeeds,
  unchanged: Precondition<HostGroupRow>,
): Promise<void> {
  await platform.store.transaction(async (transaction) => {
    // Held: no machine joins it meanwhile.
    await demandHostGroup(transaction, id);
    const row = (await findHostGroup.get(transaction, { id }))!;
    await unchanged(transaction, row);
    const { name, host_count } = row;
    if (host_count > 0) throw new Refusal('host_group_not_empty');
    await deleteHostsOfGroup.run(transaction, { host_group_id: id });
    await deleteHostGroup.run(transaction, { id });
    const details = { host_group: id, before: { name } };
    await events.record(transaction, { type: 'host_group.removed', ...by, details });
  });
}

/**
 * Which person a local user is; `user_id` null takes the entry away. Who is somebody becomes somebody else only where that
 * is said: by a slip another person would have their account, and be let in as them.
 * @throws Refusal 404, 400, 409 `local_user_taken`
 */
export async function setAccount(
  id: string,
  { local_user: localUser, user_id: userId, replaces }: SetHostAccount,
  by: By,
  { platform, events }: HostNeeds,
): Promise<void> {
  const { store, now, random } = platform;
  await store.transaction(async (transaction) => {
    const { name } = await demandHostGroup(transaction, id);
    const key = { host_group_id: id, local_user: localUser };
    const before = await findHostAccount.get(transaction, key);
    const user = userId === null ? undefined : await findUser.get(transaction, { id: userId });
    if (userId !== null && !user) {
      throw new Refusal('malformed', { errors: [{ path: '/user_id', message: 'is nobody' }] });
    }
    if (before?.user_id === user?.id) return;
    if (before && user && before.user_id !== replaces) throw new Refusal('local_user_taken');
    if (user) {
      const search = searchTextOf(localUser, user.login, user.name);
      await setHostAccount.run(transaction, {
        id: randomId(random),
        ...key,
        user_id: user.id,
        search,
        now: now(),
      });
    } else await deleteHostAccount.run(transaction, key);
    await events.record(transaction, {
      type: 'host_group.account_set',
      ...by,
      user: user ?? (before ? { id: before.user_id, login: before.login } : null),
      details: {
        host_group: id,
        name,
        local_user: localUser,
        before: before?.login ?? null,
        after: user?.login ?? null,
      },
    });
  });
}

/** Told once: only what its MACs are keyed with is kept. @throws Refusal 404 */
export async function makeJoinToken(id: string, by: By, { platform, events }: HostNeeds): Promise<JoinToken> {
  const { store, now, random, sealing, issuer } = platform;
  const token = generateCode(random, joinTokenShape);
  const { id: tokenId, key } = (await readJoinToken(token))!;
  const expires_at = now() + joinTokenLifetime;
  await store.transaction(async (transaction) => {
    const { name } = await demandHostGroup(transaction, id);
    const join_key = sealing.seal(key, sealed.joinKeys.place(tokenId));
    await insertJoinToken.run(transaction, {
      id: tokenId,
      host_group_id: id,
      join_key,
      now: now(),
      expires_at,
    });
    const details = { host_group: id, name, join_token: joinTokenName(tokenId) };
    await events.record(transaction, { type: 'host_group.join_token_made', ...by, details });
  });
  // The agent asks for the token: on its command line every user of that machine could read it.
  return { token, command: `countersign-agent join ${issuer}`, expires_at: timeText(expires_at) };
}

/** Holds its row until the transaction ends. @throws Refusal 404 */
export async function demandHostGroup(
  transaction: Transaction,
  id: string,
): Promise<{ id: string; name: string }> {
  const group = await holdHostGroup.get(transaction, { id });
  if (!group) throw new Refusal('not_found');
  return group;
}

/** @throws Refusal 400 */
async function setGroups(transaction: Transaction, id: string, groupIds: string[]): Promise<Named[]> {
  // All are held before anything is written, in one order: no two administrators wait for each other.
  for (const groupId of [...groupIds].sort()) {
    if (await holdGroup.get(transaction, { id: groupId })) continue;
    const errors = [{ path: `/group_ids/${groupIds.indexOf(groupId)}`, message: 'is no group' }];
    throw new Refusal('malformed', { errors });
  }
  await deleteGroupsOfHostGroup.run(transaction, { host_group_id: id });
  for (const group_id of groupIds)
    await insertGroupOfHostGroup.run(transaction, { host_group_id: id, group_id });
  return listGroupsOfHostGroup.all(transaction, { host_group_id: id });
}

/** What the event log says of it. */
const logged = (
  row: Pick<HostGroupRow, 'name' | 'for_groups' | 'match_login' | 'services' | 'outage' | 'break_glass'>,
  groups: Named[],
) => ({
  name: row.name,
  access: accessOf(row),
  groups: groups.map(({ name }) => name),
  match_login: row.match_login === 1,
  services: rulesOf(row),
  outage: row.outage,
  break_glass: row.break_glass,
});

async function unlessTaken(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (error instanceof UniqueViolation) throw new Refusal('host_group_name_taken');
    throw error;
  }
}
