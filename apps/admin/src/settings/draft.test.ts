import type { Settings } from '@countersign/protocol/wire';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patchOf, problemsOf, savedValue, shownValue, switchesPushOff, withChange } from './draft.ts';
import { groups, type Path } from './fields.ts';

const saved: Settings = {
  organization: { name: 'Lakeside Clinic', language: 'en' },
  mfa: { required: true, required_from: null, factors: ['push', 'totp', 'passkey', 'recovery_code'] },
  push: {
    enabled: true,
    lifetime_s: 90,
    confirmation: 'adaptive',
    number_length: 2,
    nist_profile: false,
    user_verification: 'preferred',
    authenticators_per_user: 1,
    approve_from_notification: false,
    transfer: true,
  },
  password_reset: { without_factor: 'mail' },
  people: { deletion_days: 30 },
  events: { retention_days: 400 },
  telemetry: { diagnostics_default: true, usage_default: true },
};
const field = (path: Path) => groups.flatMap(({ fields }) => fields).find((each) => each.path === path)!;

test('the form covers every setting', () => {
  const paths = Object.entries(saved).flatMap(([group, members]) =>
    Object.keys(members as object).map((member) => `${group}.${member}`),
  );
  const shown = groups.flatMap(({ fields }) => fields.map(({ path }) => path as string));
  assert.deepEqual(shown.sort(), paths.sort());
});

test('the patch holds what was changed and nothing else; null restores a default', () => {
  let draft = withChange(saved, {}, field('push.number_length'), 6);
  draft = withChange(saved, draft, field('organization.name'), 'Lakeside Hospital');
  draft = withChange(saved, draft, field('push.lifetime_s'), null);
  assert.equal(shownValue(saved, draft, field('push.lifetime_s')), 60);
  assert.deepEqual(patchOf(draft), {
    push: { number_length: 6, lifetime_s: null },
    organization: { name: 'Lakeside Hospital' },
  });
});

test('a change back to what is saved is no change', () => {
  const draft = withChange(saved, {}, field('push.enabled'), false);
  assert.deepEqual(withChange(saved, draft, field('push.enabled'), true), {});
  assert.deepEqual(withChange(saved, {}, field('push.number_length'), null), {});
});

test('what may not be saved is named by its path', () => {
  for (const wrong of [1, 7, 2.5, '']) {
    const draft = withChange(saved, {}, field('push.number_length'), wrong);
    assert.deepEqual(Object.keys(problemsOf(saved, draft)), ['push.number_length'], String(wrong));
  }
  assert.deepEqual(Object.keys(problemsOf(saved, { 'organization.name': ' ' })), ['organization.name']);
  assert.deepEqual(problemsOf(saved, {}), {});
});

test('both ways to switch push off are noticed, and nothing else is', () => {
  const others = savedValue(saved, 'mfa.factors') as string[];
  assert.equal(switchesPushOff(saved, { 'push.enabled': false }), true);
  assert.equal(switchesPushOff(saved, { 'mfa.factors': others.filter((factor) => factor !== 'push') }), true);
  assert.equal(switchesPushOff(saved, { 'mfa.required': false }), false);
  const off = { ...saved, push: { ...saved.push, enabled: false } };
  assert.equal(switchesPushOff(off, { 'mfa.factors': [] }), false);
  assert.equal(switchesPushOff(off, { 'push.enabled': null }), false);
});
