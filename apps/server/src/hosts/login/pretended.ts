import { createHash } from 'node:crypto';
import { errors, generateNumber } from '@countersign/protocol';
import type { HostLogin, Settings } from '@countersign/protocol/wire';
import { minute, second, timeText, type Platform } from '../../platform/platform.ts';
import { hashSecret, randomId } from '../../platform/random-text.ts';
import { countInWindow } from '../../platform/rate-limits/store.ts';
import type { Transaction } from '../../platform/store/store.ts';
import { demandAllowed, limitWindow, type PastRequest } from '../../push/limits.ts';

import {
  cancelPretendedLogin,
  insertHostLogin,
  listPretendedLogins,
  type HostLoginRow,
  type HostRow,
} from '../store.ts';
import { endings } from './outcomes.ts';
import { decideConfirmation } from '../../policy/decide.ts';

/**
 * Where nothing is asked before the push, whoever comes by may be anybody. They are not to learn who is known on this
 * host: for a local user to whom no push can be sent, the login looks like one that nobody answers. Its row says what it
 * is, so administrators see the reason at once; no phone hears of it, and nothing lets it in.
 */

/** As a login that has begun (host-login/begin.ts). */
const afterPush = 2 * minute;

/** It was refused, and its host may ask how it stands. */
export const isPretended = ({ user_id, nonce, outcome }: HostLoginRow): boolean =>
  user_id === null &&
  nonce !== null &&
  outcome !== null &&
  Object.hasOwn(errors, outcome) &&
  !Object.hasOwn(endings, outcome);

export interface Pretence {
  host: HostRow;
  entry: { host_id: string; entry_id: string };
  asked: { local_user: string; service: string; rhost: string | null; nonce: string };
  /** Why nobody gets in. */
  outcome: string;
  push: Settings['push'];
}

/**
 * Resolves to its id; undefined where it had begun before.
 * @throws Refusal 429, as a person's own limits would.
 */
export async function pretend(
  transaction: Transaction,
  { host, entry, asked, outcome, push }: Pretence,
  { now, random }: Pick<Platform, 'now' | 'random'>,
): Promise<string | undefined> {
  const at = now();
  const { local_user } = asked;
  // Two at once are counted one after the other.
  const key = `host_pretended:${host.id}:${hashSecret(local_user)}`;
  await countInWindow.run(transaction, { key, now: at, window_end: at + limitWindow });
  const past = await listPretendedLogins.all(transaction, {
    host_id: host.id,
    local_user,
    since: at - limitWindow,
  });
  demandAllowed(
    past.filter(isPretended).map((each) => requestOf(each, at)),
    `host:${host.id}`,
    at,
  );
  const id = randomId(random);
  const inserted = await insertHostLogin.get(transaction, {
    id,
    ...entry,
    ...asked,
    user_id: null,
    interactive: 1,
    outcome,
    at,
    now: at,
    expires_at: at + push.lifetime_s * second + afterPush,
  });
  return inserted?.id;
}

/** Nobody sits there any more. */
export const cancelPretended = (transaction: Transaction, { id }: HostLoginRow): Promise<void> =>
  cancelPretendedLogin.run(transaction, { id });

/** What a phone would have been asked. */
function requestOf({ at, expires_at, interactive }: HostLoginRow, now: number): PastRequest {
  const end = expires_at - afterPush;
  const state = interactive === 0 ? 'cancelled' : end <= now ? 'expired' : 'pending';
  return { state, created_at: at, expires_at: end, ended_at: null };
}

/** A phone would still be asked. */
export const isPretendedToWait = (login: HostLoginRow, now: number): boolean =>
  isPretended(login) && requestOf(login, now).state === 'pending';

/** As that of a real request where nothing was asked before: another length would tell them apart. */
function lengthOfNumber(push: Settings['push']): number {
  const confirmation = decideConfirmation({ push }, { alone: true, familiar: false, reported: false });
  return confirmation.kind === 'number' ? confirmation.length : push.number_length;
}

type Shown = Pick<HostLogin, 'state' | 'push' | 'reason' | 'expires_at'>;

/** As a login looks that a phone was asked about. */
export function pretendedView(login: HostLoginRow, push: Settings['push'], now: number): Shown {
  const { id, expires_at } = login;
  const request = requestOf(login, now);
  const [state, reason] =
    request.state === 'pending'
      ? (['challenge', null] as const)
      : endings[request.state === 'cancelled' ? 'cancelled' : 'no_answer'];
  let turn = 0;
  // The same each time that it is looked at.
  const bytes = () =>
    createHash('sha256')
      .update(`${id}:${(turn += 1)}`)
      .digest()
      .subarray(0, 4);
  return {
    state,
    reason,
    push: {
      state: request.state,
      number: generateNumber(lengthOfNumber(push), bytes),
      seen: false,
      expires_at: timeText(request.expires_at),
    },
    expires_at: timeText(expires_at),
  };
}
