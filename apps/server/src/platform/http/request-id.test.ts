import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRequestIds } from './request-id.ts';

test('no id of a request comes a second time, in this process, in another one, or after a restart', () => {
  const starts = Array.from({ length: 20 }, () => createRequestIds());
  const ids = starts.flatMap((next) => Array.from({ length: 100 }, () => next()));
  assert.equal(new Set(ids).size, 2000);
  for (const id of ids) assert.match(id, /^[2-9b-z]{6}-[0-9a-z]+$/);
});
