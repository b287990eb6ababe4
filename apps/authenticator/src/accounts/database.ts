import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Device } from '@countersign/protocol/wire';

/** What the app keeps on this device, shared by its pages and its service worker. */

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
  /** Milliseconds since 1970. */
  enrolledAt: number;
  lastReachedAt: number;
  /** Whether the server can wake this phone, as it last said. */
  push: 'ok' | 'none' | 'unreachable';
  /** The server no longer knows the key. */
  revoked: boolean;
  /** The server's clock less this device's, in milliseconds. */
  clockOffset: number;
}

interface Schema extends DBSchema {
  accounts: { key: string; value: Account };
  preferences: { key: string; value: unknown };
}

let opened: Promise<IDBPDatabase<Schema>> | undefined;

const database = (): Promise<IDBPDatabase<Schema>> =>
  (opened ??= openDB<Schema>('countersign-authenticator', 1, {
    upgrade(db) {
      db.createObjectStore('accounts', { keyPath: 'id' });
      db.createObjectStore('preferences');
    },
    // Another tab brings a newer version: make way, it opens again.
    blocking: (_current, _blocked, event) => {
      (event.target as IDBDatabase).close();
      opened = undefined;
    },
  }));

export const listAccounts = async (): Promise<Account[]> => (await database()).getAll('accounts');

/** Resolves when the account is on disk, not when it is merely accepted: a key that was enrolled must not be lost. */
export async function keepAccount(account: Account): Promise<void> {
  const transaction = (await database()).transaction('accounts', 'readwrite', { durability: 'strict' });
  await Promise.all([transaction.store.put(account), transaction.done]);
}

/** Changes what is kept of one account; nothing where it was removed meanwhile. */
export async function changeAccount(id: string, change: Partial<Account>): Promise<void> {
  const transaction = (await database()).transaction('accounts', 'readwrite', { durability: 'strict' });
  const account = await transaction.store.get(id);
  if (account) await transaction.store.put({ ...account, ...change });
  await transaction.done;
}

export const removeAccount = async (id: string): Promise<void> => (await database()).delete('accounts', id);

export const readPreference = async <T>(name: string): Promise<T | undefined> =>
  (await (await database()).get('preferences', name)) as T | undefined;
export const keepPreference = async (name: string, value: unknown): Promise<void> =>
  void (await (await database()).put('preferences', value, name));
