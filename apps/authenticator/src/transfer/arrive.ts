import { useEffect } from 'react';
import { changeAccount, type Account } from '../accounts/database.ts';
import { presentAccount } from '../accounts/use-accounts.ts';
import { finishActivation, waitsForOldPhone } from '../activation/activate.ts';
import { takeCodes } from './take-codes.ts';

/** The new phone comes to the end of its move, whichever screen is open: the old phone's approval, then the codes. */

const pause = 2_500;

/** Accounts that are on their way here. */
const isArriving = (account: Account): boolean =>
  waitsForOldPhone(account) || (account.transferKey !== undefined && account.state === 'active');

/** One step further; nothing where it is not the time for it. @throws OfflineError, ProblemError, LockedError, StorageError */
async function arrive({ id }: Pick<Account, 'id'>): Promise<void> {
  const account = presentAccount(id);
  if (account?.state === 'pending' && (await finishActivation(account)) !== 'active') return;
  const active = presentAccount(id);
  if (active?.transferKey !== undefined) await takeCodes(active, active.transferKey);
}

/** Not while the app is locked: the codes are sealed under a key that is away then. */
export function useArriving(accounts: readonly Account[], locked: boolean): void {
  const ids = accounts
    .filter(isArriving)
    .map(({ id }) => id)
    .join();
  useEffect(() => {
    if (ids === '' || locked) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    let current = true;
    const again = async () => {
      // Without a connection, or with a full storage, it is tried again.
      for (const id of ids.split(',')) await arrive({ id }).catch(() => {});
      if (current) timer = setTimeout(() => void again(), pause);
    };
    void again();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [ids, locked]);
}

/** The person has seen how many codes came along. @throws StorageError */
export const forgetArrival = (id: string): Promise<void> => changeAccount(id, { codesCame: undefined });
