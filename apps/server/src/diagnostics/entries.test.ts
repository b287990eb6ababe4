import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEntry } from './entries.ts';

const now = Date.parse('2026-03-31T12:00:00Z');
const entry = { day: '2026-03-31', app_version: '1.2.3', platform: 'ios', name: 'error' };
const counted = { ...entry, code: '', count: 1, duration_ms: null };

test('of an entry the members of the schema are kept, and no others', () => {
  assert.deepEqual(readEntry('diagnostic', entry, now), counted);
  const more = { ...entry, code: 'wrong_number', count: 3, duration_ms: 40, login: 'zoe', ip: '203.0.113.7' };
  assert.deepEqual(readEntry('diagnostic', more, now), {
    ...counted,
    code: 'wrong_number',
    count: 3,
    duration_ms: 40,
  });
});

test('what does not fit is dropped whole', () => {
  const names = ['code_copied', '', 'constructor', 7];
  for (const name of names) assert.equal(readEntry('diagnostic', { ...entry, name }, now), undefined);
  assert.equal(readEntry('usage', entry, now), undefined, 'a name of the other kind');
  for (const odd of [undefined, null, 7, 'x', [], [entry], { ...entry, code: 'Zoe Müller' }]) {
    assert.equal(readEntry('diagnostic', odd, now), undefined);
  }
});

test('days of the last 90 and of tomorrow, and only such as there are', () => {
  const reads = (day: string) => readEntry('diagnostic', { ...entry, day }, now) !== undefined;
  for (const day of ['2026-04-01', '2026-03-01', '2026-01-01']) assert.ok(reads(day), day);
  for (const day of ['2026-04-02', '2025-12-31', '2026-02-30', '2026-13-01', '0000-00-00']) {
    assert.ok(!reads(day), day);
  }
});
