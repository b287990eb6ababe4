import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaults } from '../settings/settings.ts';
import {
  decideApproveFromNotification,
  decideConfirmation,
  decideFactors,
  decideUserVerification,
  preferredOf,
  provenAlone,
  provenBy,
  provenByPhoneAlone,
  type Factors,
  type Facts,
} from './decide.ts';

const phone = { id: 'phone', hasVerificationKey: true };
const bare = { id: 'bare', hasVerificationKey: false };
const withPush = (push: Partial<typeof defaults.push>) => ({
  ...defaults,
  push: { ...defaults.push, ...push },
});
const none: Factors = { push: [], totp: false, passkey: false, recovery_code: false };
const decide = ({ factors, ...facts }: Partial<Omit<Facts, 'factors'>> & { factors?: Partial<Factors> }) =>
  decideFactors({
    purpose: 'portal_login',
    act: false,
    acr: null,
    settings: defaults,
    pushEnabled: true,
    hadFactor: false,
    factors: { ...none, ...factors },
    ...facts,
  });
const allowing = (...factors: (typeof defaults.mfa.factors)[number][]) => ({
  ...defaults,
  mfa: { ...defaults.mfa, factors },
});

test('an enrolled phone is challenged', () => {
  const decision = decide({ hadFactor: true, factors: { push: [phone, bare] } });
  assert.equal(decision.outcome, 'challenge');
  assert.deepEqual(decision.outcome === 'challenge' && decision.factors.push, [phone, bare]);
});

test('where user verification is required, a phone without a verification key is not offered', () => {
  const settings = withPush({ user_verification: 'required' });
  const both = decide({ settings, hadFactor: true, factors: { push: [phone, bare] } });
  assert.deepEqual(both.outcome === 'challenge' && both.factors.push, [phone]);
  assert.equal(decide({ settings, hadFactor: true, factors: { push: [bare] } }).outcome, 'refuse');
});

test('factors that policy has switched off are refused, never replaced by enrolling anew or by the password', () => {
  assert.equal(decide({ pushEnabled: false, hadFactor: true, factors: { push: [phone] } }).outcome, 'refuse');
  const notRequired = { ...defaults, mfa: { ...defaults.mfa, required: false } };
  assert.equal(
    decide({ settings: notRequired, pushEnabled: false, hadFactor: true, factors: { push: [phone] } })
      .outcome,
    'refuse',
  );
});

test('each kind is offered where it is enrolled and allowed, by itself', () => {
  const all: Factors = { push: [phone], totp: true, passkey: true, recovery_code: true };
  const offered = (...kinds: Parameters<typeof allowing>) => {
    const decision = decide({ settings: allowing(...kinds), hadFactor: true, factors: all });
    return decision.outcome === 'challenge' ? decision.factors : decision.outcome;
  };
  assert.deepEqual(offered('push', 'totp', 'passkey', 'recovery_code'), all);
  assert.deepEqual(offered('totp'), { ...none, push: [phone], totp: true });
  assert.deepEqual(decide({ settings: allowing('totp'), pushEnabled: false, factors: all }), {
    outcome: 'challenge',
    factors: { ...none, totp: true },
    reason: 'a second factor is enrolled',
  });
  for (const only of [{ totp: true }, { passkey: true }, { recovery_code: true }]) {
    assert.equal(decide({ hadFactor: true, factors: only }).outcome, 'challenge');
    const refused = decide({ settings: allowing('push'), hadFactor: true, factors: only });
    assert.equal(
      refused.outcome,
      'refuse',
      'enrolled and switched off: neither the password nor enrolling anew',
    );
  }
});

test('an act on one’s own security asks for a passkey where there is one, or a recovery code in its place', () => {
  const factors: Factors = { push: [phone], totp: true, passkey: true, recovery_code: true };
  const act = decide({ purpose: 'step_up', act: true, hadFactor: true, factors });
  assert.deepEqual(act.outcome === 'challenge' && act.factors, {
    ...none,
    passkey: true,
    recovery_code: true,
  });
  const without = { ...factors, passkey: false };
  const push = decide({ purpose: 'step_up', act: true, hadFactor: true, factors: without });
  assert.deepEqual(push.outcome === 'challenge' && push.factors, without);
});

