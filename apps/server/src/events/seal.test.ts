import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { encodeBase64url, sha256, signJws } from '@countersign/protocol';
import { engines } from '../../../../tests/support/stores.ts';
import { findPostgres } from '../../../../tests/support/installed.ts';
import { day, second, type Platform } from '../platform/platform.ts';
import { createSealing } from '../platform/sealing.ts';
import { migrate } from '../platform/store/migrate.ts';
import { allStatements, type Statement, type Store } from '../platform/store/store.ts';
import { createEvents } from './events.ts';
import { readLogKey, type LogKey } from './log-key.ts';
import { removeOldEvents } from './retention.ts';
import { checkChain, hashSeal, sealBatch } from './seal.ts';
import { startSealer } from './sealer.ts';

/** Rule 12: the event log is a chain. Each test tampers with it as somebody would who can write to the database. */

interface Log {
  platform: Platform;
  key: LogKey;
  at: (time: number) => void;
  record: (count: number) => Promise<void>;
  seal: () => Promise<void>;
  problems: (known?: { number: number; hash: string }) => Promise<string[]>;
  /** Whatever SQL. */
  tamper: (text: string) => Promise<void>;
}

async function makeLog(store: Store): Promise<Log> {
  await migrate(store, join(import.meta.dirname, '../../migrations'));
  let time = Date.UTC(2026, 0, 1);
  const platform: Platform = {
    store,
    now: () => time,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    issuer: 'http://localhost',
    sealing: createSealing(() => ['a secret of the tests, and long enough']),
    log: pino({ level: 'silent' }),
  };
  const key = await readLogKey(platform);
  const events = createEvents(platform);
  return {
    platform,
    key,
    at: (to) => (time = to),
    record: (count) =>
      store.transaction(async (transaction) => {
        for (let i = 0; i < count; i += 1) {
          time += 1;
          const user = { id: `u${i}`, login: 'anna' };
          await events.record(transaction, {
            type: 'password.wrong',
            user,
            // Some are part of an authentication.
            details: { n: i, text: 'ü "…" \n', ...(count === 2 && i === 0 && { authentication: 'a0' }) },
          });
        }
      }),
    seal: async () => {
      while (await store.transaction((transaction) => sealBatch(transaction, key, time)));
    },
    problems: async (known) => (await checkChain(store, key.publicJwk, known)).problems,
    tamper: async (text) =>
      void (await store.query({ text, names: [] as readonly string[] } as Statement, {})),
  };
}

