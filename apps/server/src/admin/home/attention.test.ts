import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { engines } from '../../../../../tests/support/stores.ts';
import { migrate } from '../../platform/store/migrate.ts';
import type { Parameters, Statement, Store } from '../../platform/store/store.ts';
import { whatNeedsAttention } from './attention.ts';

test('nothing that Home looks for is looked for in a whole table', async () => {
  await using place = await engines.sqlite();
  const { store } = place;
  await migrate(store, join(import.meta.dirname, '../../../migrations'));
  const asked: { statement: Statement; parameters: Parameters }[] = [];
  const noting = {
    ...store,
    query: (statement: Statement, parameters: Parameters) => {
      asked.push({ statement, parameters });
      return store.query(statement, parameters);
    },
  } as Store;
  const needs = { platform: { store: noting, now: () => 1 }, outbox: { sends: true } };
  await whatNeedsAttention(() => true, needs);
  const scans = new Set<string>();
  for (const { statement, parameters } of asked) {
    const explain = { text: `EXPLAIN QUERY PLAN ${statement.text}`, names: statement.names } as Statement;
    for (const { detail } of await store.query(explain, parameters))
      if (String(detail).startsWith('SCAN')) scans.add(String(detail));
  }
  assert.deepEqual([...scans].sort(), [
    // Indexes that hold nothing but what is counted, from their beginning.
    'SCAN a USING INDEX authenticators_unreachable',
    // What was found.
    'SCAN found',
    'SCAN fraud_reports USING INDEX fraud_reports_open',
    'SCAN locked',
    'SCAN one_by_one',
    // The newest, and nothing after it.
    'SCAN policy_versions',
    // Of which there are few.
    'SCAN webhooks',
  ]);
});
