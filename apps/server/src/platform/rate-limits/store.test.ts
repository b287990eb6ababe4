import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engines } from '../../../../../tests/support/stores.ts';
import { migrate } from '../store/migrate.ts';
import { migrations } from '../store/open.ts';
import type { Statement } from '../store/store.ts';
import { isBlockedLike, listBlocked } from './store.ts';

test('who is blocked is found among those who are, not among all who ever guessed wrong', async () => {
  await using place = await engines.sqlite();
  const { store } = place;
  await migrate(store, migrations);
  for (const [{ text, names }, more] of [
    [isBlockedLike, { pattern: 'password:x:%' }],
    [listBlocked, { limit: 10 }],
  ] as const) {
    const explain = { text: `EXPLAIN QUERY PLAN ${text}`, names } as unknown as Statement;
    const plan = await store.query(explain, { now: 1, ...more });
    assert.match(plan.map(({ detail }) => detail).join('\n'), /attempts_blocked/);
  }
});
