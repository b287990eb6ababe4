import type { Transaction } from '../../platform/store/store.ts';
import type { Cancellation } from '../../push/cancel.ts';
import { endResetsUnderWay } from '../store.ts';

/** A newer link, or a newer try with the same one, ends what was begun before: one reset of a user is under way at a time. */
export async function giveUpEarlierResets(
  transaction: Transaction,
  user_id: string,
  cancellation: Cancellation,
): Promise<void> {
  for (const { id } of await endResetsUnderWay.all(transaction, { user_id })) {
    await cancellation.ofAuthentication(transaction, id);
    transaction.notify(`authentication:${id}`);
  }
}
