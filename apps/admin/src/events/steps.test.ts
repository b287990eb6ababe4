import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '@countersign/protocol/wire';
import { endOf, methodsInWords, secondsBetween } from './steps.ts';

const step = (type: string, second: number): Event => ({
  id: type,
  at: new Date(second * 1000).toISOString(),
  type,
  actor: null,
  user: null,
  ip: null,
  client: null,
  authentication_id: 'a',
  details: {},
});

test('the last step that ends an authentication is its end', () => {
  const begun = step('authentication.begun', 1);
  assert.equal(endOf([begun, step('push.sent', 2)]), undefined);
  const done = step('authentication.completed', 8.26);
  assert.equal(endOf([begun, step('push.approved', 8), done, step('session.ended', 9)]), done);
  assert.equal(secondsBetween(begun, done), '7.3');
});

test('methods are named', () => {
  assert.equal(methodsInWords(['pwd']), 'the password');
  assert.equal(methodsInWords(['pwd', 'swk', 'pop', 'mfa']), 'the password, a key of a device, two factors');
  assert.equal(methodsInWords([]), 'nothing yet');
});
