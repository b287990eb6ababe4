import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sharedPostgres } from '../../../../../tests/support/stores.ts';
import { openStore } from './open.ts';
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
