import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { equalInConstantTime, sha256, sha256Base64url } from './hash.ts';

test('SHA-256 of the empty text and of "abc" (FIPS 180-4), a text taken as UTF-8', async () => {
  assert.equal(await sha256Base64url(''), '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
  assert.equal(await sha256Base64url('abc'), 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  assert.deepEqual(await sha256('é'), await sha256(Uint8Array.of(0xc3, 0xa9)));
  assert.equal((await sha256('')).length, 32);
});

test('texts are equal in constant time exactly where they are equal', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => equalInConstantTime(a, b) === (a === b)));
  fc.assert(fc.property(fc.string(), (text) => equalInConstantTime(text, text)));
  for (const [a, b] of [
    ['', 'a'],
    ['a', ''],
    ['ab', 'a'],
    ['aa', 'a'],
    ['abab', 'ab'],
    ['abc', 'abd'],
    ['é', 'e'],
  ]) {
    assert.equal(equalInConstantTime(a!, b!), false, `${a} and ${b}`);
  }
});
