import { useSyncExternalStore } from 'react';
import { onChange } from '../storage/changes.ts';
import { listAccounts, type Account } from './database.ts';

/** The accounts on the screen. Undefined until they were read for the first time. */
export type Accounts = readonly Account[];

let accounts: Account[] | undefined;
const listeners = new Set<() => void>();

/** Reads the accounts again, after a change here, in the service worker or in another tab. */
export async function refreshAccounts(): Promise<Account[]> {
  const read = (await listAccounts()).sort((a, b) => a.enrolledAt - b.enrolledAt);
  accounts = read;
  listeners.forEach((listener) => listener());
  return read;
}

onChange((what) => {
  if (what === 'accounts') void refreshAccounts();
});

/** As it is now: what was taken from the list earlier may have become active, or been removed, since. */
export const presentAccount = (id: string): Account | undefined => accounts?.find((each) => each.id === id);

export const useAccounts = (): Account[] | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => accounts,
  );
