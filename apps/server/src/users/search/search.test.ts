import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { engines } from '../../../../../tests/support/stores.ts';
import { findPostgres } from '../../../../../tests/support/installed.ts';
import { havingWords, pageView, readPage } from '../../admin/paging.ts';
import { migrate } from '../../platform/store/migrate.ts';
import {
  statement,
  type Parameters as Given,
  type Statement,
  type Store,
} from '../../platform/store/store.ts';
import { searchUsers } from './search.ts';
import { createUser, searchTextOf } from '../users.ts';
import { keepMissingWords, keepWords } from './words.ts';

/** So many came after the others that a walk through the newest does not reach those. */
const insertMany = statement(`
  INSERT INTO users (id, login, email, name, search, role, state, words_kept, created_at)
  WITH RECURSIVE counting (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < 20000)
  SELECT 'm' || n, 'm', 'm', 'm', ' many', 'user', 'active', 1, 1000000 + n FROM counting`);
const forget = statement(`UPDATE users SET words_kept = 0 WHERE id = :id`);
const allHaveFactors = statement(`UPDATE users SET has_factor = 1`);
const forgetWords = statement(`DELETE FROM user_words WHERE user_id = :id`);

test('who has no second factor is listed by an index of just these, also where there is nobody', async () => {
  await using place = await engines.sqlite();
  const { store } = place;
  await migrate(store, join(import.meta.dirname, '../../../migrations'));
  await insertMany.run(store, {});
  await allHaveFactors.run(store, {});
  const plans: string[] = [];
  const noting = {
    ...store,
    query: async ({ text, names }: Statement, parameters: Given) => {
      const rows = await store.query({ text: `EXPLAIN QUERY PLAN ${text}`, names } as Statement, parameters);
      plans.push(...rows.map(({ detail }) => String(detail)));
      return store.query({ text, names } as Statement, parameters);
    },
  } as Store;
  for (const q of ['', 'many'])
    for (const active of [false, true]) {
      const { words, ...page } = readPage({ q });
      const search = { ...page, ...havingWords(words), without_factor: 1 as const };
      const narrowed = active ? { ...search, state: 'active' as const } : search;
      assert.deepEqual(await searchUsers(noting, words, narrowed), { rows: [] });
    }
  const ofUsers = plans.filter((detail) => /^(SEARCH|SCAN) u\b/.test(detail));
  assert.ok(ofUsers.length >= 4, plans.join('\n'));
  for (const detail of ofUsers) assert.match(detail, /users_without_factor|\(id=\?\)/);
});

for (const engine of ['sqlite', 'postgres'] as Store['engine'][]) {
  const skip = engine === 'postgres' && findPostgres() === undefined && 'PostgreSQL is not installed';
  test(
    `people are found by the beginnings of words, however many came since, on ${engine}`,
    { skip },
    async () => {
      await using place = await engines[engine]();
      const { store } = place;
      await migrate(store, join(import.meta.dirname, '../../../migrations'));
      let now = 0;
      let byte = 0;
      const random = (length: number) => new Uint8Array(length).fill((byte += 1));
      const add = (login: string, name: string, role: 'user' | 'admin' = 'user') =>
        store.transaction((transaction) =>
          createUser(
            transaction,
            {
              login,
              name,
              role,
              email: `${login}@example.org`,
              state: login.startsWith('i') ? 'invited' : 'active',
              passwordHash: null,
              mustChangePassword: false,
            },
            { now: () => (now += 1), random },
          ),
        );
      const anna = await add('anna_b', 'Anna Öhler');
      await add('annabel', 'Annabel Smith', 'admin');
      await add('ivy', 'Ivy Ann');
      await add('hyphen', "O'Hara-Öhler 🙂");
      await insertMany.run(store, {});
      const findInPages = async (
        q: string,
        more: { state?: 'active' | 'invited'; role?: 'user' | 'admin' } = {},
      ) => {
        const logins: string[] = [];
        let pages = 0;
        for (let cursor: string | null | undefined; cursor !== null; pages += 1) {
          const { words, limit, ...from } = readPage({ q, limit: 3, cursor });
          const search = { ...from, limit: limit + 1, ...havingWords(words), ...more };
          const { rows, lookedTo } = await searchUsers(store, words, search);
          const page = pageView(
            rows,
            limit,
            (row) => [row.created_at, row.id],
            ({ login }) => login,
            lookedTo,
          );
          logins.push(...page.items);
          cursor = page.next_cursor;
        }
        return { logins, pages };
      };
      const find = async (...asked: Parameters<typeof findInPages>) => (await findInPages(...asked)).logins;
      const expectAll = async () => {
        assert.deepEqual(await find('ann'), ['ivy', 'annabel', 'anna_b']);
        assert.deepEqual(await find('öHL'), ['anna_b']);
        assert.deepEqual(await find('anna öh'), ['anna_b']);
        assert.deepEqual(await find('anna_b'), ['anna_b']);
        assert.deepEqual(await find('annab'), ['annabel']);
        assert.deepEqual(await find("o'hara"), ['hyphen']);
        assert.deepEqual(await find('🙂'), ['hyphen']);
        assert.deepEqual(await find('nna'), []);
        assert.deepEqual(await find('100%'), []);
        assert.deepEqual(await find('ann', { state: 'invited' }), ['ivy']);
        assert.deepEqual(await find('ann', { role: 'admin', state: 'active' }), ['annabel']);
        assert.deepEqual(await find('ann', { role: 'user', state: 'active' }), ['anna_b']);
        assert.deepEqual(await find('', { role: 'admin' }), ['annabel']);
        assert.deepEqual(await find('', { state: 'invited' }), ['ivy']);
      };
      await expectAll();
      // Added by an earlier version, which kept no words: found all the same, before and after they are kept.
      await forgetWords.run(store, { id: anna.id });
      await forget.run(store, { id: anna.id });
      await expectAll();
      assert.equal((await findInPages('ann')).pages, 5, 'no call looks through everybody');
      await keepMissingWords(store);
      assert.equal((await findInPages('ann')).pages, 1);
      await expectAll();
      // Nobody is found by a name of before.
      await store.transaction((transaction) =>
        keepWords(
          transaction,
          anna.id,
          searchTextOf({ login: 'anna_b', name: 'Zoe', email: 'z@example.org' }),
        ),
      );
      assert.deepEqual(await find('öHL'), []);
    },
  );
}
