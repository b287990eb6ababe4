import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaults } from '../settings/settings.ts';
import {
  acrOf,
  decideApproveFromNotification,
  decideConfirmation,
  decideFactors,
  decideUserVerification,
  type Facts,
} from './decide.ts';

const phone = { id: 'phone', hasVerificationKey: true };
const bare = { id: 'bare', hasVerificationKey: false };
const withPush = (push: Partial<typeof defaults.push>) => ({
  ...defaults,
  push: { ...defaults.push, ...push },
});
const decide = (facts: Partial<Facts>) =>
  decideFactors({
    purpose: 'portal_login',
    settings: defaults,
    pushEnabled: true,
    hadFactor: false,
    pushFactors: [],
    ...facts,
  });

test('an enrolled phone is challenged', () => {
  const decision = decide({ hadFactor: true, pushFactors: [phone, bare] });
  assert.equal(decision.outcome, 'challenge');
  assert.deepEqual(decision.outcome === 'challenge' && decision.pushFactors, [phone, bare]);
});

test('where user verification is required, a phone without a verification key is not offered', () => {
  const settings = withPush({ user_verification: 'required' });
  const both = decide({ settings, hadFactor: true, pushFactors: [phone, bare] });
  assert.deepEqual(both.outcome === 'challenge' && both.pushFactors, [phone]);
  assert.equal(decide({ settings, hadFactor: true, pushFactors: [bare] }).outcome, 'refuse');
});

test('factors that policy has switched off are refused, never replaced by enrolling anew or by the password', () => {
  assert.equal(decide({ pushEnabled: false, hadFactor: true, pushFactors: [phone] }).outcome, 'refuse');
  const notRequired = { ...defaults, mfa: { ...defaults.mfa, required: false } };
  assert.equal(
    decide({ settings: notRequired, pushEnabled: false, hadFactor: true, pushFactors: [phone] }).outcome,
    'refuse',
  );
});

test('who lost every factor needs a code, required or not; who never had one enrols, where required', () => {
  const notRequired = { ...defaults, mfa: { ...defaults.mfa, required: false } };
  for (const settings of [defaults, notRequired]) {
    const decision = decide({ settings, hadFactor: true });
    assert.deepEqual(decision.outcome === 'enrollment' && decision.codeRequired, true);
  }
  const first = decide({});
  assert.deepEqual(first.outcome === 'enrollment' && first.codeRequired, false);
  assert.equal(decide({ settings: notRequired }).outcome, 'ready');
  assert.equal(decide({ settings: notRequired, purpose: 'admin_login' }).outcome, 'enrollment');
});

test('every decision says why', () => {
  for (const facts of [
    {},
    { hadFactor: true },
    { pushFactors: [phone] },
    { pushEnabled: false, pushFactors: [phone] },
  ]) {
    assert.ok(decide(facts).reason.length > 10);
  }
});

test('confirmation: adaptive by familiarity, and always a number after a report', () => {
  const number = { kind: 'number', length: 2 };
  const tap = { kind: 'tap' };
  const familiar = { familiar: true, reported: false };
  const stranger = { familiar: false, reported: false };
  assert.deepEqual(decideConfirmation(defaults, familiar), tap);
  assert.deepEqual(decideConfirmation(defaults, stranger), number);
  assert.deepEqual(decideConfirmation(defaults, { familiar: true, reported: true }), number);
  assert.deepEqual(decideConfirmation(withPush({ confirmation: 'tap' }), stranger), tap);
  assert.deepEqual(
    decideConfirmation(withPush({ confirmation: 'tap' }), { familiar: true, reported: true }),
    number,
  );
  assert.deepEqual(decideConfirmation(withPush({ confirmation: 'number', number_length: 6 }), familiar), {
    kind: 'number',
    length: 6,
  });
});

test('user verification: required always, preferred where there is a key, off never', () => {
  assert.equal(decideUserVerification(withPush({ user_verification: 'required' }), bare), true);
  assert.equal(decideUserVerification(withPush({ user_verification: 'preferred' }), phone), true);
  assert.equal(decideUserVerification(withPush({ user_verification: 'preferred' }), bare), false);
  assert.equal(decideUserVerification(withPush({ user_verification: 'off' }), phone), false);
});

test('Approve in a notification: where it is allowed, for a familiar asker, by a tap, and with nothing else wanted', () => {
  const asked = { familiar: true, confirmation: { kind: 'tap' as const }, userVerification: false };
  const allowed = withPush({ approve_from_notification: true });
  assert.equal(decideApproveFromNotification(allowed, asked), true);
  assert.equal(decideApproveFromNotification(defaults, asked), false);
  for (const change of [
    { familiar: false },
    { confirmation: { kind: 'number' as const, length: 2 } },
    { userVerification: true },
  ]) {
    assert.equal(decideApproveFromNotification(allowed, { ...asked, ...change }), false);
  }
});

test('acr follows what was proven', () => {
  assert.equal(acrOf(['pwd']), 'urn:countersign:aal1');
  assert.equal(acrOf(['pwd', 'swk', 'pop', 'mfa']), 'urn:countersign:aal2');
});
