import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPostgres } from '../../../../tests/support/installed.ts';
import { engines } from '../../../../tests/support/stores.ts';
import type { Outbox } from '../mail/outbox.ts';
import { lettersIn } from '../mail/languages.ts';
import { day, minute, type Platform } from '../platform/platform.ts';
import { migrate } from '../platform/store/migrate.ts';
import { statement, type Store } from '../platform/store/store.ts';
import { patchSettings } from '../settings/settings.ts';
import { claimAsked, claimDue } from './store.ts';
import { sendReminders } from './reminders.ts';

const insertMany = statement(`
  INSERT INTO users (id, login, email, name, search, role, state, has_factor, language, created_at)
  WITH RECURSIVE counting (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < 450)
  SELECT 'p' || n, 'p' || n, 'p' || n, 'p' || n, ' p', 'user',
    CASE WHEN n % 9 = 1 THEN 'invited' WHEN n % 9 = 2 THEN 'suspended' ELSE 'active' END,
    CASE WHEN n % 9 = 3 THEN 1 ELSE 0 END, CASE WHEN n % 2 = 0 THEN 'de' ELSE NULL END, n % 7 FROM counting`);
/** Of nine, one is invited, one suspended, and one has a factor. */
const without = 300;

for (const engine of ['sqlite', 'postgres'] as Store['engine'][]) {
  const skip = engine === 'postgres' && findPostgres() === undefined && 'PostgreSQL is not installed';

  test(
    `a claim is had once, not within a day of another, and not by whoever has a factor, on ${engine}`,
    { skip },
    async () => {
      await using place = await engines[engine]();
      const { store } = place;
      await migrate(store, join(import.meta.dirname, '../../migrations'));
      await insertMany.run(store, {});
      const other = await place.again();
      const due = (on: Store, now: number, stage: string, required_from = 9 * day, user_id = 'p4') =>
        claimDue
          .get(on, { user_id, now, before: now - day, stage, required_from })
          .then((row) => row !== undefined);
      const asked = (on: Store, now: number) =>
        claimAsked.get(on, { user_id: 'p4', now, before: now - day }).then((row) => row !== undefined);
      const both = await Promise.all([due(store, day, 'announced'), due(other, day, 'announced')]);
      assert.deepEqual(
        both.map(Number).sort((a, b) => a - b),
        [0, 1],
      );
      assert.equal(await due(store, 2 * day - 1, 'week'), false, 'within a day of the last');
      assert.equal(await asked(store, 2 * day - 1), false, 'whoever asks');
      assert.equal(await due(store, 3 * day, 'announced'), false, 'the same again');
      assert.equal(await asked(store, 3 * day), true);
      assert.equal(
        await due(store, 5 * day, 'announced'),
        false,
        'still the same: that it was asked for between is no matter',
      );
      assert.equal(await due(store, 5 * day, 'announced', 10 * day), true, 'another date');
      for (const user_id of ['p1', 'p2', 'p3'])
        assert.equal(await due(store, day, 'announced', 9 * day, user_id), false, user_id);
    },
  );

  test(
    `everybody is reminded once, page by page, though a process dies between, on ${engine}`,
    { skip },
    async () => {
      await using place = await engines[engine]();
      const { store } = place;
      await migrate(store, join(import.meta.dirname, '../../migrations'));
      await insertMany.run(store, {});
      let time = 10 * day;
      const from = time + 30 * day;
      await store.transaction((transaction) =>
        patchSettings(transaction, { mfa: { required: true, required_from: from } }),
      );
      const posted = new Map<string, number>();
      let dies = -1;
      const outbox = {
        async post(transaction, to, write, { notBefore } = {}) {
          if ((dies -= 1) === 0) throw new Error('the process dies');
          const language = to.language === 'de' ? 'de' : 'en';
          const { action, paragraphs } = write(lettersIn(language));
          assert.equal(action!.url, 'https://id.example.com/');
          assert.match(
            paragraphs[0]!,
            language === 'de' ? /10\. Februar 1970 um 00:00/ : /10 February 1970 at 00:00 UTC/,
          );
          assert.ok(notBefore! >= time && notBefore! < time + minute);
          transaction.afterCommit(() => posted.set(to.name, (posted.get(to.name) ?? 0) + 1));
        },
      } as Outbox;
      const platform = { store, now: () => time, issuer: 'https://id.example.com' } as Platform;
      const round = () => sendReminders({ platform, outbox });
      await round();
      assert.ok(posted.size >= 80 && posted.size < without, 'not all in one round');
      dies = 20;
      await assert.rejects(round, /dies/);
      await round();
      const beforeLease = posted.size;
      time += 3 * minute;
      while (posted.size < without) {
        const before = posted.size;
        await round();
        assert.ok(posted.size > before, `${before}, and no more`);
      }
      assert.ok(beforeLease < without);
      time += 6 * minute;
      await round();
      await round();
      await round();
      assert.deepEqual([posted.size, [...posted.values()].every((mails) => mails === 1)], [without, true]);
    },
  );
}
