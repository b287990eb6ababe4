import { Refusal, secondsUntil } from '../http/refusal.ts';
import type { Store } from '../store/store.ts';
import { countInWindow } from './store.ts';

export interface Window {
  /** Calls that are let through in one window. */
  most: number;
  /** Milliseconds. */
  length: number;
}

/** Counts one call of `key` in its window. @throws Refusal 429 `too_many_requests` past the limit. */
export async function countCall(
  store: Store,
  key: string,
  { most, length }: Window,
  now: number,
): Promise<void> {
  const { failures, forget_at } = await store.transaction(
    async (transaction) => (await countInWindow.get(transaction, { key, now, window_end: now + length }))!,
  );
  if (failures > most) throw new Refusal('too_many_requests', { retry_after: secondsUntil(forget_at, now) });
}
