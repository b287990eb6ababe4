import { FactorKind } from '@countersign/protocol/wire';
import { dayOf, type Platform } from '../platform/platform.ts';
import type { Store, Transaction } from '../platform/store/store.ts';
import type { EventType } from './events.ts';
import {
  addToDay,
  findChain,
  findSealAhead,
  findUncounted,
  holdCounted,
  listEventsBetween,
  moveCounted,
  type EventRow,
} from './store.ts';

/**
 * How often people sign in, by the day. No sign-in counts itself, since all would wait for one row: the log is walked
 * through behind the sealer, seal after seal, which are numbered in the order of their commits. How far it has come is
 * written with what was counted, so each event counts once, whatever dies when; and those of before there were counts are
 * walked through by the same steps. What retention takes from the log stays counted.
 */

export type CountName = 'succeeded' | 'failed' | 'reported' | `factor_${FactorKind}`;

/** In one transaction, so that nobody waits long for it. */
const eventsAtOnce = 1_000;
/** In one round of maintenance. Ten million events take an hour then, beside all else. */
const stepsAtOnce = 30;

/** Of pushes: those whose end is the end of a sign-in. Of a login on a host there is an event of its own. */
const signIns = new Set(['portal_login', 'admin_login', 'sso', 'backchannel']);
/** Of pushes that prove nothing yet. */
const trials = new Set(['activation', 'test']);

/** What an event counts as. */
export function countOf({ type, details }: Pick<EventRow, 'type' | 'details'>): CountName | undefined {
  const told = () => JSON.parse(details) as { purpose?: string; factor?: string; why?: string };
  switch (type as EventType) {
    case 'authentication.completed':
    case 'backchannel.completed':
    case 'host.login_allowed':
    case 'host.offline_login':
      return 'succeeded';
    case 'password.wrong':
    case 'factor.wrong_code':
    case 'authentication.refused':
    case 'host.login_refused':
      return 'failed';
    case 'push.denied':
    case 'push.wrong_number':
      return signIns.has(told().purpose ?? '') ? 'failed' : undefined;
    case 'host.login_denied':
      // What was reported has an event that counts as that.
      return told().why === 'reported' ? undefined : 'failed';
    case 'push.reported':
    case 'activity.reported':
      return 'reported';
    case 'push.approved':
      return trials.has(told().purpose ?? '') ? undefined : 'factor_push';
    case 'factor.used': {
      const factor = FactorKind.enum.find((kind) => kind === told().factor);
      return factor && `factor_${factor}`;
    }
    default:
      return undefined;
  }
}

/** Counts what was sealed since the last time, as far as it comes in one round. */
export async function countEvents({ store }: Pick<Platform, 'store'>): Promise<void> {
  for (let step = 0; step < stepsAtOnce; step += 1) {
    if (!(await findUncounted.get(store))) return;
    await store.transaction(countSome);
  }
}

async function countSome(transaction: Transaction): Promise<void> {
  const { number: after } = (await holdCounted.get(transaction))!;
  const ahead = await findSealAhead.get(transaction, { after, ahead: eventsAtOnce });
  // A seal is counted whole.
  const through = ahead?.seal ?? (await findChain.get(transaction))!.number;
  const counts = new Map<string, number>();
  for (const row of await listEventsBetween.all(transaction, { after, through })) {
    const name = countOf(row);
    if (!name) continue;
    const key = `${dayOf(row.at)} ${name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, count] of counts) {
    const [day, name] = key.split(' ') as [string, string];
    await addToDay.run(transaction, { day, name, count });
  }
  await moveCounted.run(transaction, { number: through });
}

/** Since when (milliseconds since 1970) there are sealed events that are not counted; undefined where all are. */
export const uncountedSince = async (store: Store): Promise<number | undefined> =>
  (await findUncounted.get(store))?.sealed_at;
