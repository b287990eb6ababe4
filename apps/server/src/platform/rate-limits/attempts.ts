import type { Queryable, Transaction } from '../store/store.ts';
import { day, minute, second } from '../platform.ts';
import { block, countFailure, findAttempts, forgetAttempts, holdAttempts } from './store.ts';

/**
 * Wrong tries in a row. The counters live in the store, so parallel sessions and several processes share them, and they
 * survive new challenges and restarts. A counter never locks an account: its key names what is guessed at and the class
 * of asker that guesses.
 */

/** So many wrong tries in a row are free; each further one doubles the wait. */
export const freeTries = 5;
const firstWait = 5 * second;
const longestWait = 15 * minute;
/** A row of failures is forgotten this long after its last, unless it is to be kept; a lock that nobody lifted never is. */
const memory = day;
/** SP 800-63B-4 section 3.2.2: never more failures in a row than this, however slowly they come. */
export const mostFailuresInARow = 100;

/** How long to wait after the n-th failure in a row, in milliseconds. */
export function waitAfter(failures: number): number {
  if (failures >= mostFailuresInARow) return Infinity;
  return failures < freeTries ? 0 : Math.min(longestWait, firstWait * 2 ** (failures - freeTries));
}

/** Until when the key is blocked, in milliseconds since 1970; undefined where a try is free. */
export async function blockedUntil(on: Queryable, key: string, now: number): Promise<number | undefined> {
  const row = await findAttempts.get(on, { key });
  return row && row.blocked_until > now ? row.blocked_until : undefined;
}

/**
 * The same, in the transaction that will count or forget: tries of one key come here one after the other, so those that
 * were under way together when a block began find it in force.
 */
export async function holdBlockedUntil(
  transaction: Transaction,
  key: string,
  now: number,
): Promise<number | undefined> {
  const row = await holdAttempts.get(transaction, { key });
  return row && row.blocked_until > now ? row.blocked_until : undefined;
}

/**
 * Counts a failure and blocks the key for the wait that it earns. Returns how many there were in a row, and the block
 * that was in force already: then the try should not have been made, and its transaction is to be given up. `kept`: only a
 * success ends the row, whatever time passes; for what somebody has, and never for what a stranger may type.
 */
export async function recordFailure(
  transaction: Transaction,
  key: string,
  now: number,
  { kept = false } = {},
): Promise<{ failures: number; blockedUntil?: number }> {
  const { failures, blocked_until: before } = (await countFailure.get(transaction, {
    key,
    now,
    forget_at: kept ? Number.MAX_SAFE_INTEGER : now + memory,
  }))!;
  const wait = waitAfter(failures);
  if (wait > 0) {
    const blocked_until = wait === Infinity ? Number.MAX_SAFE_INTEGER : now + wait;
    await block.run(transaction, { key, blocked_until });
  }
  return { failures, ...(before > now ? { blockedUntil: before } : {}) };
}

export const recordSuccess = (transaction: Transaction, key: string): Promise<void> =>
  forgetAttempts.run(transaction, { key });
