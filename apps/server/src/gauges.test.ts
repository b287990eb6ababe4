import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addGauges } from './gauges.ts';
import { createMetrics } from './platform/metrics.ts';
import type { Store } from './platform/store/store.ts';

test('with the store away the metrics are still told, and nothing that nobody knows', async () => {
  const away = () => Promise.reject(new Error('away'));
  const metrics = createMetrics({ eventTypes: ['push.sent'], pushOutcomes: [], answers: [] });
  addGauges(metrics, { store: { ping: away, query: away } as unknown as Store, now: Date.now });
  const told = (await metrics.registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('countersign_'));
  assert.deepEqual(told, [
    'countersign_events_total{type="push.sent"} 0',
    'countersign_open_streams 0',
    'countersign_store_up 0',
  ]);
});
