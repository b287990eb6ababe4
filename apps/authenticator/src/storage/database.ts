import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb';
import type { Account } from '../accounts/database.ts';
import type { Code } from '../codes/store.ts';
import type { Vault } from '../codes/vault.ts';
import type { OfflineHost } from '../hosts/store.ts';

/** What the app keeps on this device, shared by its pages and its service worker. */
export interface Schema extends DBSchema {
  /** Accounts with push, by the authenticator's id. */
  accounts: { key: string; value: Account };
  /** One-time codes of any service, by an id of the app's own. */
  codes: { key: string; value: Code };
  /** One row, `vault`: the key that seals the codes' secrets. */
  vault: { key: string; value: Vault };
  /** Hosts and what makes their offline codes, by the account's id and the host's. */
  hosts: { key: string; value: OfflineHost };
  preferences: { key: string; value: unknown };
}

/** Why nothing could be read or written: the browser forbids storage, it is full, or it failed. */
export class StorageError extends Error {
  readonly kind: 'blocked' | 'full' | 'failed';
  constructor(kind: StorageError['kind'], cause: unknown) {
    super(kind, { cause });
    this.kind = kind;
  }
}

let opened: Promise<IDBPDatabase<Schema>> | undefined;

/** @throws StorageError `blocked` */
async function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('countersign-authenticator', 3, {
    upgrade(db, from) {
      if (from < 1) {
        db.createObjectStore('accounts', { keyPath: 'id' });
        db.createObjectStore('preferences');
      }
      if (from < 2) {
        db.createObjectStore('codes', { keyPath: 'id' });
        db.createObjectStore('vault');
      }
      if (from < 3) db.createObjectStore('hosts', { keyPath: 'id' });
    },
    // Another tab brings a newer version: make way, it opens again.
    blocking: (_current, _blocked, event) => {
      (event.target as IDBDatabase).close();
      opened = undefined;
    },
    terminated: () => {
      opened = undefined;
    },
  });
  try {
    return await opened;
  } catch (error) {
    opened = undefined;
    throw new StorageError('blocked', error);
  }
}

/** A new connection where the browser has closed the present one under it. */
async function onDatabase<T>(act: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  try {
    return await act(await database());
  } catch (error) {
    if ((error as DOMException).name !== 'InvalidStateError') throw failureOf(error);
    opened = undefined;
    return act(await database()).catch((again: unknown) => {
      throw failureOf(again);
    });
  }
}

function failureOf(error: unknown): unknown {
  // What an act inside a transaction throws by itself stays what it is.
  if (!(error instanceof DOMException)) return error;
  return new StorageError(error.name === 'QuotaExceededError' ? 'full' : 'failed', error);
}

/** @throws StorageError */
export const readAll = <S extends StoreNames<Schema>>(store: S): Promise<Schema[S]['value'][]> =>
  onDatabase((db) => db.getAll(store));
/** @throws StorageError */
export const readOne = <S extends StoreNames<Schema>>(
  store: S,
  key: string,
): Promise<Schema[S]['value'] | undefined> => onDatabase((db) => db.get(store, key));

export type Write = IDBPTransaction<Schema, StoreNames<Schema>[], 'readwrite'>;

/**
 * All of it or nothing, and on disk when it resolves, not merely accepted: what the person was told is kept must not be
 * lost. `act` may wait for nothing but the transaction itself. @throws StorageError, and what `act` throws.
 */
export const write = <T>(stores: StoreNames<Schema>[], act: (transaction: Write) => Promise<T>): Promise<T> =>
  onDatabase(async (db) => {
    const transaction = db.transaction(stores, 'readwrite', { durability: 'strict' });
    try {
      const result = await act(transaction);
      await transaction.done;
      return result;
    } catch (error) {
      // Aborting twice throws; the transaction's own end is no news then.
      transaction.done.catch(() => {});
      try {
        transaction.abort();
      } catch {
        // It has ended by itself.
      }
      throw transaction.error ?? error;
    }
  });
