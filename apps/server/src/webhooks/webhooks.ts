import type { CreateWebhook, PatchWebhook, Webhook } from '@countersign/protocol/wire';
import { eventTypes, type Events } from '../events/events.ts';
import { isOfType } from '../events/search.ts';
import type { GuardedFetch } from '../platform/guarded-fetch.ts';
import type { From } from '../platform/http/asker.ts';
import { entityTag, type Precondition } from '../platform/http/entity-tag.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { timeText, type Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { Queryable } from '../platform/store/store.ts';
import { newSecret, send, type Outcome } from './message.ts';
import {
  countPending,
  countWebhooks,
  deleteWebhook,
  findWebhook,
  holdWebhook,
  insertWebhook,
  replaceSecret,
  updateWebhook,
  type WebhookRow,
} from './store.ts';

/** Webhooks as administrators keep them. */

/** Each event is put down for each of them, in the transaction that seals it. */
const mostWebhooks = 50;

export interface WebhookNeeds {
  platform: Platform;
  events: Events;
}
interface By {
  actor: { id: string; login: string };
  asker: From;
}

/** The log says where messages go, not the whole address: what is behind the host may be a secret of the receiver's. */
export const originOf = ({ url }: Pick<WebhookRow, 'url'>): string => new URL(url).origin;

export const secretOf = ({ id, secret }: WebhookRow, { sealing }: Pick<Platform, 'sealing'>): string =>
  sealing.open(secret, sealed.webhookSecrets.place(id));

/** That it is paused, by whomever, takes nothing away from who edits what it is told. */
export const tagOfWebhook = ({ url, types }: WebhookRow): string => entityTag([url, types]);

export async function webhookView(on: Queryable, row: WebhookRow): Promise<Webhook> {
  const { id, url, state, last_error, failing_since, created_at } = row;
  const { count } = (await countPending.get(on, { webhook_id: id }))!;
  return {
    id,
    etag: tagOfWebhook(row),
    url,
    types: JSON.parse(row.types) as string[],
    state,
    pending: count,
    failing_since: failing_since === null ? null : timeText(failing_since),
    last_error,
    created_at: timeText(created_at),
  };
}

/** @throws Refusal 400 for an address or a type that is none, 409 `too_many_webhooks`. Resolves to it and its secret, which is not shown again. */
export async function addWebhook(
  { url, types }: CreateWebhook,
  by: By,
  { platform, events }: WebhookNeeds,
): Promise<{ row: WebhookRow; secret: string }> {
  demandValid(url, types);
  const { store, now, random, sealing } = platform;
  const id = randomId(random);
  const secret = newSecret(random);
  return store.transaction(async (transaction) => {
    if ((await countWebhooks.get(transaction))!.count >= mostWebhooks) throw new Refusal('too_many_webhooks');
    await insertWebhook.run(transaction, {
      id,
      url,
      types: JSON.stringify(types),
      secret: sealing.seal(secret, sealed.webhookSecrets.place(id)),
      now: now(),
    });
    const details = { webhook: id, after: { origin: originOf({ url }), types } };
    await events.record(transaction, { type: 'webhook.created', ...by, details });
    return { row: (await findWebhook.get(transaction, { id }))!, secret };
  });
}

/** @throws Refusal 404, 400, and as `unchanged` does */
export async function changeWebhook(
  id: string,
  patch: PatchWebhook,
  by: By,
  { platform, events }: WebhookNeeds,
  unchanged: Precondition<WebhookRow>,
): Promise<WebhookRow> {
  return platform.store.transaction(async (transaction) => {
    const before = await demand(holdWebhook.get(transaction, { id }));
    await unchanged(transaction, before);
    const url = patch.url ?? before.url;
    const types = patch.types ?? (JSON.parse(before.types) as string[]);
    demandValid(url, types);
    const state = patch.state ?? before.state;
    const row = await updateWebhook.get(transaction, { id, url, types: JSON.stringify(types), state });
    const logged = ({ url: at, types: told, state: is }: WebhookRow) => ({
      origin: originOf({ url: at }),
      types: JSON.parse(told) as string[],
      state: is,
    });
    const details = {
      webhook: id,
      before: logged(before),
      after: logged(row!),
      address_changed: url !== before.url,
    };
    await events.record(transaction, { type: 'webhook.changed', ...by, details });
    return row!;
  });
}

/** What waits for it is dropped. @throws Refusal 404, and as `unchanged` does */
export async function removeWebhook(
  id: string,
  by: By,
  { platform, events }: WebhookNeeds,
  unchanged: Precondition<WebhookRow>,
): Promise<void> {
  await platform.store.transaction(async (transaction) => {
    const row = await demand(holdWebhook.get(transaction, { id }));
    await unchanged(transaction, row);
    await deleteWebhook.run(transaction, { id });
    const before = { origin: originOf(row), types: JSON.parse(row.types) as string[] };
    await events.record(transaction, { type: 'webhook.removed', ...by, details: { webhook: id, before } });
  });
}

/** Messages are signed with it from now on. @throws Refusal 404 */
export async function changeSecret(
  id: string,
  by: By,
  { platform, events }: WebhookNeeds,
): Promise<{ row: WebhookRow; secret: string }> {
  const { store, random, sealing } = platform;
  const secret = newSecret(random);
  return store.transaction(async (transaction) => {
    const row = await demand(holdWebhook.get(transaction, { id }));
    await replaceSecret.run(transaction, {
      id,
      secret: sealing.seal(secret, sealed.webhookSecrets.place(id)),
    });
    const details = { webhook: id, origin: originOf(row) };
    await events.record(transaction, { type: 'webhook.secret_changed', ...by, details });
    return { row, secret };
  });
}

/** Sends a message that tells of nothing, and says what became of it. @throws Refusal 404 */
export async function testWebhook(
  id: string,
  { store, now, random, sealing }: Platform,
  guardedFetch: GuardedFetch,
): Promise<Outcome> {
  const row = await demand(findWebhook.get(store, { id }));
  const target = { url: row.url, secret: secretOf(row, { sealing }) };
  const message = {
    id: randomId(random),
    type: 'webhook.test',
    timestamp: timeText(now()),
    data: { webhook: id },
  };
  return send(target, message, now(), guardedFetch);
}

/** @throws Refusal 404 */
export async function demand(found: Promise<WebhookRow | undefined>): Promise<WebhookRow> {
  const row = await found;
  if (!row) throw new Refusal('not_found');
  return row;
}

/** @throws Refusal 400 */
function demandValid(text: string, types: readonly string[]): void {
  const url = URL.parse(text);
  const isAddress = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.hash;
  const unknown = types.find((type) => !eventTypes.some((each) => isOfType(each, type)));
  const errors = [
    ...(isAddress ? [] : [{ path: '/url', message: 'is no address of a web server' }]),
    ...(unknown === undefined ? [] : [{ path: '/types', message: `${unknown} is no type of event` }]),
  ];
  if (errors.length > 0) throw new Refusal('malformed', { errors });
}
