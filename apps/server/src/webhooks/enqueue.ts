import { isOfType } from '../events/search.ts';
import type { EventRow } from '../events/store.ts';
import type { Platform } from '../platform/platform.ts';
import { randomId } from '../platform/random-text.ts';
import type { Transaction } from '../platform/store/store.ts';
import { insertDelivery, listActive } from './store.ts';

/** Of deliveries that wait: a topic of the store. */
export const pending = 'webhook deliveries';

/** More than there are rows under one seal. */
const placesOfSeal = 1000;

/** In the transaction of the seal: what each webhook is to be told of the rows under it, in their order. */
export async function enqueue(
  transaction: Transaction,
  seal: number,
  rows: readonly EventRow[],
  { now, random }: Pick<Platform, 'now' | 'random'>,
): Promise<void> {
  const webhooks = await listActive.all(transaction);
  let count = 0;
  for (const webhook of webhooks) {
    const types = JSON.parse(webhook.types) as string[];
    for (const [index, { id, type }] of rows.entries()) {
      if (!types.some((wanted) => isOfType(type, wanted))) continue;
      await insertDelivery.run(transaction, {
        id: randomId(random),
        webhook_id: webhook.id,
        event_id: id,
        type,
        place: seal * placesOfSeal + index,
        now: now(),
      });
      count += 1;
    }
  }
  if (count > 0) transaction.notify(pending);
}
