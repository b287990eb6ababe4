import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { engines, type Place } from '../../../../../tests/support/stores.ts';
import { UniqueViolation } from './errors.ts';
import { openSqlite } from './sqlite.ts';
import { statement, type Queryable, type Store } from './store.ts';

const createItem = statement('CREATE TABLE item (name TEXT PRIMARY KEY, amount BIGINT NOT NULL, label TEXT)');
const add = statement('INSERT INTO item (name, amount, label) VALUES (:name, :amount, :label)');
const take = statement<{ name: string }>(
  'UPDATE item SET amount = amount - 1 WHERE name = :name AND amount > 0 RETURNING name',
);
const read = statement<{ name: string; amount: number; label: string | null }>(
  'SELECT name, amount, label FROM item ORDER BY name',
);
const total = statement<{ sum: number; count: number; any: number }>(
  'SELECT SUM(amount) AS sum, COUNT(*) AS count, COUNT(*) > 0 AS any FROM item',
);
const addLabelled = statement<{ name: string }>(
  `WITH given AS (SELECT CAST(:name AS TEXT) AS name)
   INSERT INTO item (name, amount) SELECT name, 1 FROM given RETURNING name`,
);

const put = (on: Queryable, name: string, amount = 0, label: string | null = null) =>
  add.run(on, { name, amount, label });
const names = async (on: Queryable) => (await read.all(on)).map(({ name }) => name);
const heard = async (calls: unknown[], count: number) => {
  for (let waited = 0; calls.length < count && waited < 3_000; waited += 5) await sleep(5);
};

