import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from './refusal.ts';
import { timeOf } from './time.ts';

test('a time of a body has seconds and an offset, and is not before 1970', () => {
  assert.equal(timeOf('/at', null), null);
  assert.equal(timeOf('/at', '2026-12-03T00:00:00Z'), Date.UTC(2026, 11, 3));
  assert.equal(timeOf('/at', '2026-12-03t02:00:00.250+02:00'), Date.UTC(2026, 11, 3) + 250);
  assert.equal(timeOf('/at', '9999-12-31T23:59:59Z'), Date.UTC(9999, 11, 31, 23, 59, 59));
  for (const text of [
    '',
    'x',
    '5',
    '2027-01-01',
    '2027-01-01T00:00',
    '2027-01-01T00:00:00',
    '2027-13-01T00:00:00Z',
    '2016-12-31T23:59:60Z',
    '1969-12-31T23:59:59Z',
    '+271238-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
  ])
    assert.throws(
      () => timeOf('/at', text),
      (error) => error instanceof Refusal && error.code === 'malformed',
      text,
    );
});
