import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mostFailuresInARow, waitAfter } from './attempts.ts';

test('five tries are free, then the wait doubles up to a quarter of an hour, and a hundred are the most ever', () => {
  const waits = [1, 4, 5, 6, 7, 12, 13, 50, 99].map((failures) => waitAfter(failures) / 1000);
  assert.deepEqual(waits, [0, 0, 5, 10, 20, 640, 900, 900, 900]);
  assert.equal(waitAfter(mostFailuresInARow), Infinity);
});
