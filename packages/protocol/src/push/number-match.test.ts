import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateNumber, isNumberOfLength } from './number-match.ts';

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
/** Gives these 32-bit values, one after the other. */
const sequence =
  (...values: number[]) =>
  (bytes: number) => {
    assert.equal(bytes, 4);
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, values.shift()!);
    return new Uint8Array(view.buffer);
  };

test('a number has exactly its digits, leading zeros kept', () => {
  assert.equal(generateNumber(2, sequence(7)), '07');
  assert.equal(generateNumber(2, sequence(0)), '00');
  assert.equal(generateNumber(6, sequence(1_000_042)), '000042');
  for (let length = 2; length <= 6; length++) {
    for (let i = 0; i < 20; i++) assert.ok(isNumberOfLength(generateNumber(length, random), length));
  }
});

test('values beyond the last whole round are thrown away, so no number is likelier than another', () => {
  // 2^32 = 42,949,672 × 100 + 96: the last 96 values would favour 00 to 95.
  assert.equal(generateNumber(2, sequence(4_294_967_199)), '99');
  assert.equal(generateNumber(2, sequence(4_294_967_200, 4_294_967_295, 42)), '42');
  assert.equal(generateNumber(6, sequence(4_294_000_000, 4_293_999_999)), '999999');
});

test('all hundred numbers come up about equally often', () => {
  const counts = Array.from({ length: 100 }, () => 0);
  const rounds = 20_000;
  for (let i = 0; i < rounds; i++) counts[Number(generateNumber(2, random))]! += 1;
  const expected = rounds / 100;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 99 degrees of freedom: more than 200 comes up less than once in a hundred million runs.
  assert.ok(chiSquare < 200, `chi-square ${chiSquare.toFixed(1)}`);
});

test('the form of a number: ASCII digits, exactly so many, in a string', () => {
  for (const right of ['00', '07', '42', '99']) assert.equal(isNumberOfLength(right, 2), true);
  const wrong = [
    '',
    '7',
    '007',
    ' 7',
    '7 ',
    '4 2',
    '+7',
    '-7',
    '4.',
    '0x',
    '1e',
    '٤٢',
    '４２',
    '4\n',
    42,
    7,
    null,
    undefined,
    ['42'],
  ];
  for (const value of wrong) assert.equal(isNumberOfLength(value, 2), false, JSON.stringify(value));
});
