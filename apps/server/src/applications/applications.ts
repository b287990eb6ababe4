import type {
  Application,
  CreateApplication,
  LaunchTile,
  PatchApplication,
} from '@countersign/protocol/wire';
import type { Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { timeText, type Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { Events } from '../events/events.ts';
import {
  deleteApplication,
  findApplication,
  insertApplication,
  keepLogo,
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

const searchOf = (name: string) => ` ${name}`.normalize('NFC').toLowerCase().replace(/\s+/g, ' ');

/** Where the logo is, with what makes a new one another address; null where there is none. */
export const logoUri = ({ id, logo_changed_at }: ApplicationRow, issuer: string): string | null =>
  logo_changed_at === 0 ? null : `${issuer}/applications/${id}/logo?v=${logo_changed_at}`;

/** What every kind has. */
export const applicationView = (row: ApplicationRow, issuer: string): Omit<Application, 'oidc' | 'saml'> => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  url: row.url,
  step_up: row.step_up === 1,
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
export type KeepBeside = (transaction: Transaction, id: string) => Promise<object>;

export async function addApplication(
  { kind = 'bookmark', name, url, step_up = false }: CreateApplication,
  by: By,
  { platform, events }: Needs,
  keepBeside: KeepBeside = async () => ({}),
): Promise<ApplicationRow> {
  const { store, now, random } = platform;
  const id = randomId(random);
  const values = { name: name.trim(), url: readUrl(url), step_up: step_up ? 1 : 0 };
  return store.transaction(async (transaction) => {
    const row = { id, kind, ...values, search: searchOf(values.name), now: now() };
    await insertApplication.run(transaction, row);
    const details = { application: id, after: { kind, ...values, ...(await keepBeside(transaction, id)) } };
    await events.record(transaction, { type: 'application.created', ...by, details });
    return (await findApplication.get(transaction, { id }))!;
  });
}

/** @throws Refusal 404, 400 */
export async function changeApplication(
  id: string,
  patch: PatchApplication,
  by: By,
  { platform, events }: Needs,
  keepBeside: KeepBeside = async () => ({}),
): Promise<ApplicationRow> {
  return platform.store.transaction(async (transaction) => {
    const before = await findApplication.get(transaction, { id });
    if (!before) throw new Refusal('not_found');
    const after = {
      name: patch.name?.trim() ?? before.name,
      url: patch.url === undefined ? before.url : readUrl(patch.url),
      step_up: patch.step_up === undefined ? before.step_up : patch.step_up ? 1 : 0,
    };
    const row = await updateApplication.get(transaction, { id, ...after, search: searchOf(after.name) });
    const { name, url, step_up } = before;
    const beside = await keepBeside(transaction, id);
    const details = { application: id, before: { name, url, step_up }, after: { ...after, ...beside } };
    await events.record(transaction, { type: 'application.changed', ...by, details });
    return row!;
  });
}

/** `png`: base64; null takes the logo away. @throws Refusal 404, 400 */
export async function changeLogo(
  id: string,
  png: string | null,
  by: By,
  { platform, events }: Needs,
): Promise<ApplicationRow> {
  const logo = png === null ? null : await encodeLogo(png);
  return platform.store.transaction(async (transaction) => {
    const changed_at = logo === null ? 0 : platform.now();
    const row = await keepLogo.get(transaction, { id, logo, changed_at });
    if (!row) throw new Refusal('not_found');
    const details = { application: id, name: row.name, logo: logo !== null };
    await events.record(transaction, { type: 'application.changed', ...by, details });
    return row;
  });
}

/** @throws Refusal 404 */
export async function removeApplication(id: string, by: By, { platform, events }: Needs): Promise<void> {
  await platform.store.transaction(async (transaction) => {
    const row = await deleteApplication.get(transaction, { id });
    if (!row) throw new Refusal('not_found');
    const details = { application: id, before: { name: row.name, url: row.url } };
    await events.record(transaction, { type: 'application.removed', ...by, details });
  });
}
