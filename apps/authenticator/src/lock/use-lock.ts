import { useEffect, useSyncExternalStore } from 'react';
import { isUnlocked, readVault, type Vault } from '../codes/vault.ts';
import { onChange } from '../storage/changes.ts';
import { keepPreference, readPreference } from '../storage/preferences.ts';
import { lockNow, type Lock } from './lock.ts';

/** Whether the app is locked, and when it locks by itself. */

const waits = { at_once: 0, minute: 60_000, five: 300_000 } as const;
export type LockAfter = keyof typeof waits;
export const lockAfterChoices = Object.keys(waits) as LockAfter[];
const lockAfterDefault: LockAfter = 'minute';

let vault: Vault | undefined | null = null;
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());

/** How long the app may be away before it locks; in memory, so that nothing is seen while it is looked up. */
let after: LockAfter = lockAfterDefault;

/** After turning the lock on or off, locking and unlocking. @throws StorageError */
export async function refreshLock(): Promise<void> {
  after = (await readPreference<LockAfter>('lock-after')) ?? lockAfterDefault;
  vault = await readVault();
  tell();
}

export const presentLockAfter = (): LockAfter => after;
/** @throws StorageError */
export async function chooseLockAfter(next: LockAfter): Promise<void> {
  after = next;
  await keepPreference('lock-after', next);
}

/** At once, on this page. */
export function lock(): void {
  lockNow();
  // Another object, so that it is seen as a change.
  vault = vault && { ...vault };
  tell();
}

onChange((what) => {
  if (what === 'vault') void refreshLock();
});

/** The vault as it lies on the device; null until it was read. */
export const useVault = (): Vault | undefined | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => vault,
  );

/** The lock that stands between the person and the app; null where it is open; undefined until that is known. */
export function useLock(): Lock | null | undefined {
  const present = useVault();
  useEffect(() => locksWhenAway(), []);
  if (present === null) return undefined;
  return present?.lock && !isUnlocked(present.generation) ? present.lock : null;
}

function locksWhenAway(): () => void {
  let leftAt: number | undefined;
  const look = () => {
    if (document.visibilityState === 'hidden') {
      leftAt = Date.now();
      if (vault?.lock && after === 'at_once') lock();
    } else if (leftAt !== undefined) {
      if (vault?.lock && Date.now() - leftAt >= waits[after]) lock();
      leftAt = undefined;
    }
  };
  document.addEventListener('visibilitychange', look);
  return () => document.removeEventListener('visibilitychange', look);
}