const cases: Record<string, (store: Store, again: Place['again']) => Promise<void>> = {
  async 'a transaction that resolves is there for others, one that rejects is not'(store, again) {
    assert.equal(
      await store.transaction(async (transaction) => {
        await put(transaction, 'kept');
        return 'result';
      }),
      'result',
    );
    const refusal = new Error('changed my mind');
    const rejecting = store.transaction(async (transaction) => {
      await put(transaction, 'dropped');
      throw refusal;
    });
    await assert.rejects(rejecting, refusal);
    assert.deepEqual(await names(store), ['kept']);
    assert.deepEqual(await names(await again()), ['kept']);
  },

  async 'nobody else sees a transaction before it commits'(store, again) {
    const other = await again();
    await store.transaction(async (transaction) => {
      await put(transaction, 'early');
      assert.deepEqual(await names(transaction), ['early']);
      assert.deepEqual(await names(other), []);
    });
    const [, seen] = await Promise.all([
      store
        .transaction(async (transaction) => {
          await put(transaction, 'late');
          await sleep(50);
          throw new Error('after all not');
        })
        .catch(() => {}),
      sleep(25).then(() => names(store)),
    ]);
    assert.deepEqual(seen, ['early']);
  },

  async 'a caller that rejects does no harm to those beside it'(store) {
    const settled = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) =>
        store.transaction(async (transaction) => {
          await put(transaction, `item ${i}`, i);
          if (i % 3 === 0) throw new Error(`no ${i}`);
          if (i % 3 === 1) await put(transaction, `item ${i}`);
          return i;
        }),
      ),
    );
    for (const [i, outcome] of settled.entries()) {
      if (i % 3 === 2) assert.deepEqual(outcome, { status: 'fulfilled', value: i });
      else if (i % 3 === 0)
        assert.match(String((outcome as PromiseRejectedResult).reason), new RegExp(`no ${i}$`));
      else assert.ok((outcome as PromiseRejectedResult).reason instanceof UniqueViolation);
    }
    const kept = await read.all(store);
    assert.deepEqual(
      kept.map(({ amount }) => amount).sort((a, b) => a - b),
      range(200).filter((i) => i % 3 === 2),
    );
  },

  async 'a unique index refuses with one error on both engines'(store) {
    await put(store, 'one');
    await assert.rejects(
      put(store, 'one'),
      (error) => error instanceof UniqueViolation && Boolean(error.cause),
    );
    await assert.rejects(
      store.transaction((transaction) => put(transaction, 'one')),
      UniqueViolation,
    );
    await assert.rejects(add.run(store, { name: 'two', amount: null, label: null }), (error) => {
      return error instanceof Error && !(error instanceof UniqueViolation);
    });
  },

  async 'a statement that failed fails its transaction, also where the work goes on'(store) {
    await put(store, 'one');
    const careless = store.transaction(async (transaction) => {
      await put(transaction, 'one').catch(() => {});
      await put(transaction, 'two').catch(() => {});
    });
    await assert.rejects(careless, UniqueViolation);
    assert.deepEqual(await names(store), ['one']);
  },

  async 'subscribers and effects hear of it after the commit, and only then'(store, again) {
    const other = await again();
    const calls: string[] = [];
    const there: string[] = [];
    store.subscribe('here', () => calls.push('here'));
    const unsubscribe = other.subscribe('here', () => there.push('there'));
    other.subscribe('elsewhere', () => there.push('elsewhere'));

    await assert.rejects(
      store.transaction(async (transaction) => {
        transaction.notify('here');
        transaction.afterCommit(() => calls.push('effect'));
        await put(transaction, 'one');
        throw new Error('no');
      }),
    );
    await sleep(50);
    assert.equal(calls.length + there.length, 0);

    await store.transaction(async (transaction) => {
      transaction.notify('here');
      transaction.notify('here');
      transaction.afterCommit(() => calls.push('effect'));
      await put(transaction, 'one');
      await sleep(20);
      assert.equal(calls.length + there.length, 0);
    });
    assert.deepEqual(calls, ['here', 'effect']);
    // SQLite stores of two processes poll.
    if (store.engine === 'postgres') await heard(there, 1);
    await sleep(50);
    assert.deepEqual(calls, ['here', 'effect'], 'once');
    assert.deepEqual(there, store.engine === 'postgres' ? ['there'] : []);
    unsubscribe();
    unsubscribe();
    await store.transaction(async (transaction) => transaction.notify('here'));
    await sleep(50);
    assert.equal(there.length, store.engine === 'postgres' ? 1 : 0);
  },

  async 'a listener that throws keeps neither the caller nor the next listener from going on'(store) {
    const calls: string[] = [];
    const warned = new Promise((resolve) => process.once('warning', resolve));
    store.subscribe('topic', () => {
      throw new Error('the listener is broken');
    });
    store.subscribe('topic', () => calls.push('next'));
    await store.transaction(async (transaction) => transaction.notify('topic'));
    assert.deepEqual(calls, ['next']);
    assert.match(String(await warned), /the listener is broken/);
  },

  async 'of fifty that want the last one, one gets it'(store, again) {
    const other = await again();
    await put(store, 'ticket', 1);
    const got = await Promise.all(
      range(50).map((i) =>
        (i % 2 ? store : other).transaction(
          async (transaction) => (await take.all(transaction, { name: 'ticket' })).length,
        ),
      ),
    );
    assert.equal(
      got.reduce((sum, it) => sum + it),
      1,
    );
    assert.equal((await read.get(store))?.amount, 0);
  },

  async 'integers, sums and comparisons come back as numbers'(store) {
    const time = 1_790_000_000_000;
    await put(store, 'now', time);
    await put(store, 'most', Number.MAX_SAFE_INTEGER - time);
    assert.deepEqual(await read.all(store), [
      { name: 'most', amount: Number.MAX_SAFE_INTEGER - time, label: null },
      { name: 'now', amount: time, label: null },
    ]);
    assert.deepEqual(await total.get(store), { sum: Number.MAX_SAFE_INTEGER, count: 2, any: 1 });
    await put(store, 'more', 2);
    await assert.rejects(total.get(store), RangeError);
    await store.ping();
  },

  async 'a number in a TEXT and digits in a BIGINT are stored as the column has it'(store) {
    await add.run(store, { name: 5, amount: '1700000000000', label: -3 });
    assert.deepEqual(await read.all(store), [{ name: '5', amount: 1_700_000_000_000, label: '-3' }]);
    const text = statement<{ text: string }>('SELECT CAST(:n AS TEXT) AS text, CAST(:n AS TEXT) AS again');
    assert.deepEqual(await text.get(store, { n: 7 }), { text: '7', again: '7' });
  },

  async 'a statement that begins with WITH may write'(store) {
    assert.deepEqual(await addLabelled.all(store, { name: 'labelled' }), [{ name: 'labelled' }]);
    assert.deepEqual(await names(store), ['labelled']);
  },

  async 'a parameter that is missing, unknown or of no stored type is refused'(store) {
    const full = { name: 'x', amount: 1, label: null };
    await assert.rejects(add.run(store, { name: 'x', amount: 1 }), /TypeError: parameter :label is missing/);
    await assert.rejects(
      add.run(store, { ...full, labl: null, b: 2 }),
      /the text has no parameter :labl, :b/,
    );
    await assert.rejects(add.run(store, { ...full, amount: NaN }), /parameter :amount is NaN/);
    await assert.rejects(add.run(store, { ...full, name: 'a\0b' }), /parameter :name holds U\+0000/);
    const wrong = { ...full, name: undefined as unknown as string };
    await assert.rejects(add.run(store, wrong), /parameter :name is of type undefined/);
    await assert.rejects(read.all(store, { name: 'x' }), /the text has no parameter :name/);
    assert.deepEqual(await names(store), []);
  },

  async 'a transaction takes no statement after its end, and its store none inside'(store) {
    let kept: Queryable | undefined;
    await store.transaction(async (transaction) => {
      kept = transaction;
      await assert.rejects(put(store, 'beside'), /a transaction is open here/);
      await assert.rejects(names(store), /a transaction is open here/);
      await assert.rejects(
        store.transaction(async () => {}),
        /a transaction is open here/,
      );
      transaction.afterCommit(() => void put(store, 'afterwards'));
    });
    await assert.rejects(put(kept!, 'late'), /the transaction is over/);
    await sleep(50);
    assert.deepEqual(await names(store), ['afterwards']);
  },

  async 'preparing refuses what the engine does not know'(store) {
    await store.prepare(add);
    await store.prepare(total);
    await assert.rejects(store.prepare(statement('SELECT nothing FROM item')), /nothing/);
    assert.deepEqual(await names(store), []);
  },

  async 'closing waits for what is under way, and refuses the rest'(store, again) {
    const other = await again();
    const writing = store.transaction(async (transaction) => {
      await sleep(20);
      await put(transaction, 'one');
    });
    await sleep(5);
    await Promise.all([store.close(), writing]);
    assert.deepEqual(await names(other), ['one']);
    await assert.rejects(names(store), /the store is closed/);
    await assert.rejects(store.ping(), /the store is closed/);
  },
};

for (const [engine, open] of Object.entries(engines)) {
  describe(engine, () => {
    for (const [name, run] of Object.entries(cases)) {
      test(name, async () => {
        await using place = await open();
        await createItem.run(place.store);
        await run(place.store, () => place.again());
      });
    }
  });
}

describe('sqlite in memory', () => {
  for (const [name, run] of Object.entries(cases)) {
    if (run.length > 1) continue; // It takes a second store.
    test(name, async () => {
      const store = openSqlite(':memory:');
      await createItem.run(store);
      await run(store, () => assert.fail());
      await store.close();
    });
  }
});

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
