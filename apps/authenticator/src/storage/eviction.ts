/**
 * Browsers may delete an app's database when storage runs out. A mark kept elsewhere (localStorage) remembers that there
 * was something, so that a list that is empty for that reason is never shown as if nothing had been there.
 */
const mark = 'countersign-authenticator-holds';

export function markHolds(accounts: number, codes: number): void {
  try {
    if (accounts + codes > 0) localStorage.setItem(mark, String(accounts + codes));
    else localStorage.removeItem(mark);
  } catch {
    // No localStorage: then there is no mark either.
  }
}

/** Whether something was here, by the mark, though now there is nothing. */
export function wasEvicted(accounts: number, codes: number): boolean {
  try {
    return accounts + codes === 0 && localStorage.getItem(mark) !== null;
  } catch {
    return false;
  }
}

export const forgetEviction = (): void => markHolds(0, 0);
