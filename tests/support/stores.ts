/** Each engine, for tests that hold on all of them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgres } from '../../apps/server/src/platform/store/postgres.ts';
import { openSqlite } from '../../apps/server/src/platform/store/sqlite.ts';
import type { Store } from '../../apps/server/src/platform/store/store.ts';
import { startPostgres, type PostgresServer } from './postgres.ts';

/** An empty database of one test, with a store on it. */
export interface Place extends AsyncDisposable {
  readonly store: Store;
  /** Opens another store on the same database, as a second process would. */
  again(): Promise<Store>;
}

let server: Promise<PostgresServer> | undefined;

/** One server for the test process. It ends with the process. */
export function sharedPostgres(): Promise<PostgresServer> {
  return (server ??= startPostgres());
}

export const engines: Record<Store['engine'], () => Promise<Place>> = {
  async sqlite() {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-sqlite-'));
    return placeOf(
      async () => openSqlite(join(folder, 'test.db')),
      () => rm(folder, { recursive: true }),
    );
  },
  async postgres() {
    const url = await (await sharedPostgres()).createDatabase();
    return placeOf(
      () => openPostgres(url),
      async () => {},
    );
  },
};

async function placeOf(open: () => Promise<Store>, remove: () => Promise<void>): Promise<Place> {
  const stores = [await open()];
  return {
    store: stores[0]!,
    async again() {
      const store = await open();
      stores.push(store);
      return store;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(stores.map((store) => store.close()));
      await remove();
    },
  };
}
