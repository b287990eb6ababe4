import type { OfflineHosts } from '@countersign/protocol/wire';
import { useEffect } from 'react';
import type { Account } from '../accounts/database.ts';
import { call } from '../server/client.ts';
import { keepHosts } from './store.ts';

/** Fetching the hosts while the server can be reached, for the time when it cannot. */

/** The server gives them to phones that are active only. */
export const hasHosts = ({ state, revoked }: Account): boolean => state === 'active' && !revoked;

/** @throws ProblemError, OfflineError, LockedError, StorageError */
export async function bringHosts(account: Account): Promise<void> {
  const { items } = await call<OfflineHosts>(account, 'GET', '/hosts');
  await keepHosts(account.id, items);
}

/** When the app is opened, is unlocked, or comes to the front. Not while it is locked: the key that seals them is away. */
export function useBringingHosts(accounts: readonly Account[], locked: boolean): void {
  const living = accounts.filter(hasHosts);
  const ids = living.map(({ id }) => id).join();
  useEffect(() => {
    if (locked) return undefined;
    const bring = () => {
      if (document.visibilityState !== 'visible') return;
      // What is here stays as it is where the server cannot be reached.
      for (const account of living) bringHosts(account).catch(() => {});
    };
    bring();
    document.addEventListener('visibilitychange', bring);
    return () => document.removeEventListener('visibilitychange', bring);
    // The accounts' keys and issuers never change: only which there are.
  }, [ids, locked]);
}

/** The host tells the server of a login that was let in only after the answer, in milliseconds. */
const settled = 5_000;

/** After a login was approved here: its host is known from the first one on. */
export function bringHostsSoon(account: Account): void {
  setTimeout(() => void bringHosts(account).catch(() => {}), settled);
}
