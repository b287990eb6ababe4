import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localTime, timeOfLocal } from '../layout/local-time.ts';
import { counted, requirementInWords, shareOf } from './words.ts';

test('whether a second factor is required, and since or from when', () => {
  const now = Date.parse('2026-12-01T12:00:00Z');
  const words = (required: boolean, required_from: string | null) =>
    requirementInWords({ required, required_from }, now);
  assert.equal(words(false, null), 'Not required');
  assert.equal(words(true, null), 'Required');
  assert.match(words(true, '2026-12-01T12:00:00Z'), /^Since .*2026/);
  assert.match(words(true, '2026-12-01T12:00:01Z'), /^From .*2026/);
});

test('counts end where the server stops counting, and a share is whole only when nobody is missing', () => {
  assert.deepEqual(
    [counted(1), counted(1200), counted(50_000)],
    ['1 person', '1,200 people', '50,000 people or more'],
  );
  assert.deepEqual(
    [shareOf(999, 1), shareOf(3, 0), shareOf(0, 0), shareOf(50_000, 1)],
    [99, 100, undefined, undefined],
  );
});

test('a time goes into the browser’s field and comes back, to the minute', () => {
  const at = Date.parse('2026-12-03T00:00:00Z');
  assert.equal(timeOfLocal(localTime(at)), at);
  assert.match(localTime(at), /^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
  assert.equal(timeOfLocal(''), null);
});
