import { changeAccount, type Account } from '../accounts/database.ts';

/** When the server of each account was last reached, written down once a minute at most: the app polls more often. */

const least = 60_000; // ms
const noted = new Map<string, number>();

export function noteContact({ id, lastReachedAt = 0 }: Partial<Pick<Account, 'id' | 'lastReachedAt'>>): void {
  const now = Date.now();
  if (id === undefined || now - Math.max(lastReachedAt, noted.get(id) ?? 0) < least) return;
  noted.set(id, now);
  // Its absence is no reason to fail what the contact was for.
  changeAccount(id, { lastReachedAt: now }).catch(() => {});
}
