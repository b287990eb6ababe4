import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPostgres } from '../../../../tests/support/installed.ts';
import { engines } from '../../../../tests/support/stores.ts';
import { migrate } from '../platform/store/migrate.ts';
import type { Statement, Store } from '../platform/store/store.ts';
import { listMatching, type EventFilter, type Place } from './search.ts';
import { insertEvent, listEvents, listEventsBy, type EventRow } from './store.ts';

/** Finding events in a log of any length: along an index, in bounded steps, without losing or repeating one. */

const newest: Place = { at: Number.MAX_SAFE_INTEGER, id: '~' };
const run = (store: Store, text: string) =>
  store.query({ text, names: [] as readonly string[] } as Statement, {});

async function add(store: Store, rows: (Partial<EventRow> & { id: string })[]): Promise<void> {
  await store.transaction(async (transaction) => {
    for (const row of rows) {
      await insertEvent.run(transaction, {
        at: 1,
        type: 'push.sent',
        actor_id: null,
        actor_login: null,
        user_id: null,
        user_login: null,
        ip: null,
        client: null,
        authentication_id: null,
        target_id: null,
        details: '{}',
        ...row,
      });
    }
  });
}

/** As somebody would who asks for page after page. */
async function readAll(store: Store, filter: EventFilter, limit: number) {
  const ids: string[] = [];
  let pages = 0;
  for (let place: Place | undefined = newest; place; pages += 1) {
    const { rows, next } = await listMatching(store, filter, place, limit);
    ids.push(...rows.map(({ id }) => id));
    place = next;
  }
  return { ids, pages };
}

/** How the engine would run the statement, as it says. */
async function planOf(store: Store, { text, names }: Statement<never>): Promise<string> {
  const values: Record<string, string> = { limit: '50', at: '5', from: '1', id: `'x'`, value: `'x'` };
  const written = names.reduce((so, name) => so.replaceAll(`:${name}`, values[name]!), text);
  if (store.engine === 'sqlite') {
    return (await run(store, `EXPLAIN QUERY PLAN ${written}`)).map(({ detail }) => detail).join('\n');
  }
  // A small table is rather read whole; the question is what the indexes allow.
  return store.transaction(async (transaction) => {
    const query = (sql: string) =>
      transaction.query({ text: sql, names: [] as readonly string[] } as Statement, {});
    await query('SET LOCAL enable_seqscan = off');
    await query('SET LOCAL enable_bitmapscan = off');
    return (await query(`EXPLAIN ${written}`)).map((row) => row['QUERY PLAN']).join('\n');
  });
}

