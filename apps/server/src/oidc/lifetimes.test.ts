import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOfReliance, lifetimeOf } from './lifetimes.ts';

const minute = 60_000; // ms
const clientOf = (session_minutes: number | null) => ({
  application: { id: 'a', step_up: 0, for_groups: 0, session_minutes },
});

test('a token lives as long as its kind, or as the sign-in behind it may be relied on', () => {
  const token = { authTime: 600 }; // ten minutes after 1970
  const at = (minutes: number, length: number | null) =>
    lifetimeOf(token, clientOf(length), 60 * minute, minutes * minute);
  assert.equal(at(10, null), 3600);
  assert.equal(at(10, 120), 3600);
  assert.equal(at(10, 30), 30 * 60);
  assert.equal(at(25, 30), 15 * 60);
  assert.equal(at(40, 30), 1, 'over, and never less than the library knows');
  assert.equal(
    lifetimeOf({}, clientOf(30), 60 * minute, 0),
    3600,
    'of a client itself, that no sign-in is behind',
  );
  assert.equal(endOfReliance(token, clientOf(30)), 40 * minute);
});
