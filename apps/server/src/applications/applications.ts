import type {
  Application,
  CreateApplication,
  LaunchTile,
  Named,
  PatchApplication,
} from '@countersign/protocol/wire';
import type { Asker } from '../platform/http/asker.ts';
import { unconditional, type Precondition } from '../platform/http/entity-tag.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { timeText, type Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import { searchTextOf } from '../platform/search-text.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Events } from '../events/events.ts';
import { holdGroup } from '../groups/store.ts';
import {
  deleteApplication,
  deleteGroupsOfApplication,
  findApplication,
  holdApplication,
  insertApplication,
  insertGroupOfApplication,
  keepLogo,
  listGroupsOfApplication,
  updateApplication,
  type ApplicationRow,
} from './store.ts';
import { encodeLogo } from './logo.ts';

/** Applications as administrators keep them. */

interface Needs {
  platform: Platform;
  events: Events;
}
interface By {
  actor: { id: string; login: string };
  asker: Asker;
}

/** What a step-up for it is called; to be passed back unchanged. */
export const resourceOfApplication = (id: string): string => `application:${id}`;

/** The id in such a name; undefined for an act. */
export const applicationIn = (resource: string): string | undefined =>
  /^application:([\w-]{1,64})$/.exec(resource)?.[1];

/** Where the logo is, with what makes a new one another address; null where there is none. */
export const logoUri = ({ id, logo_changed_at }: ApplicationRow, issuer: string): string | null =>
  logo_changed_at === 0 ? null : `${issuer}/applications/${id}/logo?v=${logo_changed_at}`;

const accessOf = ({ for_groups }: Pick<ApplicationRow, 'for_groups'>) =>
  for_groups === 1 ? 'groups' : 'everyone';

/** What every kind has. */
export const applicationView = (
  row: ApplicationRow,
  groups: Application['groups'],
  issuer: string,
): Omit<Application, 'oidc' | 'saml' | 'etag'> => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  url: row.url,
  step_up: row.step_up === 1,
  access: accessOf(row),
  groups,
  session_minutes: row.session_minutes,
  logo_uri: logoUri(row, issuer),
  created_at: timeText(row.created_at),
});

export const tileView = (row: ApplicationRow & { used_at: number | null }, issuer: string): LaunchTile => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  step_up: row.step_up === 1,
  logo_uri: logoUri(row, issuer),
  last_used_at: row.used_at === null ? null : timeText(row.used_at),
});

/** Only the web, and no credentials in the address. @throws Refusal 400 `malformed` */
function readUrl(text: string): string {
  const url = URL.parse(text);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url && isWeb && url.username === '' && url.password === '') return url.href;
  const message = 'is no https or http address';
  throw new Refusal('malformed', { errors: [{ path: '/url', message }] });
}

/** What its protocol keeps beside it, in the same transaction; resolves to what the event log says of that. */
export type KeepBeside = (
  transaction: Transaction,
  id: string,
) => Promise<{ before?: object; after?: object }>;

/** @throws Refusal 400 */
export async function addApplication(
  {
    kind = 'bookmark',
    name,
    url,
    step_up = false,
    access = 'everyone',
    group_ids = [],
    session_minutes = null,
  }: CreateApplication,
  by: By,
  { platform, events }: Needs,
  keepBeside: KeepBeside = async () => ({}),
): Promise<ApplicationRow> {
  const { store, now, random } = platform;
  const id = randomId(random);
  const values = {
    name: name.trim(),
    url: readUrl(url),
    step_up: step_up ? 1 : 0,
    for_groups: access === 'groups' ? 1 : 0,
    session_minutes,
  };
  return store.transaction(async (transaction) => {
    const row = { id, kind, ...values, search: searchTextOf(values.name), now: now() };
    await insertApplication.run(transaction, row);
    const groups = await setGroups(transaction, id, group_ids);
    const beside = await keepBeside(transaction, id);
    const after = { kind, ...logged(values, groups), ...beside.after };
    const details = { application: id, after };
    await events.record(transaction, { type: 'application.created', ...by, details });
    return (await findApplication.get(transaction, { id }))!;
  });
}