test('the factor that was used last is offered first, as long as it is there; a recovery code never is', () => {
  const all: Factors = { push: [phone], totp: true, passkey: true, recovery_code: true };
  assert.equal(preferredOf(all, null), 'push');
  assert.equal(preferredOf(all, 'totp'), 'totp');
  assert.equal(preferredOf(all, 'recovery_code'), 'push');
  assert.equal(preferredOf({ ...all, totp: false }, 'totp'), 'push');
  assert.equal(preferredOf({ ...all, push: [] }, 'push'), 'passkey');
  assert.equal(preferredOf({ ...none, recovery_code: true }, 'push'), 'recovery_code');
  assert.equal(preferredOf(none, 'push'), null);
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

test('a password reset: every factor that is allowed; lost or switched off, none; never one, as the organisation says', () => {
  const purpose = 'password_reset';
  const all: Factors = { push: [phone], totp: true, passkey: true, recovery_code: true };
  const challenge = decide({ purpose, hadFactor: true, factors: all });
  assert.deepEqual(challenge.outcome === 'challenge' && challenge.factors, all);
  const notRequired = { ...defaults, mfa: { ...defaults.mfa, required: false } };
  for (const settings of [defaults, notRequired]) {
    assert.equal(decide({ purpose, settings, hadFactor: true }).outcome, 'refuse');
    assert.equal(decide({ purpose, settings, hadFactor: false }).outcome, 'ready');
    const helpDesk = { ...settings, password_reset: { without_factor: 'help_desk' as const } };
    assert.equal(decide({ purpose, settings: helpDesk, hadFactor: false }).outcome, 'refuse');
  }
  const off = decide({ purpose, hadFactor: true, pushEnabled: false, factors: { push: [phone] } });
  assert.equal(off.outcome, 'refuse');
});

test('every decision says why', () => {
  for (const facts of [
    {},
    { hadFactor: true },
    { factors: { push: [phone] } },
    { pushEnabled: false, factors: { push: [phone] } },
    { purpose: 'password_reset' as const },
    { purpose: 'password_reset' as const, hadFactor: true },
  ]) {
    assert.ok(decide(facts).reason.length > 10);
  }
});

test('confirmation: adaptive by familiarity, and always a number after a report', () => {
  const number = { kind: 'number', length: 2 };
  const tap = { kind: 'tap' };
  const alone = false;
  const familiar = { alone, familiar: true, reported: false };
  const stranger = { alone, familiar: false, reported: false };
  assert.deepEqual(decideConfirmation(defaults, familiar), tap);
  assert.deepEqual(decideConfirmation(defaults, stranger), number);
  assert.deepEqual(decideConfirmation(defaults, { alone, familiar: true, reported: true }), number);
  assert.deepEqual(decideConfirmation(withPush({ confirmation: 'tap' }), stranger), tap);
  assert.deepEqual(
    decideConfirmation(withPush({ confirmation: 'tap' }), { alone, familiar: true, reported: true }),
    number,
  );
  assert.deepEqual(decideConfirmation(withPush({ confirmation: 'number', number_length: 6 }), familiar), {
    kind: 'number',
    length: 6,
  });
});

test('the NIST profile: six digits, whoever asks and whatever else is set', () => {
  const settings = withPush({ nist_profile: true, confirmation: 'tap', number_length: 2 });
  for (const alone of [true, false])
    for (const familiar of [true, false])
      assert.deepEqual(decideConfirmation(settings, { alone, familiar, reported: false }), {
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
  const asked = {
    purpose: 'portal_login' as const,
    familiar: true,
    confirmation: { kind: 'tap' as const },
    userVerification: false,
  };
  const allowed = withPush({ approve_from_notification: true });
  assert.equal(decideApproveFromNotification(allowed, asked), true);
  assert.equal(decideApproveFromNotification(defaults, asked), false);
  for (const change of [
    { purpose: 'password_reset' as const },
    { familiar: false },
    { confirmation: { kind: 'number' as const, length: 2 } },
    { userVerification: true },
  ]) {
    assert.equal(decideApproveFromNotification(allowed, { ...asked, ...change }), false);
  }
});

test('every factor beside the password makes two; a passkey resists phishing', () => {
  const classes = Object.entries(provenBy).map(([kind, { acr, amr }]) => [kind, acr, amr.includes('mfa')]);
  assert.deepEqual(classes, [
    ['push', 'urn:countersign:aal2', true],
    ['totp', 'urn:countersign:aal2', true],
    ['passkey', 'urn:countersign:phr', true],
    ['recovery_code', 'urn:countersign:aal2', true],
  ]);
});

test('a program asks the phone alone: always by a number, for what that phone can prove, and for no other factor', () => {
  const purpose = 'backchannel' as const;
  for (const settings of [withPush({ confirmation: 'tap' }), defaults]) {
    const { kind } = decideConfirmation(settings, { alone: true, familiar: true, reported: false });
    assert.equal(kind, 'number');
  }
  const everything = { push: [phone, bare], totp: true, passkey: true, recovery_code: true };
  const asked = (acr: Facts['acr'], settings = defaults) => {
    const decision = decide({ purpose, acr, settings, hadFactor: true, factors: everything });
    return decision.outcome === 'challenge' ? decision.factors : decision.outcome;
  };
  assert.deepEqual(asked(null), { ...none, push: [phone, bare] });
  assert.deepEqual(asked('urn:countersign:aal1'), { ...none, push: [phone, bare] });
  assert.deepEqual(asked('urn:countersign:aal2'), { ...none, push: [phone] });
  assert.equal(asked('urn:countersign:phr'), 'refuse');
  // A key that is never asked for proves nothing.
  assert.equal(asked('urn:countersign:aal2', withPush({ user_verification: 'off' })), 'refuse');
  for (const facts of [
    { factors: { ...everything, push: [] } },
    { factors: everything, pushEnabled: false },
    { factors: none, hadFactor: false },
    { factors: none, settings: { ...defaults, mfa: { ...defaults.mfa, required: false } } },
  ])
    assert.equal(decide({ purpose, hadFactor: true, ...facts }).outcome, 'refuse');
  assert.deepEqual(provenByPhoneAlone(false), { acr: 'urn:countersign:aal1', amr: ['swk', 'pop'] });
  assert.deepEqual(provenByPhoneAlone(true).acr, 'urn:countersign:aal2');
});

test('a host asks: what its rule takes of what may be used, never a passkey, never nothing, and it never enrols', () => {
  const purpose = 'device_login' as const;
  const everything = { push: [phone, bare], totp: true, passkey: true, recovery_code: true };
  const asked = (taken: Facts['taken'], more: Partial<Facts> = {}) => {
    const decision = decide({ purpose, taken, hadFactor: true, factors: everything, ...more });
    return decision.outcome === 'challenge' ? decision.factors : decision.outcome;
  };
  assert.deepEqual(asked(['push', 'totp', 'recovery_code']), { ...everything, passkey: false });
  assert.deepEqual(asked(['push']), { ...none, push: [phone, bare] });
  assert.deepEqual(asked(['totp', 'recovery_code']), { ...none, totp: true, recovery_code: true });
  assert.equal(asked([]), 'refuse');
  assert.equal(asked(undefined), 'refuse');
  assert.equal(asked(['passkey']), 'refuse');
  assert.equal(asked(['totp'], { settings: allowing('push') }), 'refuse');
  assert.equal(asked(['push'], { pushEnabled: false }), 'refuse');
  const optional = { ...defaults, mfa: { ...defaults.mfa, required: false } };
  assert.equal(asked(['push'], { settings: optional, hadFactor: false, factors: none }), 'refuse');
});

test('alone, a phone that verified its user is both factors, and a code is one', () => {
  assert.deepEqual(provenAlone('push', true), provenByPhoneAlone(true));
  assert.deepEqual(provenAlone('push', false), provenByPhoneAlone(false));
  for (const kind of ['totp', 'recovery_code'] as const)
    assert.deepEqual(provenAlone(kind, false), { acr: 'urn:countersign:aal1', amr: ['otp'] });
});
