import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqlite } from './sqlite.ts';
import { statement, type Queryable, type Store } from './store.ts';

const add = statement('INSERT INTO item (name) VALUES (:name)');
const count = statement<{ count: number }>('SELECT COUNT(*) AS count FROM item');
const numberOfItems = async (on: Queryable) => (await count.get(on))!.count;

async function openIn(t: TestContext): Promise<{ store: Store; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-sqlite-'));
  const file = join(folder, 'test.db');
  const store = openSqlite(file);
  t.after(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  await statement('CREATE TABLE item (name TEXT PRIMARY KEY)').run(store, {});
  return { store, file };
}

test('a COMMIT that fails rejects every caller of its group, and the store goes on', async (t) => {
  const { store } = await openIn(t);
  await statement(`CREATE TABLE part (item TEXT REFERENCES item (name) DEFERRABLE INITIALLY DEFERRED)`).run(
    store,
    {},
  );
  const addPart = statement('INSERT INTO part (item) VALUES (:item)');
  const outcomes = await Promise.allSettled([
    add.run(store, { name: 'one' }),
    addPart.run(store, { item: 'nothing' }),
    add.run(store, { name: 'two' }),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  assert.equal(await numberOfItems(store), 0);
  await add.run(store, { name: 'one' });
  assert.equal(await numberOfItems(store), 1);
});

test('callers of one moment share a COMMIT, in the order in which they came', async (t) => {
  const { store, file } = await openIn(t);
  const observer = new DatabaseSync(file, { readOnly: true });
  t.after(() => observer.close());
  const shares = async (): Promise<boolean> => {
    const seen: number[] = [];
    const before = await numberOfItems(store);
    await Promise.all(
      [1, 2, 3].map(() =>
        store.transaction(async (transaction) => {
          await add.run(transaction, { name: crypto.randomUUID() });
          const committed = observer.prepare('SELECT COUNT(*) AS n FROM item').get()!.n as number;
          seen.push((await numberOfItems(transaction)) - before, committed - before);
        }),
      ),
    );
    assert.deepEqual(
      seen.filter((_, index) => index % 2 === 0),
      [1, 2, 3],
    );
    return seen.every((number, index) => index % 2 === 0 || number === 0);
  };
  // A group stays open for some milliseconds only: on a machine that stumbles just then, the next one shares.
  for (let round = 0; round < 20; round++) if (await shares()) return;
  assert.fail('no three callers of 20 shared a COMMIT');
});

test('a transaction waits for another process that writes, and the event loop turns meanwhile', async (t) => {
  const { store, file } = await openIn(t);
  const other = new DatabaseSync(file);
  t.after(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  let turns = 0;
  const turning = setInterval(() => turns++, 5);
  const adding = add.run(store, { name: 'one' });
  await sleep(200);
  assert.equal(await numberOfItems(store), 0, 'reads do not wait');
  other.exec('COMMIT');
  await adding;
  clearInterval(turning);
  assert.ok(turns > 20, `${turns} turns`);
  assert.equal(await numberOfItems(store), 1);
});

test('the file is in WAL, and every COMMIT is on disk before it is acknowledged', async (t) => {
  const { store } = await openIn(t);
  const settings = await store.transaction(async (transaction) => {
    const read = (name: string) => transaction.query(statement(`PRAGMA ${name}`) as never, {});
    return [await read('journal_mode'), await read('synchronous'), await read('foreign_keys')];
  });
  assert.deepEqual(settings, [[{ journal_mode: 'wal' }], [{ synchronous: 2 }], [{ foreign_keys: 1 }]]);
});

test('a file that cannot be opened is named', () => {
  assert.throws(() => openSqlite('/nowhere/at/all.db'), /cannot open the database \/nowhere\/at\/all\.db: /);
});
