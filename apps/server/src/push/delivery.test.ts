import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf } from './delivery.ts';

test('what a push service’s answer means', () => {
  const outcomes = Object.fromEntries(
    [201, 200, 299, 300, 404, 410, 400, 403, 413, 408, 429, 500, 503].map((status) => [
      status,
      outcomeOf(status),
    ]),
  );
  assert.deepEqual(outcomes, {
    200: 'delivered',
    201: 'delivered',
    299: 'delivered',
    300: 'refused',
    400: 'refused',
    403: 'refused',
    404: 'gone',
    408: 'again',
    410: 'gone',
    413: 'refused',
    429: 'again',
    500: 'again',
    503: 'again',
  });
});
