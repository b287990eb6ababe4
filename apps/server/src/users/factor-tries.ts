import type { From } from '../platform/http/asker.ts';
import { Refusal, secondsUntil } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import {
  blockedUntil,
  freeTries,
  holdBlockedUntil,
  recordFailure,
  recordSuccess,
} from '../platform/rate-limits/attempts.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import type { Events } from '../events/events.ts';
import type { Outbox } from '../mail/outbox.ts';
import type { UserRow } from './store.ts';

/**
 * Wrong codes of one factor of one user (security rule 4): counted in the store, so that sessions, sign-ins and processes
 * share the count and a restart keeps it; they lock the factor for a while, never the account; its owner is told.
 */

export interface TryNeeds {
  platform: Pick<Platform, 'store' | 'now'>;
  events: Events;
  outbox: Outbox;
}

export interface Tried {
  /** Of the counter: factor and user. */
  key: string;
  kind: 'totp' | 'recovery_code';
  user: UserRow;
  asker: From;
  /** The authentication that is answered, if it is one. */
  authentication?: string;
}

/** @throws Refusal 423 `factor_locked` with the seconds to wait. */
export async function demandFree(on: Queryable, key: string, now: number): Promise<void> {
  refuseUntil(await blockedUntil(on, key, now), now);
}

function refuseUntil(until: number | undefined, now: number): void {
  if (until === undefined) return;
  throw new Refusal('factor_locked', { retry_after: lockSeconds(until, now) });
}

/** When to come back: of a lock that only somebody lifts, in a day. */
export const lockSeconds = (until: number, now: number): number =>
  Math.min(secondsUntil(until, now), 24 * 3600);

/** Counts a wrong code. @throws Refusal 422 `wrong_code` with the tries that are left before the lock; 423 where it is locked. */
export async function refuseWrongCode(
  { key, kind, user, asker, authentication }: Tried,
  { platform, events, outbox }: TryNeeds,
): Promise<never> {
  const { store, now } = platform;
  const failures = await store.transaction(async (transaction) => {
    // However many quiet days are between them, a hundred in a row are the most ever.
    const counted = await recordFailure(transaction, key, now(), { kept: true });
    // Tries that were under way together when the lock began are no tries.
    refuseUntil(counted.blockedUntil, now());
    await events.record(transaction, {
      type: 'factor.wrong_code',
      user,
      asker,
      details: { factor: kind, in_a_row: counted.failures, authentication },
    });
    if (counted.failures === freeTries) {
      const details = { factor: kind, authentication };
      await events.record(transaction, { type: 'factor.locked', user, asker, details });
      await outbox.post(transaction, user, (letters) => letters.factorLocked(kind, freeTries));
    }
    return counted.failures;
  });
  throw new Refusal('wrong_code', { tries_left: Math.max(0, freeTries - failures) });
}

/** The code is right: forgets the wrong ones, unless the lock began meanwhile. @throws Refusal 423 `factor_locked` */
export async function takeRightCode(transaction: Transaction, key: string, now: number): Promise<void> {
  refuseUntil(await holdBlockedUntil(transaction, key, now), now);
  await recordSuccess(transaction, key);
}
