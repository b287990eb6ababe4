import type { FactorKind, PolicyEffect, PolicyRule } from '@countersign/protocol/wire';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaults } from '../settings/settings.ts';
import { enrolmentRuling, isEnough, leftToEnrol, warningsOf } from './enrolment.ts';
import { compile, decideRule, problemsOf } from './rules.ts';

const kinds: FactorKind[] = ['push', 'totp', 'passkey', 'recovery_code'];
const aRule = (more: Partial<PolicyRule> = {}): PolicyRule => ({
  id: 'rule',
  name: 'A rule',
  enabled: true,
  who: null,
  what: ['enrollment'],
  networks: null,
  familiar: null,
  when: null,
  effect: { factors: ['passkey'] },
  ...more,
});
const people = [
  { user: 'mia', groups: [] },
  { user: 'noah', groups: ['staff'] },
  { user: 'zoe', groups: ['staff', 'contractors'] },
];

const some = fc.subarray(kinds, { minLength: 1 });
const rulesArbitrary = fc
  .array(
    fc.record({
      enabled: fc.boolean(),
      who: fc.option(
        fc
          .record({
            users: fc.subarray(['mia', 'noah']),
            groups: fc.subarray(['staff', 'contractors', 'others']),
          })
          .filter(({ users, groups }) => users.length + groups.length > 0),
      ),
      what: fc.constantFrom('enrollment', 'enrollment', 'portal', 'admin'),
      effect: fc.oneof(
        fc.constant<PolicyEffect>({ deny: true }),
        some.map((factors): PolicyEffect => ({ factors })),
        fc.constant<PolicyEffect>({}),
      ),
    }),
    { maxLength: 8 },
  )
  .map((rules) =>
    rules.map((rule, index) => aRule({ ...rule, what: [rule.what], id: `r${index}`, name: `R${index}` })),
  );

/** The slow, obvious reference: one rule after the other, one kind after the other. */
function obviously(rules: readonly PolicyRule[], who: (typeof people)[number], allowed: FactorKind[]) {
  for (const rule of rules) {
    if (!rule.enabled || rule.what[0] !== 'enrollment') continue;
    let isAbout = rule.who === null || rule.who.users.includes(who.user);
    for (const group of who.groups) if (rule.who?.groups.includes(group)) isAbout = true;
    if (!isAbout) continue;
    const left: FactorKind[] = [];
    for (const kind of allowed) {
      if (rule.effect.deny) continue;
      if (rule.effect.factors && !rule.effect.factors.includes(kind)) continue;
      left.push(kind);
    }
    return { left, rule: rule.id };
  }
  return { left: allowed, rule: null };
}

test('of random rules, who may enrol what is as a slow, obvious reference finds: never more than the settings allow', () => {
  fc.assert(
    fc.property(rulesArbitrary, fc.subarray(kinds), (rules, allowed) => {
      assert.deepEqual(problemsOf(rules), []);
      const compiled = compile(rules);
      for (const who of people) {
        const ruling = enrolmentRuling(compiled, who);
        const left = leftToEnrol(ruling, allowed);
        assert.deepEqual({ left, rule: ruling.rule?.id ?? null }, obviously(rules, who, allowed));
        // What is enrolled decides no sign-in, and what is signed in to no enrolment.
        const portal = { ...who, target: 'portal', ip: null, familiar: false, at: 0 };
        const without = compile(rules.filter(({ what }) => what[0] !== 'enrollment'));
        assert.deepEqual(decideRule(compiled, portal), decideRule(without, portal));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('nobody is left with nothing to enrol, where a factor is required, but by a rule that is warned of', () => {
  fc.assert(
    fc.property(rulesArbitrary, some, fc.boolean(), fc.boolean(), (rules, factors, required, push) => {
      const settings = {
        ...defaults,
        mfa: { ...defaults.mfa, required, factors },
        push: { ...defaults.push, enabled: push },
      };
      const allowed = factors.filter((kind) => kind !== 'push' || push);
      const warned = warningsOf(rules, settings).filter(({ kind }) => kind === 'nothing_to_enroll');
      for (const who of people) {
        const { left, rule } = obviously(rules, who, allowed);
        if (required && rule !== null && !isEnough(left))
          assert.ok(
            warned.some((warning) => warning.rule.id === rule),
            JSON.stringify({ rule, warned }),
          );
      }
      if (!required) assert.deepEqual(warned, []);
    }),
    { numRuns: 1_000 },
  );
});

test('a rule is warned of that keeps from people what another demands of them', () => {
  const contractors = { users: [], groups: ['contractors'] };
  const enrol = aRule({ id: 'enrol', name: 'Codes', who: contractors, effect: { factors: ['totp'] } });
  const demand = (more: Partial<PolicyRule>) =>
    aRule({ id: 'demand', name: 'Demand', what: ['portal'], effect: { phishing_resistant: true }, ...more });
  const told = (...rules: PolicyRule[]) => warningsOf(rules, defaults).map(({ kind, by }) => [kind, by?.id]);
  assert.deepEqual(told(enrol, demand({})), [['demanded', 'demand']]);
  assert.deepEqual(told(enrol, demand({ who: contractors })), [['demanded', 'demand']]);
  assert.deepEqual(told(enrol, demand({ who: { users: ['mia'], groups: ['staff'] } })), []);
  assert.deepEqual(told(enrol, demand({ enabled: false })), []);
  assert.deepEqual(told({ ...enrol, enabled: false }, demand({})), []);
  assert.deepEqual(told(enrol, demand({ effect: { factors: ['totp', 'push'] } })), []);
  assert.deepEqual(told(enrol, demand({ effect: { deny: true } })), []);
  assert.deepEqual(told(aRule({ effect: { factors: ['recovery_code'] } })), [
    ['nothing_to_enroll', undefined],
  ]);
});

test('a rule about enrolling is about that alone, and about nothing that passes', () => {
  const paths = (more: Partial<PolicyRule>) => problemsOf([aRule(more)]).map(({ path }) => path);
  assert.deepEqual(paths({}), []);
  assert.deepEqual(paths({ effect: { deny: true } }), []);
  assert.deepEqual(paths({ what: ['enrollment', 'portal'] }), ['/0/what']);
  assert.deepEqual(paths({ networks: { inside: true, ranges: ['10.0.0.0/8'] } }), ['/0/networks']);
  assert.deepEqual(paths({ familiar: true }), ['/0/familiar']);
  const when = { weekdays: [1], from: '08:00', until: '18:00', time_zone: 'UTC' };
  assert.deepEqual(paths({ when }), ['/0/when']);
  assert.deepEqual(paths({ effect: { factors: ['push'], confirmation: 'number' } }), [
    '/0/effect/confirmation',
  ]);
  assert.deepEqual(paths({ effect: { phishing_resistant: true } }), ['/0/effect/phishing_resistant']);
});
