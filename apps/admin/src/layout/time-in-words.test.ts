import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absolute, timeInWords } from './time-in-words.ts';

const now = Date.parse('2026-03-10T12:00:00Z');
const before = (seconds: number) => timeInWords(new Date(now - seconds * 1000), now);

test('the last day is told by how long ago, everything else by its date', () => {
  assert.equal(before(0), 'just now');
  assert.equal(before(59), 'just now');
  assert.equal(before(60), '1 minute ago');
  assert.equal(before(3599), '59 minutes ago');
  assert.equal(before(3600), '1 hour ago');
  assert.equal(before(23 * 3600), '23 hours ago');
  assert.equal(before(24 * 3600), absolute.format(now - 24 * 3600 * 1000));
});

test('a clock that runs behind the server’s is not told as "in the future"', () => {
  assert.equal(before(-5), 'just now');
  assert.equal(before(-3600), absolute.format(now + 3600 * 1000));
});