for (const engine of ['sqlite', 'postgres'] as const) {
  const skip = engine === 'postgres' && findPostgres() === undefined && 'PostgreSQL is not installed';
  const storeTest = (name: string, work: (store: Store) => Promise<void>): void =>
    void test(`${name} (${engine})`, { skip }, async () => {
      await using place = await engines[engine]();
      await migrate(place.store, join(import.meta.dirname, '../../migrations'));
      await work(place.store);
    });

  storeTest('each list runs along its index from the place on, and sorts nothing', async (store) => {
    const lists = { time: listEvents, ...listEventsBy };
    for (const [name, list] of Object.entries(lists)) {
      const plan = await planOf(store, list as Statement<never>);
      const index = `events_by_${name.replace(/_id$/, '')}`;
      assert.match(plan, new RegExp(`${index}\\b`), plan);
      assert.doesNotMatch(plan, /TEMP B-TREE|Sort|SCAN|Seq Scan|Filter/, plan);
      const bounds = store.engine === 'sqlite' ? /\(at,id\)<\(\?,\?\)/ : /Index Cond: .*ROW\(at, id\) </;
      assert.match(plan, bounds, plan);
    }
  });

  storeTest('many of one millisecond, of several types: no page loses one or repeats one', async (store) => {
    const types = ['push.sent', 'push.denied', 'push.approved', 'user.created'];
    const rows = Array.from({ length: 1400 }, (_, index) => ({
      id: `e${index}`,
      at: 10 + Math.floor(index / 1200),
      type: types[index % 4]!,
    }));
    await add(store, rows);
    const pushes = rows.filter(({ type }) => type.startsWith('push.'));
    // More of one type and moment than are read at once.
    for (const limit of [1, 70, 200]) {
      const { ids } = await readAll(store, { type: 'push.*' }, limit);
      assert.equal(new Set(ids).size, ids.length);
      assert.deepEqual(ids.toSorted(), pushes.map(({ id }) => id).toSorted());
    }
    const { ids } = await readAll(store, { type: 'push.sent' }, 7);
    assert.deepEqual([ids.length, new Set(ids).size], [350, 350]);
  });

  storeTest('a search that finds little ends a page where it has looked far enough', async (store) => {
    await run(
      store,
      `INSERT INTO events (id, at, type, ip, details)
       WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 45000)
       SELECT 'e' || i, i, 'push.sent', CASE WHEN i = 100 THEN '192.0.2.9' ELSE '198.51.100.1' END, '{}' FROM n`,
    );
    const first = await listMatching(store, { q: '192.0' }, newest, 50);
    assert.deepEqual([first.rows.length, first.next?.at], [0, 39_251]);
    const { ids, pages } = await readAll(store, { q: '192.0' }, 50);
    assert.deepEqual([ids, pages], [['e100'], 8]);
    // In full it has an index; and time bounds end the search.
    const whole = await listMatching(store, { q: '192.0.2.9', peopleOfQ: [] }, newest, 50);
    assert.deepEqual([whole.rows.length, whole.next], [1, undefined]);
    const late = await listMatching(store, { q: '192.0', from: 44_000 }, newest, 50);
    assert.deepEqual([late.rows.length, late.next], [0, undefined]);
  });

  storeTest('every filter narrows, alone and together', async (store) => {
    await add(store, [
      { id: 'a', at: 1, type: 'push.sent', user_id: 'u1', user_login: 'Anna', authentication_id: 'x' },
      {
        id: 'b',
        at: 2,
        type: 'push.denied',
        user_id: 'u1',
        user_login: 'Anna',
        actor_id: 'u1',
        ip: '192.0.2.1',
      },
      {
        id: 'c',
        at: 3,
        type: 'user.changed',
        user_id: 'u2',
        user_login: 'bert',
        actor_id: 'u1',
        actor_login: 'Anna',
      },
      { id: 'd', at: 4, type: 'host.joined', target_id: 'h', ip: '192.0.2.1' },
      {
        id: 'e',
        at: 5,
        type: 'user.created',
        user_id: 'u2',
        user_login: 'bert',
        actor_id: 'operator',
        actor_login: 'operator',
      },
    ]);
    const found = async (filter: EventFilter) => (await readAll(store, filter, 2)).ids.join('');
    assert.equal(await found({}), 'edcba');
    assert.equal(await found({ type: 'push.denied' }), 'b');
    assert.equal(await found({ type: 'push.*' }), 'ba');
    assert.equal(await found({ type: 'push_reset.*' }), '');
    assert.equal(await found({ user: 'u1' }), 'ba');
    assert.equal(await found({ actor: 'u1' }), 'cb');
    assert.equal(await found({ ip: '192.0.2.1' }), 'db');
    assert.equal(await found({ target: 'h' }), 'd');
    assert.equal(await found({ authentication: 'x' }), 'a');
    assert.equal(await found({ from: 2, to: 4 }), 'cb');
    assert.equal(await found({ user: 'u1', type: 'push.sent' }), 'a');
    assert.equal(await found({ ip: '192.0.2.1', from: 3 }), 'd');
    assert.equal(await found({ actor: 'u1', user: 'u2', type: 'user.*' }), 'c');
    assert.equal(await found({ q: 'ann', peopleOfQ: ['u1'] }), 'cba');
    assert.equal(await found({ q: 'ann', peopleOfQ: undefined }), 'cba');
    assert.equal(await found({ q: 'op', peopleOfQ: ['operator'] }), 'e');
    assert.equal(await found({ q: 'user', peopleOfQ: [], user: 'u2', to: 5 }), 'c');
    assert.equal(await found({ q: '192', peopleOfQ: [] }), 'db');
  });
}
