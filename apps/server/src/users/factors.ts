import type { Queryable, Transaction } from '../platform/store/store.ts';
import { countByFactor, holdUser, keepFactorOfMemberships, keepFactorOfUser } from './store.ts';

/** Whether people have a second factor, kept beside them, so that nobody needs to look through the factors of a million. */

/**
 * Writes down whether somebody has a factor, in the transaction that changed theirs, after it did. Of two such transactions
 * the second sees what the first did: their row is held before the factors are read.
 */
export async function keepHasFactor(transaction: Transaction, user_id: string): Promise<void> {
  await holdUser.get(transaction, { id: user_id });
  await keepFactorOfUser.run(transaction, { user_id });
  await keepMemberships(transaction, user_id);
}

/** Of their memberships, in the transaction that changed their factors or their state, after it did. */
export const keepMemberships = (transaction: Transaction, user_id: string): Promise<void> =>
  keepFactorOfMemberships.run(transaction, { user_id });

/** So many are counted, and no more: among a million, all of them would take a while. */
export const mostCounted = 50_000;

/** How many active people have no second factor, up to {@link mostCounted}: counted in an index. */
export const countPeopleWithoutFactor = async (on: Queryable): Promise<number> =>
  (await countByFactor.get(on, { has_factor: 0, most: mostCounted }))!.people;
/** How many have one, up to {@link mostCounted}. */
export const countPeopleWithFactor = async (on: Queryable): Promise<number> =>
  (await countByFactor.get(on, { has_factor: 1, most: mostCounted }))!.people;
