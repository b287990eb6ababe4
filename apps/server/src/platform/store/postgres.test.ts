import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../../../../../tests/support/postgres.ts';
import { engines } from '../../../../../tests/support/stores.ts';
import { openPostgres } from './postgres.ts';
import { statement } from './store.ts';

const createItem = statement('CREATE TABLE item (name TEXT PRIMARY KEY, amount BIGINT NOT NULL)');
const fill = statement("INSERT INTO item (name, amount) VALUES ('a', 0), ('b', 0), ('c', 0)");
const increase = statement('UPDATE item SET amount = amount + 1 WHERE name = :name');
const amounts = statement<{ amount: number }>('SELECT amount FROM item ORDER BY name');
const ownPid = statement<{ pid: number }>('SELECT pg_backend_pid() AS pid');
const disconnect = statement('SELECT pg_terminate_backend(:pid)');
const wait = statement('SELECT pg_sleep(:seconds)');
const explode = statement("SELECT CAST('no number' AS BIGINT) AS x FROM item");

test('transactions that deadlock run again until each has its turn', async () => {
  await using place = await engines.postgres();
  const { store } = place;
  await createItem.run(store);
  await fill.run(store);
  let runs = 0;
  const inOrder = (first: string, second: string) =>
    store.transaction(async (transaction) => {
      runs++;
      transaction.afterCommit(() => effects++);
      await increase.run(transaction, { name: first });
      await sleep(100);
      await increase.run(transaction, { name: second });
    });
  let effects = 0;
  await Promise.all([inOrder('a', 'b'), inOrder('b', 'a')]);
  assert.ok(runs > 2, 'they did deadlock');
  assert.equal(effects, 2);
  assert.deepEqual(await amounts.all(store), [{ amount: 2 }, { amount: 2 }, { amount: 0 }]);
});

test('a connection lost while a statement runs rejects the transaction, and the store goes on', async () => {
  await using place = await engines.postgres();
  const { store } = place;
  const other = await place.again();
  await createItem.run(store);
  await fill.run(store);
  const losing = store.transaction(async (transaction) => {
    await increase.run(transaction, { name: 'a' });
    const { pid } = (await ownPid.get(transaction))!;
    setTimeout(() => void disconnect.run(other, { pid }), 50);
    await wait.run(transaction, { seconds: 5 });
  });
  await assert.rejects(losing, /the connection to PostgreSQL was lost/);
  assert.deepEqual(await amounts.all(store), [{ amount: 0 }, { amount: 0 }, { amount: 0 }]);
  await Promise.all(
    Array.from({ length: 40 }, () => store.transaction((it) => increase.run(it, { name: 'b' }))),
  );
});

test('a connection lost between two statements rejects the transaction, and the store goes on', async () => {
  await using place = await engines.postgres();
  const { store } = place;
  const other = await place.again();
  await createItem.run(store);
  await fill.run(store);
  let refused: unknown;
  const losing = store.transaction(async (transaction) => {
    await increase.run(transaction, { name: 'a' });
    await disconnect.run(other, await ownPid.get(transaction));
    await sleep(100);
    await increase.run(transaction, { name: 'a' }).catch((error) => (refused = error));
    throw new Error('in the words of the work');
  });
  await assert.rejects(losing, /in the words of the work/);
  assert.match(String(refused), /the connection to PostgreSQL was lost/);
  await Promise.all(
    Array.from({ length: 40 }, () => store.transaction((it) => increase.run(it, { name: 'b' }))),
  );
  assert.deepEqual(await amounts.all(store), [{ amount: 0 }, { amount: 40 }, { amount: 0 }]);
});

test('connections that were lost while nobody used them are not used again', async () => {
  await using place = await engines.postgres();
  const { store } = place;
  const other = await place.again();
  const connections = () =>
    Promise.all(
      Array.from({ length: 10 }, () => store.transaction((transaction) => ownPid.get(transaction))),
    );
  const lost = await connections();
  assert.equal(new Set(lost.map((it) => it!.pid)).size, 10);
  for (const it of lost) await disconnect.run(other, { pid: it!.pid });
  await sleep(100);
  const found = await connections();
  assert.ok(!found.some((it) => lost.some((old) => old!.pid === it!.pid)));
});

test('statements under way together fail with the error of the first', async () => {
  await using place = await engines.postgres();
  const { store } = place;
  await createItem.run(store);
  await fill.run(store);
  const failing = store.transaction((transaction) =>
    Promise.all([explode.run(transaction), increase.run(transaction, { name: 'a' })]),
  );
  await assert.rejects(failing, /invalid input syntax/);
  const forgetful = store.transaction(async (transaction) => {
    explode.run(transaction).catch(() => {});
  });
  await assert.rejects(forgetful, /invalid input syntax/, 'also one that nobody waited for');
});

test('after the server was away the store works and listens again, and tells everyone once', async () => {
  await using server = await startPostgres();
  const url = await server.createDatabase();
  const [store, other] = [await openPostgres(url), await openPostgres(url)];
  let calls = 0;
  store.subscribe('topic', () => calls++);
  const heard = async (count: number) => {
    for (let waited = 0; calls < count && waited < 10_000; waited += 20) await sleep(20);
    assert.equal(calls, count);
  };
  const notify = () => other.transaction(async (transaction) => transaction.notify('topic'));

  await notify();
  await heard(1);
  await server.restart({ after: 1_000 });
  await heard(2); // A hint may have been missed.
  for (let tries = 0; ; tries++) {
    const failed = await other.ping().then(
      () => false,
      () => true,
    );
    if (!failed) break;
    assert.ok(tries < 20);
    await sleep(100);
  }
  await notify();
  await heard(3);
  await Promise.all([store.close(), other.close()]);
});

test('a server that cannot be reached is named, its password is not', async () => {
  await assert.rejects(openPostgres('postgres://someone:secret@127.0.0.1:1/base'), (error: Error) => {
    assert.match(error.message, /cannot open PostgreSQL at 127\.0\.0\.1:1\/base: .*ECONNREFUSED/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
  await assert.rejects(openPostgres('mysql://someone:secret@127.0.0.1:1/base'), (error: Error) => {
    assert.match(error.message, /begins with postgres:\/\//);
    return true;
  });
});
