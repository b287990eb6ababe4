import type { ApiScope, ApiToken, CreateApiToken } from '@countersign/protocol/wire';
import { operator, type Actor, type Events } from '../events/events.ts';
import { sourceOf, type Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { day, minute, timeText, type Platform } from '../platform/platform.ts';
import { hashSecret, randomId, randomSecret } from '../platform/random-text.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import { searchTextOf } from '../platform/search-text.ts';
import type { Transaction } from '../platform/store/store.ts';
import {
  deleteApiToken,
  deleteApiTokensOfUser,
  deleteOrphans,
  findApiToken,
  findLiveApiToken,
  insertApiToken,
  touchApiToken,
  type ApiTokenRow,
} from './store.ts';

/**
 * API tokens (RFC 6750): 256 random bits after a prefix by which scanners of sources know one that leaked. The store
 * keeps the hash.
 */

const prefix = 'cst_';
/** Characters that the list shows of one: the prefix, and 24 of the 256 bits. */
const beginningLength = prefix.length + 4;
/** `last_used_at` is written at most so often: using a token is no reason for a commit each time. */
const touchInterval = minute;
/** Of a token that ends within so long it is told (ms). */
export const expiresSoon = 14 * day;
/** Wrong ones of one source. A right one is taken whatever its neighbours try. */
const wrongAMinute = { most: 60, length: minute };

interface Needs {
  platform: Platform;
  events: Events;
}

/** @throws Refusal 401 `invalid_token`, 429 where wrong ones came from that source. */
export async function useApiToken(token: string, asker: Asker, platform: Platform): Promise<ApiTokenRow> {
  const { store, now } = platform;
  const row = await findLiveApiToken.get(store, { token_hash: hashSecret(token), now: now() });
  if (!row) {
    await countCall(store, `api_token:${sourceOf(asker.ip)}`, wrongAMinute, now());
    throw new Refusal('invalid_token');
  }
  if (row.last_used_at === null || now() - row.last_used_at >= touchInterval) {
    await touchApiToken.run(store, { id: row.id, now: now(), ip: asker.ip });
  }
  return row;
}

/** By whom a token is made: the person whose role bounds it, or null, and the token that asks, where one does. */
export interface Making {
  actor: Actor;
  asker?: Asker;
  user_id: string | null;
  parent?: Pick<ApiTokenRow, 'id' | 'scopes' | 'expires_at'>;
}

/**
 * A token cannot make one that reaches further, or lives longer, than itself.
 * @throws Refusal 400 `malformed` for a time that is over, 403 `insufficient_scope`.
 */
export async function addApiToken(
  transaction: Transaction,
  { name, scopes, expires_at = null }: CreateApiToken,
  { actor, asker, user_id, parent }: Making,
  { platform: { now, random }, events }: Needs,
): Promise<{ row: ApiTokenRow; token: string }> {
  const end = expires_at === null ? null : Date.parse(expires_at);
  // Not "<=": what is no time is NaN.
  if (end !== null && !(end > now())) throw malformedEnd('is no time to come');
  if (parent) {
    const missing = scopes.find((scope) => !scopesOf(parent).includes(scope));
    if (missing) throw insufficientScope(missing);
    if (parent.expires_at !== null && (end === null || end > parent.expires_at))
      throw malformedEnd('is later than the end of the token that asks');
  }
  const id = randomId(random);
  const token = prefix + randomSecret(random);
  const after = { name: name.trim(), scopes, expires_at: end === null ? null : timeText(end) };
  await insertApiToken.run(transaction, {
    id,
    name: after.name,
    search: searchTextOf(after.name),
    token_hash: hashSecret(token),
    beginning: token.slice(0, beginningLength),
    scopes: JSON.stringify(scopes),
    user_id,
    parent_id: parent?.id ?? null,
    now: now(),
    expires_at: end,
  });
  await events.record(transaction, { type: 'token.created', actor, asker, details: { token: id, after } });
  return { row: (await findApiToken.get(transaction, { id }))!, token };
}

const malformedEnd = (message: string) =>
  new Refusal('malformed', { errors: [{ path: '/expires_at', message }] });

export const insufficientScope = (scope: ApiScope) =>
  new Refusal('insufficient_scope', { detail: `This call needs an API token with the scope ${scope}.` });

/** Deletes one. Whether it was there. */
export async function removeApiToken(
  transaction: Transaction,
  id: string,
  by: { actor: Actor; asker: Asker },
  { events }: Pick<Needs, 'events'>,
): Promise<boolean> {
  const removed = await deleteApiToken.all(transaction, { id });
  await alsoOrphans(transaction, removed, by, events);
  return removed.length > 0;
}

/** All that a person made. */
export async function removeApiTokensOf(
  transaction: Transaction,
  user_id: string,
  why: string,
  { events }: Pick<Needs, 'events'>,
): Promise<void> {
  await alsoOrphans(transaction, await deleteApiTokensOfUser.all(transaction, { user_id }), {}, events, {
    why,
  });
}

/** What was made with one of the removed goes too, however far down, also what was being made meanwhile. */
async function alsoOrphans(
  transaction: Transaction,
  removed: { id: string; name: string }[],
  by: { actor?: Actor; asker?: Asker },
  events: Events,
  more: object = {},
): Promise<void> {
  while (removed.length > 0) {
    for (const { id: token, name } of removed) {
      const details = { token, before: { name }, ...more };
      await events.record(transaction, { type: 'token.deleted', ...by, details });
    }
    removed = await deleteOrphans.all(transaction);
  }
}

export const scopesOf = ({ scopes }: Pick<ApiTokenRow, 'scopes'>): ApiScope[] =>
  JSON.parse(scopes) as ApiScope[];

/** Whoever made it, as events have it. */
export const makerOf = ({ user_id, login }: ApiTokenRow): { id: string; login: string } =>
  user_id !== null && login !== null ? { id: user_id, login } : operator;

export const apiTokenView = (row: ApiTokenRow): ApiToken => ({
  id: row.id,
  name: row.name,
  beginning: row.beginning,
  scopes: scopesOf(row),
  made_by: makerOf(row),
  created_at: timeText(row.created_at),
  expires_at: row.expires_at === null ? null : timeText(row.expires_at),
  last_used_at: row.last_used_at === null ? null : timeText(row.last_used_at),
  last_used_ip: row.last_used_ip,
});
