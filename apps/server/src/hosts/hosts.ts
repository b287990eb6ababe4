import type { Host, HostDetail, PatchHost } from '@countersign/protocol/wire';
import { entityTag, type Precondition } from '../platform/http/entity-tag.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, timeText } from '../platform/platform.ts';
import { searchTextOf } from '../platform/search-text.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import { demandHostGroup, type By, type HostNeeds } from './groups.ts';
import type { CancelNeeds } from './login/cancel.ts';
import { demandOwnName } from './names.ts';
import { endHost } from './revoke.ts';
import { shownText } from './shown.ts';
import { deleteHost, findHost, holdHost, listLoginsOfHost, updateHost, type HostRow } from './store.ts';

/** Hosts as administrators see and change them, and as they leave. */

const loginsShown = 50;
/** An agent asks every ten minutes: after three times nobody calls it late (ms). */
export const silence = 30 * minute;

export const hostView = (row: HostRow): Host => ({
  id: row.id,
  name: row.name,
  group: { id: row.host_group_id, name: row.group_name },
  state: row.state,
  os: row.os,
  agent_version: row.agent_version,
  joined_at: timeText(row.joined_at),
  last_seen_at: timeText(row.last_seen_at),
});

/** Of what {@link changeHost} changes. */
export const tagOfHost = ({ name, host_group_id }: HostRow): string => entityTag([name, host_group_id]);

export async function hostDetail(on: Queryable, row: HostRow): Promise<HostDetail> {
  const logins = await listLoginsOfHost.all(on, { host_id: row.id, limit: loginsShown });
  return {
    ...hostView(row),
    etag: tagOfHost(row),
    logins: logins.map(({ at, local_user, user_id, login, service, rhost, outcome }) => ({
      at: timeText(at),
      local_user: shownText(local_user),
      user: user_id !== null && login !== null ? { id: user_id, login } : null,
      service: shownText(service),
      rhost: rhost === null ? null : shownText(rhost),
      outcome: outcome ?? 'waiting',
    })),
  };
}

/** @throws Refusal 404, 400, 409 `host_name_taken`, and as `unchanged` does */
export async function changeHost(
  id: string,
  patch: PatchHost,
  by: By,
  { platform, events }: HostNeeds,
  unchanged: Precondition<HostRow>,
): Promise<HostRow> {
  return platform.store.transaction(async (transaction) => {
    // First, as whoever takes the group away does.
    const group = patch.group_id === undefined ? undefined : await demandGroup(transaction, patch.group_id);
    const before = await demandHost(transaction, id);
    await unchanged(transaction, before);
    const name = patch.name ?? before.name;
    const host_group_id = group?.id ?? before.host_group_id;
    await updateHost.run(transaction, { id, name, search: searchTextOf(name), host_group_id });
    // Of before, when two could have one name: they may still be moved.
    if (name !== before.name && before.state === 'active') await demandOwnName(transaction, id, name);
    const details = {
      host: id,
      before: { name: before.name, group: before.group_name },
      after: { name, group: group?.name ?? before.group_name },
    };
    await events.record(transaction, { type: 'host.changed', ...by, details });
    return (await findHost.get(transaction, { id }))!;
  });
}

async function demandGroup(transaction: Transaction, id: string) {
  const errors = [{ path: '/group_id', message: 'is no host group' }];
  return demandHostGroup(transaction, id).catch((error: unknown) => {
    throw error instanceof Refusal ? new Refusal('malformed', { errors }) : error;
  });
}

/** Nothing happens where it is revoked already. @throws Refusal 404 */
export async function revoke(id: string, by: By, needs: CancelNeeds): Promise<HostRow> {
  return needs.platform.store.transaction(async (transaction) => {
    const { name } = await demandHost(transaction, id);
    if (await endHost(transaction, id, needs)) {
      await needs.events.record(transaction, { type: 'host.revoked', ...by, details: { host: id, name } });
    }
    return (await findHost.get(transaction, { id }))!;
  });
}

/** The host itself goes. */
export async function leave({ id, name }: HostRow, asker: By['asker'], needs: CancelNeeds): Promise<void> {
  await needs.platform.store.transaction(async (transaction) => {
    if (!(await endHost(transaction, id, needs))) return;
    await needs.events.record(transaction, { type: 'host.left', asker, details: { host: id, name } });
  });
}

/** Only a revoked one, with what is known of logins there. @throws Refusal 404, 409 `host_active`, and as `unchanged` does */
export async function removeHost(
  id: string,
  by: By,
  { platform, events }: HostNeeds,
  unchanged: Precondition<HostRow>,
): Promise<void> {
  await platform.store.transaction(async (transaction) => {
    const row = await demandHost(transaction, id);
    await unchanged(transaction, row);
    const { name, group_name: group } = row;
    if (!(await deleteHost.get(transaction, { id }))) throw new Refusal('host_active');
    const details = { host: id, before: { name, group } };
    await events.record(transaction, { type: 'host.removed', ...by, details });
  });
}

/** Holds its row until the transaction ends. @throws Refusal 404 */
async function demandHost(transaction: Transaction, id: string): Promise<HostRow> {
  if (!(await holdHost.get(transaction, { id }))) throw new Refusal('not_found');
  return (await findHost.get(transaction, { id }))!;
}
