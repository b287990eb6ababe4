import type { Events } from '../events/events.ts';
import { minute, timeText, type Platform } from '../platform/platform.ts';
import { countInWindow, listOverWindowsLike, takeWindow } from '../platform/rate-limits/store.ts';
import type { Transaction } from '../platform/store/store.ts';
import { findHost } from './store.ts';

/**
 * Refusals that are not written down one by one, since a flood of them would bury everything else: they are counted, and
 * their number is an event once their minute is over.
 */

const countedFor = minute;
const joins = 'refused-more:joins';
const loginsOf = 'refused-more:logins:';

interface Needs {
  platform: Platform;
  events: Events;
}

/** One more try to join, of whomever. */
export const countMoreJoins = (transaction: Transaction, needs: Needs): Promise<void> =>
  count(transaction, joins, needs);

/** One more login on a host. */
export const countMoreLogins = (transaction: Transaction, hostId: string, needs: Needs): Promise<void> =>
  count(transaction, `${loginsOf}${hostId}`, needs);

async function count(transaction: Transaction, key: string, needs: Needs): Promise<void> {
  const now = needs.platform.now();
  // Counting would begin anew, and what was counted before be forgotten.
  const before = await takeWindow.get(transaction, { key, now });
  if (before) await tell(transaction, before, needs);
  await countInWindow.get(transaction, { key, now, window_end: now + countedFor });
}

/** Of floods that were over at `now`. */
export async function tellOfMore(needs: Needs, now: number): Promise<void> {
  const { store } = needs.platform;
  for (const { key } of await listOverWindowsLike.all(store, { pattern: 'refused-more:%', now })) {
    await store.transaction(async (transaction) => {
      // Another process may have been faster.
      const window = await takeWindow.get(transaction, { key, now });
      if (window) await tell(transaction, window, needs);
    });
  }
}

async function tell(
  transaction: Transaction,
  { key, failures: refused, forget_at }: { key: string; failures: number; forget_at: number },
  { events }: Needs,
): Promise<void> {
  const details = { count: refused, from: timeText(forget_at - countedFor), to: timeText(forget_at) };
  if (key === joins) return events.record(transaction, { type: 'host.more_joins_refused', details });
  const id = key.slice(loginsOf.length);
  const name = (await findHost.get(transaction, { id }))?.name;
  await events.record(transaction, {
    type: 'host.more_logins_refused',
    details: { host: id, ...(name === undefined ? {} : { name }), ...details },
  });
}
