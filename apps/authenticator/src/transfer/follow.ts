import { useEffect, useState } from 'react';
import type { AuthenticatorSelf, Transfer } from '@countersign/protocol/wire';
import { noteRevoked, type Account } from '../accounts/database.ts';
import { refreshAccounts } from '../accounts/use-accounts.ts';
import { call, serverNow } from '../server/client.ts';
import { codeOf } from '../server/failure.ts';
import type { Outgoing } from './begin.ts';

/** The old phone follows the move that it began, for as long as its screen is open. */

const pause = 2_000;

/** What is shown of each account's move: it outlives the screen, not the page, since the key is in it. */
const shown = new Map<string, Outgoing>();
/** The new phone's name, for when it has taken over. */
const newPhones = new Map<string, string>();

export const shownTransfer = (id: string): Outgoing | undefined => shown.get(id);
export const showTransfer = (id: string, outgoing: Outgoing): void => void shown.set(id, outgoing);
export const noteNewPhone = (id: string, name: string): void => void newPhones.set(id, name);
export const newPhoneOf = (id: string): string | undefined => newPhones.get(id);

export interface Followed {
  /** Undefined until the server said. */
  transfer: Transfer | null | undefined;
  /** How the last one that was seen ended. */
  ended: 'expired' | 'stopped' | undefined;
  /** Asks the server now. */
  look: () => Promise<void>;
}

export function useTransfer(account: Account): Followed {
  const [followed, setFollowed] = useState<Omit<Followed, 'look'>>({
    transfer: undefined,
    ended: undefined,
  });
  const look = async () => {
    const transfer = await read(account);
    if (transfer?.device !== undefined) noteNewPhone(account.id, transfer.device);
    if (transfer === null) shown.delete(account.id);
    setFollowed((before) => {
      if (transfer !== null || !before.transfer)
        return { transfer, ended: transfer ? undefined : before.ended };
      const isOver = Date.parse(before.transfer.expires_at) <= serverNow(account);
      return { transfer, ended: isOver ? 'expired' : 'stopped' };
    });
  };
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let current = true;
    const again = async () => {
      // What cannot be learnt now is asked for again.
      await look().catch(() => {});
      if (current) timer = setTimeout(() => void again(), pause);
    };
    void again();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [account.id]);
  return { ...followed, look };
}

async function read(account: Account): Promise<Transfer | null> {
  try {
    return (await call<AuthenticatorSelf>(account, 'GET', '/me')).transfer;
  } catch (error) {
    if (codeOf(error) === 'invalid_proof') {
      await noteRevoked(account.id);
      await refreshAccounts();
    }
    throw error;
  }
}

/** Gives it up. @throws ProblemError, OfflineError */
export const stopTransfer = (account: Account): Promise<void> => call(account, 'DELETE', '/me/transfer');