for (const engine of ['sqlite', 'postgres'] as const) {
  const skip = engine === 'postgres' && findPostgres() === undefined && 'PostgreSQL is not installed';
  const logTest = (name: string, work: (log: Log, again: () => Promise<Store>) => Promise<void>): void =>
    void test(`${name} (${engine})`, { skip }, async () => {
      await using place = await engines[engine]();
      await work(await makeLog(place.store), () => place.again());
    });

  logTest('what was sealed in several batches checks, and what is new waits for its seal', async (log) => {
    for (const count of [3, 1200, 1]) {
      await log.record(count);
      await log.seal();
    }
    await log.record(2);
    const report = await checkChain(log.platform.store, log.key.publicJwk);
    assert.deepEqual(report.problems, []);
    assert.deepEqual([report.seals, report.events, report.unsealed], [5, 1204, 2]);
  });

  for (const [what, text, finding] of [
    [
      'a changed detail',
      `UPDATE events SET details = '{}' WHERE id = (SELECT MIN(id) FROM events)`,
      /was changed/,
    ],
    [
      'a changed time',
      `UPDATE events SET at = at + 1 WHERE id = (SELECT MIN(id) FROM events)`,
      /was changed/,
    ],
    [
      'a changed person',
      `UPDATE events SET user_login = NULL WHERE id = (SELECT MIN(id) FROM events)`,
      /was changed/,
    ],
    [
      'a removed row',
      `DELETE FROM events WHERE id = (SELECT MIN(id) FROM events)`,
      /covers \d+ events; \d+ are there/,
    ],
    [
      'a row that was put in',
      `INSERT INTO events (id, at, type, details, seal) VALUES ('x', 1, 'password.wrong', '{}', 2)`,
      /covers 2 events; 3 are there/,
    ],
    ['a row moved to another seal', `UPDATE events SET seal = 3 WHERE seal = 2`, /covers/],
    [
      'a row under no seal that exists',
      `UPDATE events SET seal = 99 WHERE seal = 2`,
      /name a seal that is not there/,
    ],
    [
      'a removed seal with its rows',
      `DELETE FROM event_seals WHERE number = 2`,
      /seals between 1 and 3 are gone/,
    ],
    ['the beginning removed', `DELETE FROM event_seals WHERE number = 1`, /no checkpoint says so/],
    ['the end removed', `DELETE FROM event_seals WHERE number = 3`, /the last seal is 2, but 3 was written/],
    [
      'a seal copied over another',
      `UPDATE event_seals SET jws = (SELECT jws FROM event_seals WHERE number = 2) WHERE number = 3`,
      /seal 3 says that it is seal 2/,
    ],
    [
      'a seal with a changed signature',
      `UPDATE event_seals SET jws = SUBSTR(jws, 1, LENGTH(jws) - 4) || 'AAAA' WHERE number = 2`,
      /seal 2 is not signed by this server's key/,
    ],
  ] as const) {
    logTest(`found: ${what}`, async (log) => {
      for (let batch = 0; batch < 3; batch += 1) {
        await log.record(2);
        await log.seal();
      }
      assert.deepEqual(await log.problems(), []);
      await log.tamper(text);
      const problems = await log.problems();
      assert.ok(
        problems.some((problem) => finding.test(problem)),
        problems.join('; '),
      );
    });
  }

  for (const [what, text, expected] of [
    ['changed', `UPDATE events SET client = 'x' WHERE id IN (:2, :5)`, [2, 'changed']],
    ['given to another person', `UPDATE events SET user_id = 'u9' WHERE id = :3`, [3, 'changed']],
    ['moved in time', `UPDATE events SET at = 5 WHERE id = :4`, [4, 'changed']],
    [
      'reordered',
      `UPDATE events SET at = CASE id WHEN :1 THEN at + 1 ELSE at - 1 END WHERE id IN (:1, :2)`,
      [1, 'changed'],
    ],
    [
      'taken out of its authentication',
      `UPDATE events SET authentication_id = NULL WHERE id = :2`,
      [2, 'changed'],
    ],
    ['put into an authentication', `UPDATE events SET authentication_id = 'a' WHERE id = :3`, [3, 'changed']],
    ['removed', `DELETE FROM events WHERE id IN (:3, :4)`, [3, 'removed']],
    ['moved under another seal', `UPDATE events SET seal = 3 WHERE id = :3`, [3, 'removed']],
    [
      'put in',
      `INSERT INTO events (id, at, type, details, seal) VALUES ('x', 1, 'password.wrong', '{}', 3)`,
      ['x', 'put in'],
    ],
    [
      'removed, and another put in its place',
      `UPDATE events SET id = 'x', at = at - 1 WHERE id = :4`,
      ['x', 'put in'],
    ],
    [
      'put in under a seal that is not there',
      `INSERT INTO events (id, at, type, details, seal) VALUES ('x', 1, 'password.wrong', '{}', 99)`,
      ['x', 'put in'],
    ],
  ] as const) {
    logTest(`named, the first of the broken: an event that was ${what}`, async (log) => {
      for (let batch = 0; batch < 3; batch += 1) {
        await log.record(2);
        await log.seal();
      }
      const rows = (await log.platform.store.query(
        { text: 'SELECT id, at FROM events ORDER BY at', names: [] as readonly string[] } as Statement,
        {},
      )) as { id: string; at: number }[];
      await log.tamper(text.replace(/:(\d)/g, (_, number) => `'${rows[Number(number)]!.id}'`));
      const { firstBroken, problems } = await checkChain(log.platform.store, log.key.publicJwk);
      const [which, how] = expected;
      assert.equal(firstBroken?.what, how);
      assert.equal(firstBroken?.id, which === 'x' ? 'x' : rows[which]!.id);
      if (which !== 'x') assert.equal(firstBroken?.at, rows[which]!.at);
      const time = new Date(firstBroken.at).toISOString();
      assert.equal(problems[0], `the first broken event is ${firstBroken.id} of ${time}: it was ${how}`);
    });
  }

  logTest('a log that was sealed before there were lists and columns still checks', async (log) => {
    await log.record(2);
    await log.tamper(`UPDATE events SET authentication_id = NULL`);
    // As version 0.1 wrote it: a seal over the ten columns of that time, without a list.
    const rows = (await log.platform.store.query(
      {
        text: `SELECT id, at, type, actor_id, actor_login, user_id, user_login, ip, client, details FROM events ORDER BY at`,
        names: [] as readonly string[],
      } as Statement,
      {},
    )) as Record<string, string>[];
    const hashes = await Promise.all(rows.map((row) => sha256(JSON.stringify(Object.values(row)))));
    const claims = {
      number: 1,
      previous: '',
      sealed_at: log.platform.now(),
      events: 2,
      rows: encodeBase64url(await sha256(new Uint8Array(Buffer.concat(hashes)))),
    };
    const jws = await signJws({ typ: 'countersign-event-seal+jws' }, claims, log.key.privateKey);
    await log.tamper(`INSERT INTO event_seals VALUES (1, 1, 0, '${jws}')`);
    await log.tamper(`UPDATE events SET seal = 1`);
    await log.tamper(`INSERT INTO event_chain VALUES (1, 1, '${await hashSeal(jws)}')`);
    await log.record(2);
    await log.seal();
    assert.deepEqual(await log.problems(), []);
    await log.tamper(`UPDATE events SET authentication_id = 'a' WHERE seal = 1`);
    assert.match((await log.problems()).join(), /an event under seal 1 of .* was changed/);
  });

  logTest(
    'an end that was cut off whole is found only against a seal that was noted elsewhere',
    async (log) => {
      await log.record(2);
      await log.seal();
      const { end: earlier } = await checkChain(log.platform.store, log.key.publicJwk);
      await log.record(2);
      await log.seal();
      const { end: noted } = await checkChain(log.platform.store, log.key.publicJwk);
      assert.deepEqual(await log.problems(noted), []);
      await log.tamper('DELETE FROM events WHERE seal = 2');
      await log.tamper('DELETE FROM event_seals WHERE number = 2');
      await log.tamper(`UPDATE event_chain SET number = 1, hash = '${earlier.hash}'`);
      assert.deepEqual(await log.problems(), []);
      assert.match((await log.problems(noted)).join(), /seal 2, which was noted, is not there/);
      // Another seal in its place is no better.
      await log.record(1);
      await log.seal();
      assert.match((await log.problems(noted)).join(), /seal 2 is not the one that was noted/);
    },
  );

  logTest('retention leaves a checkpoint, again and again; cutting off without one is found', async (log) => {
    const start = log.platform.now();
    for (let round = 0; round < 130; round += 1) {
      log.at(start + round * day);
      await log.record(1);
      await log.seal();
    }
    await removeOldEvents(log.platform, log.key, 30 * day);
    const once = await checkChain(log.platform.store, log.key.publicJwk);
    assert.deepEqual(once.problems, []);
    assert.equal(once.removed, 99);
    assert.equal(once.events, 31);
    log.at(start + 145 * day);
    await removeOldEvents(log.platform, log.key, 30 * day);
    const twice = await checkChain(log.platform.store, log.key.publicJwk);
    assert.deepEqual(twice.problems, []);
    assert.deepEqual([twice.removed, twice.events], [115, 15]);
    // Within a day nothing more is done.
    await removeOldEvents(log.platform, log.key, 30 * day);
    assert.equal((await checkChain(log.platform.store, log.key.publicJwk)).seals, twice.seals);
    const [{ first }] = (await log.platform.store.query(
      { text: 'SELECT MIN(number) AS first FROM event_seals', names: [] as readonly string[] } as Statement,
      {},
    )) as [{ first: number }];
    await log.tamper(`DELETE FROM events WHERE seal = ${first}`);
    await log.tamper(`DELETE FROM event_seals WHERE number = ${first}`);
    assert.match((await log.problems()).join(), /no checkpoint says so/);
  });

  logTest('two processes seal at once: one chain, each row once', async (log, again) => {
    const other = await again();
    await log.record(900);
    const sealVia = async (store: Store) => {
      for (let more = true; more;) {
        more = await store
          .transaction((transaction) => sealBatch(transaction, log.key, log.platform.now()))
          .then(Boolean);
      }
    };
    await Promise.all([
      sealVia(log.platform.store),
      sealVia(other),
      sealVia(log.platform.store),
      sealVia(other),
    ]);
    const report = await checkChain(log.platform.store, log.key.publicJwk);
    assert.deepEqual(report.problems, []);
    assert.deepEqual([report.events, report.unsealed], [900, 0]);
  });

  logTest('the sealer seals within a second, and what is left when it stops', async (log) => {
    const stop = startSealer(log.platform, log.key);
    await log.record(5);
    await sleep(second);
    const before = (await checkChain(log.platform.store, log.key.publicJwk)).unsealed;
    await log.record(5);
    await stop();
    assert.equal(before, 0);
    const report = await checkChain(log.platform.store, log.key.publicJwk);
    assert.deepEqual([report.events, report.unsealed, report.problems.length], [10, 0, 0]);
  });
}

test('nothing but the sealer and retention changes or removes what the log holds', () => {
  const writing = allStatements()
    .map(({ text }) => text.replace(/\s+/g, ' ').trim())
    .filter((text) => /\b(UPDATE|DELETE FROM|INSERT INTO) (events|event_seals)\b/.test(text))
    .map((text) => text.split(' ').slice(0, 5).join(' '));
  assert.deepEqual(writing.toSorted(), [
    'DELETE FROM event_seals WHERE number',
    'DELETE FROM events WHERE seal',
    'INSERT INTO event_seals (number, sealed_at,',
    'INSERT INTO events (id, at,',
    'UPDATE events SET seal =',
  ]);
});
