import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from './migrate.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import type { Store } from './store.ts';

/**
 * Opens the store that the configuration asks for: PostgreSQL where there is a URL, else `countersign.db` in
 * `dataFolder`. A folder and a file that are not there are made, for nobody but the account of the process.
 * Does not migrate. Rejects where the server cannot be reached or the file cannot be opened.
 *
 * `alone`: nobody else has the store open, nor can open it until this store is closed. Rejects with a PlainError where
 * another process has it open.
 */
export async function openStore(place: StorePlace, { alone = false } = {}): Promise<Store> {
  // An empty environment variable means none.
  if (place.databaseUrl) return openPostgres(place.databaseUrl, { alone });
  mkdirSync(place.dataFolder, { recursive: true, mode: 0o700 });
  const file = sqliteFile(place);
  // SQLite gives the -wal and -shm files beside it the same mode.
  closeSync(openSync(file, 'a', 0o600));
  return openSqlite(file, { alone });
}

export interface StorePlace {
  databaseUrl?: string;
  dataFolder: string;
}

/** The file of the embedded store. */
export const sqliteFile = ({ dataFolder }: StorePlace): string => join(dataFolder, 'countersign.db');

/** The folder of the product's migrations. */
export const migrations = join(import.meta.dirname, '../../../migrations');

/** Opens the store and brings it to the version of the code. Rejects, with the store closed, where that fails. */
export async function openAndMigrate(place: StorePlace): Promise<Store> {
  const store = await openStore(place);
  try {
    await migrate(store, migrations);
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}
