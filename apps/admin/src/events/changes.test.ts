import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween, valueInWords, wordsOf } from './changes.ts';

test('only what differs is listed, by its path', () => {
  const before = { push: { enabled: true, lifetime_s: 60 }, mfa: { factors: ['push', 'totp'] } };
  const after = { push: { enabled: true, lifetime_s: 90 }, mfa: { factors: ['push'] } };
  assert.deepEqual(changesBetween(before, after), [
    { path: 'push.lifetime_s', before: 60, after: 90 },
    { path: 'mfa.factors', before: ['push', 'totp'], after: ['push'] },
  ]);
});

test('what came or went is listed too', () => {
  assert.deepEqual(changesBetween(undefined, { login: 'ada' }), [
    { path: 'login', before: undefined, after: 'ada' },
  ]);
  assert.deepEqual(changesBetween({ name: 'a' }, {}), [{ path: 'name', before: 'a', after: undefined }]);
  assert.deepEqual(changesBetween(undefined, undefined), []);
});

test('values are told in words', () => {
  assert.equal(valueInWords(true), 'yes');
  assert.equal(valueInWords(null), 'none');
  assert.equal(valueInWords(undefined), 'not set');
  assert.equal(valueInWords(['push', 'totp']), 'push, totp');
  assert.equal(valueInWords({ app_version: '1.0' }), 'App version: 1.0');
  assert.equal(valueInWords(6), '6');
  assert.equal(wordsOf('push_override'), 'Push override');
});
