import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFresh, issuedAtTolerance, numericDate } from './time.ts';

const now = 1_767_225_600_000;
const seconds = now / 1000;

test('an iat is fresh up to 60 seconds either way, and not one second more', () => {
  assert.equal(issuedAtTolerance, 60);
  for (const off of [-60, -1, 0, 0.5, 60]) assert.equal(isFresh(seconds + off, now), true, String(off));
  for (const off of [-61, -60.001, 60.001, 61, 3600])
    assert.equal(isFresh(seconds + off, now), false, String(off));
});

test('an iat that is no number is never fresh', () => {
  for (const iat of [undefined, null, String(seconds), NaN, Infinity, [seconds], new Date(now), true]) {
    assert.equal(isFresh(iat, now), false);
  }
});

test('a NumericDate is whole seconds, never ahead of the clock', () => {
  assert.equal(numericDate(now + 999), seconds);
  assert.equal(numericDate(now + 1000), seconds + 1);
});
