import { presenceThumbprint, readPresenceJwk, type PresenceJwk } from '@countersign/protocol';
import { isJoinMac, joinMac } from '@countersign/protocol/host';
import type { JoinedHost, JoinHost } from '@countersign/protocol/wire';
import type { Events } from '../events/events.ts';
import { sourceOf, type Asker } from '../platform/http/asker.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { minute, second, type Platform } from '../platform/platform.ts';
import { hashSecret, randomId } from '../platform/random-text.ts';
import { countInWindow } from '../platform/rate-limits/store.ts';
import { countCall } from '../platform/rate-limits/window.ts';
import { sealed } from '../platform/sealed-columns.ts';
import { searchTextOf } from '../platform/search-text.ts';
import { readHostKeys } from './keys.ts';
import { demandOwnName } from './names.ts';
import { countMoreJoins } from './refusals.ts';
import { shownText } from './shown.ts';
import {
  findAnyJoinToken,
  findHostGroup,
  findJoinToken,
  holdHostGroup,
  insertHost,
  spendJoinToken,
  type JoinTokenRow,
} from './store.ts';

/** A machine joins: it proves that it knows a token that never travels, and is proven to in turn. */

const triesAMinute = { most: 10, length: minute };
/** Refusals of so many sources are events; the rest is counted. */
const notedAMinute = 60;
/** How far its clock may be from ours. */
const tolerance = 60 * second;
/** In the place of a key where there is none: an unknown token takes as long as a wrong MAC. */
const noKey = { key: 'A'.repeat(43) };

interface Needs {
  platform: Platform;
  events: Events;
}

/** @throws Refusal 404 `join_token_not_found`, 401 `clock_skew`, 409 `key_in_use` or `host_name_taken`, 400, 429. */
export async function joinHost(body: JoinHost, asker: Asker, needs: Needs): Promise<JoinedHost> {
  try {
    return await join(body, asker, needs);
  } catch (error) {
    if (error instanceof Refusal) await noteRefusal(body, asker, error, needs);
    throw error;
  }
}

/** An administrator sees who tries, and why it fails, which the answer does not say. */
async function noteRefusal(
  { token_id: id, name, os }: JoinHost,
  asker: Asker,
  { code }: Refusal,
  needs: Needs,
): Promise<void> {
  const { store, now } = needs.platform;
  await store.transaction(async (transaction) => {
    const counted = async (key: string) => {
      const window = { key, now: now(), window_end: now() + minute };
      return (await countInWindow.get(transaction, window))!.failures;
    };
    const kind = code === 'too_many_requests' ? 'flood' : 'refused';
    const isFirst = (await counted(`host_join_${kind}:${sourceOf(asker.ip)}`)) === 1;
    if (!isFirst || (await counted('host_joins_refused')) > notedAMinute)
      return countMoreJoins(transaction, needs);
    const token = await findAnyJoinToken.get(transaction, { id });
    const why = code === 'join_token_not_found' ? troubleOf(token, now()) : code;
    const group = token && (await findHostGroup.get(transaction, { id: token.host_group_id }));
    await needs.events.record(transaction, {
      type: 'host.join_refused',
      asker,
      details: {
        name: shownText(name),
        os: shownText(os, 100),
        why,
        ...(token ? { join_token: joinTokenName(id), group: group?.name } : {}),
      },
    });
  });
}

function troubleOf(token: JoinTokenRow | undefined, now: number): string {
  if (!token) return 'join_token_unknown';
  if (token.join_key === null) return 'join_token_used';
  return token.expires_at <= now ? 'join_token_expired' : 'join_token_wrong';
}

async function join(body: JoinHost, asker: Asker, { platform, events }: Needs): Promise<JoinedHost> {
  const { store, now, random, sealing } = platform;
  await countCall(store, `host_join:${sourceOf(asker.ip)}`, triesAMinute, now());
  const { mac, ...claimed } = body;
  const token = await findJoinToken.get(store, { id: body.token_id, now: now() });
  const joinKey = token ? { key: sealing.open(token.join_key!, sealed.joinKeys.place(token.id)) } : noKey;
  const holds = await isJoinMac(mac, claimed, joinKey);
  if (!token || !holds) throw new Refusal('join_token_not_found');
  // Only whoever holds the token is told anything more.
  if (Math.abs(body.iat * 1000 - now()) > tolerance) throw new Refusal('clock_skew');
  const hostKey = await demandKey(body.host_key, '/host_key');
  const sealingKey = await demandKey(body.sealing_key, '/sealing_key');
  const keys = await readHostKeys(platform);
  const thumbprint = await presenceThumbprint(hostKey);
  const id = randomId(random);
  const { host_group_id } = token;
  const { name } = body;
  const [os, agent_version] = [shownText(body.os, 100), shownText(body.agent_version)];
  const group = await store.transaction(async (transaction) => {
    // First, as whoever takes the group away does.
    const held = await holdHostGroup.get(transaction, { id: host_group_id });
    if (!held || !(await spendJoinToken.get(transaction, { id: token.id, now: now() })))
      throw new Refusal('join_token_not_found');
    const inserted = await insertHost.get(transaction, {
      id,
      host_group_id,
      name,
      search: searchTextOf(name),
      thumbprint,
      sealing_jwk: JSON.stringify(sealingKey),
      verdict_key: keys.newest,
      os,
      agent_version,
      now: now(),
    });
    if (!inserted) throw new Refusal('key_in_use');
    await demandOwnName(transaction, id, name);
    const details = {
      host: id,
      name,
      group: held.name,
      os,
      agent_version,
      join_token: joinTokenName(token.id),
    };
    await events.record(transaction, { type: 'host.joined', asker, details });
    return held;
  });
  const answer = {
    host: { id, name },
    group: { name: group.name },
    verdict_keys: keys.told.map((key) => ({ ...key })),
  };
  return { ...answer, mac: await joinMac({ request: mac, ...answer }, joinKey) };
}

/** By which events name a token: no part of it. */
export const joinTokenName = (tokenId: string): string => hashSecret(tokenId).slice(0, 22);

/** @throws Refusal 400 where it is no point of the curve. */
async function demandKey(jwk: object, path: string): Promise<PresenceJwk> {
  const key = readPresenceJwk(jwk);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const holds =
    key &&
    (await crypto.subtle.importKey('jwk', { ...key }, algorithm, false, ['verify']).catch(() => undefined));
  if (key && holds) return key;
  throw new Refusal('malformed', { errors: [{ path, message: 'is no public P-256 key' }] });
}
