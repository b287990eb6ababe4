import { keepAtOnce, readAtOnce } from './at-once.ts';

/**
 * Browsers may delete an app's database when storage runs out. A mark kept elsewhere (localStorage) remembers that there
 * was something, so that a list that is empty for that reason is never shown as if nothing had been there.
 */
export const markHolds = (accounts: number, codes: number): void =>
  void keepAtOnce('holds', accounts + codes > 0 ? String(accounts + codes) : undefined);

/** Whether something was here, by the mark, though now there is nothing. */
export const wasEvicted = (accounts: number, codes: number): boolean =>
  accounts + codes === 0 && readAtOnce('holds') !== undefined;

export const forgetEviction = (): void => markHolds(0, 0);
