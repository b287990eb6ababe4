import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayAfterKey, linesOf, topOf } from './scale.ts';

test('the top of an axis is a round number that nothing stands out of', () => {
  const tops = [0, 1, 2, 3, 5, 6, 10, 11, 99, 100, 101, 4_999, 1_000_000].map(topOf);
  assert.deepEqual(tops, [1, 1, 2, 5, 5, 10, 10, 20, 100, 100, 200, 5_000, 1_000_000]);
});

test('no line of the axis is half a sign-in', () => {
  assert.deepEqual([1, 2, 5, 10, 500].map(linesOf), [
    [0, 1],
    [0, 1, 2],
    [0, 5],
    [0, 5, 10],
    [0, 250, 500],
  ]);
});

test('the days are gone through by the keys of a slider, to the ends and no further', () => {
  const from = (at: number) => (key: string) => dayAfterKey(key, at, 30);
  assert.deepEqual(
    ['ArrowLeft', 'ArrowRight', 'PageDown', 'PageUp', 'Home', 'End'].map(from(10)),
    [9, 11, 3, 17, 0, 29],
  );
  assert.deepEqual([from(0)('ArrowLeft'), from(29)('ArrowUp'), from(3)('PageDown')], [0, 29, 0]);
  for (const key of ['Tab', 'Enter', 'toString']) assert.equal(from(10)(key), undefined, key);
});
