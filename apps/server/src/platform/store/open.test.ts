import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPostgres } from '../../../../../tests/support/installed.ts';
import { sharedPostgres } from '../../../../../tests/support/stores.ts';
import { PlainError } from '../plain-error.ts';
import { openStore, type StorePlace } from './open.ts';
import { statement } from './store.ts';

test('without a URL the store is a file that nobody else can read', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'countersign-open-'));
  t.after(() => rm(parent, { recursive: true }));
  const dataFolder = join(parent, 'deep', 'data');
  const store = await openStore({ databaseUrl: '', dataFolder });
  await statement('CREATE TABLE item (name TEXT)').run(store);
  const modes = ['.', 'countersign.db', 'countersign.db-wal'].map((name) => stat(join(dataFolder, name)));
  assert.deepEqual(
    (await Promise.all(modes)).map(({ mode }) => (mode & 0o777).toString(8)),
    ['700', '600', '600'],
  );
  assert.equal(store.engine, 'sqlite');
  await store.close();
});

test('with a URL the store is on PostgreSQL, and the folder is left alone', async () => {
  const databaseUrl = await (await sharedPostgres()).createDatabase();
  const store = await openStore({ databaseUrl, dataFolder: '/nowhere/at/all' });
  assert.equal(store.engine, 'postgres');
  await store.ping();
  await store.close();
});

test('one that is to be alone is refused while another is open, on both engines', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'countersign-alone-'));
  const places: StorePlace[] = [{ dataFolder }];
  if (findPostgres())
    places.push({ dataFolder, databaseUrl: await (await sharedPostgres()).createDatabase() });
  for (const place of places) {
    const other = await openStore(place);
    await assert.rejects(openStore(place, { alone: true }), (error: Error) => {
      assert.ok(error instanceof PlainError);
      assert.match(error.message, /in use by another process/);
      assert.doesNotMatch(error.message, /countersign@/);
      return true;
    });
    await other.close();
    const alone = await openStore(place, { alone: true });
    await alone.transaction(async (transaction) => {
      await transaction.query({ text: 'CREATE TABLE x (a INTEGER)', names: [] } as never, {});
    });
    if (place.databaseUrl) {
      // Whoever comes meanwhile waits until it is over.
      let opened = false;
      const later = openStore(place).then((store) => {
        opened = true;
        return store;
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(opened, false);
      await alone.close();
      await (await later).close();
    } else {
      await alone.close();
    }
  }
  await rm(dataFolder, { recursive: true });
});
