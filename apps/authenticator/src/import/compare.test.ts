import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OtpAccount } from '@countersign/protocol/otp';
import { compare, isWanted, notAmong, withLaterCounters } from './compare.ts';

const account = (issuer: string, secret: number, more: Partial<OtpAccount> = {}): OtpAccount => ({
  type: 'totp',
  issuer,
  label: 'olga',
  secret: new Uint8Array(20).fill(secret),
  algorithm: 'SHA-1',
  digits: 6,
  period: 30,
  counter: 0,
  ...more,
});

test('marks what is new, here, twice, and what only has the name of another', () => {
  const here = [account('GitHub', 1), account('Mail', 2)];
  const found = [
    account('Renamed', 1),
    account('Renamed', 1),
    account('mail ', 3),
    account('News', 4),
    account('News again', 4),
    account('Bank', 5),
  ];
  const { marks, gone } = compare(found, here, [account('Bank', 9)]);
  assert.deepEqual(marks, ['here', 'here', 'same_name', 'new', 'twice', 'unreadable']);
  assert.deepEqual(marks.map(isWanted), [false, false, true, true, false, true]);
  // Mail is not in it, and Bank cannot be read.
  assert.equal(gone, 2);
});

test('the same secret that makes other codes is another account', () => {
  const { marks } = compare([account('GitHub', 1, { digits: 8 })], [account('GitHub', 1)], []);
  assert.deepEqual(marks, ['same_name']);
});

test('replacing never turns a counter back', () => {
  const hotp = (counter: number) => account('Token', 1, { type: 'hotp', counter });
  assert.deepEqual(withLaterCounters([hotp(3)], [hotp(9)]), [hotp(9)]);
  assert.deepEqual(withLaterCounters([hotp(9)], [hotp(3)]), [hotp(9)]);
  assert.deepEqual(withLaterCounters([hotp(3)], []), [hotp(3)]);
});

test('finds what is not among the others', () => {
  assert.deepEqual(notAmong([account('a', 1), account('b', 2)], [account('c', 1)]), [account('b', 2)]);
});

test('thousands are compared in a moment', () => {
  const many = Array.from({ length: 20_000 }, (_, i) =>
    account(`Service ${i}`, 0, { secret: new Uint8Array(new Uint32Array([i, 1, 2, 3, 4]).buffer) }),
  );
  const began = performance.now();
  assert.equal(compare(many, many, []).gone, 0);
  assert.ok(performance.now() - began < 5_000);
});
