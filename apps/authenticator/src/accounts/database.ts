import type { Device } from '@countersign/protocol/wire';
import { dropHosts } from '../hosts/store.ts';
import { tellChange } from '../storage/changes.ts';
import { readAll, write } from '../storage/database.ts';

/** The accounts with push on this device. */

/** One enrolled account: an authenticator of the protocol, with its presence key. */
export interface Account {
  /** The authenticator's id. */
  id: string;
  issuer: string;
  organization: string;
  login: string;
  name: string;
  state: 'pending' | 'active';
  /** Made on this device, not extractable. */
  keys: CryptoKeyPair;
  device: Device;
  hasVerificationKey: boolean;
  /** Its WebAuthn credential id, base64url; absent where there is none, or the account is older than this member. */
  verificationKeyId?: string;
  /** The organisation's setting, as the server last said; absent until it did. */
  userVerification?: 'required' | 'preferred' | 'off';
  /** Milliseconds since 1970. */
  enrolledAt: number;
  lastReachedAt: number;
  /** Whether the server can wake this phone, as it last said. */
  push: 'ok' | 'none' | 'unreachable';
  /** The server no longer knows the key. */
  revoked: boolean;
  /** The server's clock less this device's, in milliseconds. */
  clockOffset: number;
  /** The key of the codes that come along from the old phone, until they have arrived. */
  transferKey?: string;
  /** This phone has answered; the one that it takes over from has not yet. */
  waitsForOldPhone?: boolean;
  /** How many codes came along, or that they did not, until the person has seen it. */
  codesCame?: number | 'failed';
  /** The sign-ins answered on this device, newest first. */
  answered?: Answered[];
}

export interface Answered {
  at: number;
  resource: string;
  client: string | null;
  state: 'approved' | 'denied' | 'reported';
}

/** @throws StorageError */
export const listAccounts = (): Promise<Account[]> => readAll('accounts');

/** On disk when it resolves: a key that was enrolled must not be lost. @throws StorageError */
export async function keepAccount(account: Account): Promise<void> {
  await write(['accounts'], (transaction) => transaction.objectStore('accounts').put(account));
  tellChange('accounts');
}

/** Changes what is kept of one account; nothing where it was removed meanwhile. @throws StorageError */
export async function changeAccount(
  id: string,
  change: Partial<Account> | ((account: Account) => Partial<Account>),
): Promise<void> {
  await write(['accounts'], async (transaction) => {
    const store = transaction.objectStore('accounts');
    const account = await store.get(id);
    if (account)
      await store.put({ ...account, ...(typeof change === 'function' ? change(account) : change) });
  });
  tellChange('accounts');
}

/** The server no longer knows its key, and what it gave this device is no longer for it. @throws StorageError */
export async function noteRevoked(id: string): Promise<void> {
  await write(['accounts', 'hosts'], async (transaction) => {
    const account = await transaction.objectStore('accounts').get(id);
    if (account) await transaction.objectStore('accounts').put({ ...account, revoked: true });
    await dropHosts(transaction, id);
  });
  tellChange('accounts');
  tellChange('hosts');
}

/** @throws StorageError */
export async function removeAccount(id: string): Promise<void> {
  await write(['accounts', 'hosts'], async (transaction) => {
    await transaction.objectStore('accounts').delete(id);
    await dropHosts(transaction, id);
  });
  tellChange('accounts');
  tellChange('hosts');
}
