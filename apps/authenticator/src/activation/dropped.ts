import { useSyncExternalStore } from 'react';
import type { Account } from '../accounts/database.ts';

/** Accounts that the server dropped before they were active, until the person has read of it. */
export type Dropped = Pick<Account, 'id' | 'organization' | 'login'> & { fromOldPhone: boolean };

let dropped: readonly Dropped[] = [];
const listeners = new Set<() => void>();

function set(next: readonly Dropped[]): void {
  dropped = next;
  listeners.forEach((listener) => listener());
}

export function noteDropped({ id, organization, login, waitsForOldPhone = false }: Account): void {
  set([...dropped, { id, organization, login, fromOldPhone: waitsForOldPhone }]);
}
export const forgetDropped = (id: string): void => set(dropped.filter((each) => each.id !== id));

export const useDropped = (): readonly Dropped[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => dropped,
  );
