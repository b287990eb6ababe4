import { day, type Platform } from '../platform/platform.ts';
import type { Transaction } from '../platform/store/store.ts';
import type { LogKey } from './log-key.ts';
import { hashSeal, openSeal, sealBatch, type WhenSealed } from './seal.ts';
import { findCheckpoint, holdChain, listOldSeals, removeEventsThrough, removeSealsThrough } from './store.ts';

/** How many seals go in one transaction, with the rows under them. */
const sealsAtOnce = 50;

/**
 * Takes out what is older than `kept` (ms), whole seals at a time, and leaves a signed checkpoint in the chain. Once a
 * day is enough, so it begins when the oldest seal is a day over.
 */
export async function removeOldEvents(
  { store, now }: Platform,
  key: LogKey,
  kept: number,
  sealed?: WhenSealed,
): Promise<void> {
  const before = now() - kept;
  const [oldest] = await listOldSeals.all(store, { before, limit: 1 });
  if (!oldest || oldest.sealed_at > before - day) return;
  while (await store.transaction((transaction) => removeSome(transaction, key, now(), before, sealed)));
}

/** False where nothing is left to remove. */
async function removeSome(
  transaction: Transaction,
  key: LogKey,
  now: number,
  before: number,
  sealed: WhenSealed | undefined,
): Promise<boolean> {
  await holdChain.get(transaction);
  const old = await listOldSeals.all(transaction, { before, limit: sealsAtOnce });
  const last = old.at(-1);
  if (!last) return false;
  const claimsOf = (jws: string) => openSeal(jws, key.publicJwk);
  const earlier = await findCheckpoint.get(transaction);
  const removedEarlier = earlier ? ((await claimsOf(earlier.jws))?.removed?.events ?? 0) : 0;
  const removedNow = (await Promise.all(old.map(({ jws }) => claimsOf(jws)))).reduce(
    (sum, claims) => sum + (claims?.events ?? 0),
    0,
  );
  await removeEventsThrough.run(transaction, { through: last.number });
  await removeSealsThrough.run(transaction, { through: last.number });
  const removed = {
    through: last.number,
    hash: await hashSeal(last.jws),
    events: removedEarlier + removedNow,
  };
  await sealBatch(transaction, key, now, { removed, sealed });
  return true;
}
