import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { engines } from '../../../../tests/support/stores.ts';
import { findPostgres } from '../../../../tests/support/installed.ts';
import { day, type Platform } from '../platform/platform.ts';
import { createSealing } from '../platform/sealing.ts';
import { migrate } from '../platform/store/migrate.ts';
import type { Store, Transaction } from '../platform/store/store.ts';
import { countEvents, countOf, uncountedSince } from './counts.ts';
import { createEvents, type EventType } from './events.ts';
import { readLogKey } from './log-key.ts';
import { removeOldEvents } from './retention.ts';
import { sealBatch } from './seal.ts';
import { listDailyCounts } from './store.ts';

test('what an event counts as: each end of a sign-in once, trials of a phone not at all', () => {
  const counts = (type: EventType, details: object = {}) =>
    countOf({ type, details: JSON.stringify(details) });
  for (const type of ['authentication.completed', 'backchannel.completed', 'host.login_allowed'] as const)
    assert.equal(counts(type), 'succeeded', type);
  for (const type of ['password.wrong', 'factor.wrong_code', 'authentication.refused'] as const)
    assert.equal(counts(type), 'failed', type);
  for (const purpose of ['portal_login', 'admin_login', 'sso', 'backchannel'])
    assert.equal(counts('push.denied', { purpose }), 'failed', purpose);
  // These are no sign-ins, or have an event of their own for how they ended.
  for (const purpose of ['step_up', 'password_reset', 'device_login', 'activation', 'test', 'verification'])
    assert.equal(counts('push.denied', { purpose }), undefined, purpose);
  assert.equal(counts('host.login_denied', { why: 'denied' }), 'failed');
  assert.equal(counts('host.login_denied', { why: 'reported' }), undefined);
  assert.equal(counts('push.reported', { purpose: 'device_login' }), 'reported');
  assert.equal(counts('push.approved', { purpose: 'step_up' }), 'factor_push');
  assert.equal(counts('push.approved', { purpose: 'test' }), undefined);
  assert.equal(counts('factor.used', { factor: 'recovery_code' }), 'factor_recovery_code');
  assert.equal(counts('factor.used', { factor: 'another' }), undefined);
  assert.equal(counts('push.sent', { purpose: 'portal_login' }), undefined);
});

for (const engine of ['sqlite', 'postgres'] as Store['engine'][]) {
  const skip = engine === 'postgres' && findPostgres() === undefined && 'PostgreSQL is not installed';
  test(
    `each event counts once on its day, whatever is interrupted, runs twice, or is removed, on ${engine}`,
    { skip },
    async () => {
      await using place = await engines[engine]();
      const { store } = place;
      await migrate(store, join(import.meta.dirname, '../../migrations'));
      let time = Date.UTC(2026, 0, 1, 23, 59, 59, 999);
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
      const record = (type: EventType, count: number) =>
        store.transaction(async (transaction) => {
          for (let i = 0; i < count; i += 1) await events.record(transaction, { type });
        });
      const seal = async () => {
        while (await store.transaction((transaction) => sealBatch(transaction, key, time)));
      };
      const counts = async () => {
        const rows = await listDailyCounts.all(store, { from: '2026-01-01', to: '2026-12-31' });
        return Object.fromEntries(rows.map((row) => [`${row.day} ${row.name}`, row.count]));
      };

      await countEvents(platform);
      assert.deepEqual(await counts(), {}, 'of nothing there is nothing');
      // More than go into one step, as after an update; the last of them after midnight.
      await record('authentication.completed', 2_300);
      time += 1;
      await record('authentication.completed', 7);
      await record('password.wrong', 3);
      await record('push.sent', 5);
      await countEvents(platform);
      assert.deepEqual(await counts(), {}, 'what has no seal yet is counted with it');
      await seal();
      assert.ok((await uncountedSince(store)) !== undefined);

      // The process dies before the commit: nothing of the step is there.
      let steps = 0;
      const dying: Store = {
        ...store,
        query: (...all) => store.query(...all),
        transaction: (work) =>
          store.transaction(async (transaction: Transaction) => {
            const done = await work(transaction);
            if ((steps += 1) === 2) throw new Error('killed');
            return done;
          }),
      };
      await assert.rejects(countEvents({ store: dying }), /killed/);
      const half = (await counts())['2026-01-01 succeeded']!;
      assert.ok(half > 0 && half < 2_300, String(half));

      // Two processes at once go on where it ended.
      await Promise.all([countEvents(platform), countEvents(platform), countEvents(platform)]);
      const all = {
        '2026-01-01 succeeded': 2_300,
        '2026-01-02 succeeded': 7,
        '2026-01-02 failed': 3,
      };
      assert.deepEqual(await counts(), all);
      assert.equal(await uncountedSince(store), undefined);
      await countEvents(platform);
      assert.deepEqual(await counts(), all);

      // Retention takes the events, and writes a seal without any; the counts stay.
      time += 40 * day;
      await removeOldEvents(platform, key, 30 * day);
      await record('activity.reported', 1);
      await seal();
      await countEvents(platform);
      assert.deepEqual(await counts(), { ...all, '2026-02-11 reported': 1 });
    },
  );
}
