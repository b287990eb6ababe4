import type { Account } from '../accounts/database.ts';
import { refreshAccounts } from '../accounts/use-accounts.ts';
import type { Code } from '../codes/store.ts';
import { refreshCodes } from '../codes/use-codes.ts';
import { refreshLock } from '../lock/use-lock.ts';
import { readPreference } from './preferences.ts';

/** All that must be known before the first screen can be shown. */
export interface OnDevice {
  accounts: Account[];
  codes: Code[];
  introduced: boolean;
}

/** @throws StorageError */
export async function readDevice(): Promise<OnDevice> {
  const [accounts, codes, seen] = await Promise.all([
    refreshAccounts(),
    refreshCodes(),
    readPreference<boolean>('introduced'),
    refreshLock(),
  ]);
  return { accounts, codes, introduced: seen === true };
}
