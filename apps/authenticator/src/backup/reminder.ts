import { useEffect, useState } from 'react';
import { keepPreference, readPreference } from '../storage/preferences.ts';

/** When the last backup was made, and until when its reminder keeps quiet. Both in milliseconds since 1970; 0: never. */
export interface BackupState {
  madeAt: number;
  snoozedUntil: number;
}

const fortnight = 14 * 24 * 3_600_000;
const listeners = new Set<(state: BackupState) => void>();

/** @throws StorageError */
export const readBackupState = async (): Promise<BackupState> =>
  (await readPreference<BackupState>('backup')) ?? { madeAt: 0, snoozedUntil: 0 };

async function change(next: Partial<BackupState>): Promise<void> {
  const state = { ...(await readBackupState()), ...next };
  await keepPreference('backup', state);
  listeners.forEach((listener) => listener(state));
}

/** Codes that were added up to `at` are in a backup now. @throws StorageError */
export const markBackup = (at: number): Promise<void> => change({ madeAt: at, snoozedUntil: 0 });
/** @throws StorageError */
export const snoozeReminder = (): Promise<void> => change({ snoozedUntil: Date.now() + fortnight });

/** Undefined until it was read. */
export function useBackupState(): BackupState | undefined {
  const [state, setState] = useState<BackupState>();
  useEffect(() => {
    listeners.add(setState);
    readBackupState().then(setState, () => {});
    return () => void listeners.delete(setState);
  }, []);
  return state;
}