/** @throws Refusal 404, 400, and as `unchanged` does */
export async function changeApplication(
  id: string,
  patch: PatchApplication,
  by: By,
  { platform, events }: Needs,
  keepBeside: KeepBeside = async () => ({}),
  unchanged: Precondition<ApplicationRow> = unconditional,
): Promise<ApplicationRow> {
  return platform.store.transaction(async (transaction) => {
    const before = await holdApplication.get(transaction, { id });
    if (!before) throw new Refusal('not_found');
    await unchanged(transaction, before);
    const after = {
      name: patch.name?.trim() ?? before.name,
      url: patch.url === undefined ? before.url : readUrl(patch.url),
      step_up: patch.step_up === undefined ? before.step_up : patch.step_up ? 1 : 0,
      for_groups: patch.access === undefined ? before.for_groups : patch.access === 'groups' ? 1 : 0,
      session_minutes: patch.session_minutes === undefined ? before.session_minutes : patch.session_minutes,
    };
    const row = await updateApplication.get(transaction, { id, ...after, search: searchTextOf(after.name) });
    const had = await listGroupsOfApplication.all(transaction, { application_id: id });
    const has = patch.group_ids === undefined ? had : await setGroups(transaction, id, patch.group_ids);
    const beside = await keepBeside(transaction, id);
    const details = {
      application: id,
      before: { ...logged(before, had), ...beside.before },
      after: { ...logged(after, has), ...beside.after },
    };
    await events.record(transaction, { type: 'application.changed', ...by, details });
    return row!;
  });
}

/** @throws Refusal 400 */
async function setGroups(transaction: Transaction, id: string, groupIds: string[]): Promise<Named[]> {
  // All are held before anything is written, in one order: no two administrators wait for each other.
  for (const groupId of [...groupIds].sort()) {
    if (await holdGroup.get(transaction, { id: groupId })) continue;
    const errors = [{ path: `/group_ids/${groupIds.indexOf(groupId)}`, message: 'is no group' }];
    throw new Refusal('malformed', { errors });
  }
  await deleteGroupsOfApplication.run(transaction, { application_id: id });
  for (const group_id of groupIds)
    await insertGroupOfApplication.run(transaction, { application_id: id, group_id });
  return listGroupsOfApplication.all(transaction, { application_id: id });
}

/** What the event log says of it. */
const logged = (
  row: Pick<ApplicationRow, 'name' | 'url' | 'step_up' | 'for_groups' | 'session_minutes'>,
  groups: Named[],
) => ({
  name: row.name,
  url: row.url,
  step_up: row.step_up,
  access: accessOf(row),
  groups: groups.map(({ name }) => name),
  session_minutes: row.session_minutes,
});

/** `png`: base64; null takes the logo away. @throws Refusal 404, 400, and as `unchanged` does */
export async function changeLogo(
  id: string,
  png: string | null,
  by: By,
  { platform, events }: Needs,
  unchanged: Precondition<ApplicationRow>,
): Promise<ApplicationRow> {
  const logo = png === null ? null : await encodeLogo(png);
  return platform.store.transaction(async (transaction) => {
    const before = await holdApplication.get(transaction, { id });
    if (!before) throw new Refusal('not_found');
    await unchanged(transaction, before);
    const changed_at = logo === null ? 0 : platform.now();
    const row = (await keepLogo.get(transaction, { id, logo, changed_at }))!;
    const details = { application: id, name: row.name, logo: logo !== null };
    await events.record(transaction, { type: 'application.changed', ...by, details });
    return row;
  });
}

/** @throws Refusal 404, and as `unchanged` does */
export async function removeApplication(
  id: string,
  by: By,
  { platform, events }: Needs,
  unchanged: Precondition<ApplicationRow>,
): Promise<void> {
  await platform.store.transaction(async (transaction) => {
    const row = await holdApplication.get(transaction, { id });
    if (!row) throw new Refusal('not_found');
    await unchanged(transaction, row);
    await deleteApplication.run(transaction, { id });
    const details = { application: id, before: { name: row.name, url: row.url } };
    await events.record(transaction, { type: 'application.removed', ...by, details });
  });
}
