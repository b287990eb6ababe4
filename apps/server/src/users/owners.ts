import type { Transaction } from '../platform/store/store.ts';
import { holdOverrides } from '../settings/store.ts';
import { findUser, holdUser, type UserRow } from './store.ts';

/** That an owner is left who gets in rests on more than one row: whoever may change it holds one that stands for them all. */

/**
 * Holds, until the transaction ends, what decides whether an owner gets in: of two changes at once, the second sees what the
 * first made of it. The row of the settings stands for it. It is taken before anything else is held.
 */
export const holdOwners = (transaction: Transaction): Promise<void> => holdOverrides.run(transaction);

/** Holds a person's row, and of an owner what {@link holdOwners} does before it. Nobody else's change waits for that. */
export async function holdPerson(transaction: Transaction, id: string): Promise<UserRow | undefined> {
  const user = await findUser.get(transaction, { id });
  if (user?.role === 'owner') await holdOwners(transaction);
  return user && holdUser.get(transaction, { id });
}
