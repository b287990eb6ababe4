import type { FactorKind, PolicyEffect, PolicyRule } from '@countersign/protocol/wire';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { BlockList, isIPv4 } from 'node:net';
import { test } from 'node:test';
import { defaults } from '../settings/settings.ts';
import { decideFactors, decideUnder, type Facts } from './decide.ts';
import {
  compile,
  decideRule,
  isMetBy,
  problemsOf,
  rulingsInReach,
  type Proven,
  type Situation,
} from './rules.ts';

const aRule = (more: Partial<PolicyRule> = {}): PolicyRule => ({
  id: 'rule',
  name: 'A rule',
  enabled: true,
  who: null,
  what: ['portal'],
  networks: null,
  familiar: null,
  when: null,
  effect: { deny: true },
  ...more,
});
/** A Wednesday, 20:30 in UTC. */
const wednesday = Date.parse('2026-07-01T20:30:00Z');
const situation: Situation = {
  user: 'mia',
  groups: [],
  target: 'portal',
  ip: '10.1.2.3',
  familiar: false,
  at: wednesday,
};
const matches = (rule: Partial<PolicyRule>, more: Partial<Situation> = {}) =>
  decideRule(compile([aRule(rule)]), { ...situation, ...more }).rule !== null;

// The slow, obvious reference: nothing is prepared, and nothing is shared with what it is compared with.

const asIPv4 = (ip: string) => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip;
function isIn(ip: string, range: string): boolean {
  const list = new BlockList();
  const [written = '', bits] = range.split('/');
  const address = asIPv4(written);
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits) - (address === written ? 0 : 96), family);
  const plain = asIPv4(ip);
  return (isIPv4(plain) ? 'ipv4' : 'ipv6') === family && list.check(plain, family);
}
function isAt(at: number, when: NonNullable<PolicyRule['when']>): boolean {
  const [date = '', time = ''] = new Date(at)
    .toLocaleString('sv-SE', { timeZone: when.time_zone })
    .split(' ');
  const weekday = ((new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7) + 1;
  const hhmm = time.slice(0, 5);
  const inDay =
    when.from === when.until ||
    (when.from < when.until
      ? hhmm >= when.from && hhmm < when.until
      : hhmm >= when.from || hhmm < when.until);
  return inDay && when.weekdays.includes(weekday);
}
function obviously(rules: readonly PolicyRule[], asked: Situation): string | null {
  for (const rule of rules) {
    if (!rule.enabled) continue;
    if (rule.who) {
      const named = rule.who.users.includes(asked.user);
      const grouped = rule.who.groups.filter((group) => asked.groups.includes(group)).length > 0;
      if (!named && !grouped) continue;
    }
    const kind = asked.target.split(':')[0]!;
    if (!rule.what.includes(asked.target) && !rule.what.includes(`${kind}:*`)) continue;
    if (rule.networks) {
      let inside = false;
      for (const range of rule.networks.ranges) if (asked.ip !== null && isIn(asked.ip, range)) inside = true;
      if (inside !== rule.networks.inside) continue;
    }
    if (rule.familiar === true && !asked.familiar) continue;
    if (rule.familiar === false && asked.familiar) continue;
    if (rule.when && !isAt(asked.at, rule.when)) continue;
    return rule.id;
  }
  return null;
}

const targets = ['portal', 'admin', 'password_reset', 'application:a', 'application:b', 'host_group:h'];
const ranges = [
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.2.3',
  '10.1.2.3/31',
  '192.168.1.77/24',
  '0.0.0.0/0',
  '0.0.0.0/1',
  '::/1',
  '255.255.255.255/32',
  '::/0',
  '2001:db8::/32',
  '2001:db8:0:1::1',
  'fe80::/10',
  '::ffff:10.1.0.0/112',
];
const addresses = [
  '9.255.255.255',
  '10.0.0.0',
  '10.1.2.2',
  '10.1.2.3',
  '10.255.255.255',
  '11.0.0.0',
  '192.168.1.0',
  '255.255.255.255',
  '::ffff:10.1.2.3',
  '2001:db8::',
  '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
  '2001:db9::',
  'febf::1',
];
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Kiritimati'];
const twoDigits = (value: number) => String(value).padStart(2, '0');
const timeOfDay = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 45))
  .map(([hour, minute]) => `${twoDigits(hour)}:${twoDigits(minute)}`);
const some = <T>(...values: T[]) => fc.subarray(values, { minLength: 1 });
const factorKinds: FactorKind[] = ['push', 'totp', 'passkey', 'recovery_code'];
const demands: fc.Arbitrary<PolicyEffect> = fc.record(
  {
    factors: some(...factorKinds),
    confirmation: fc.constant('number' as const),
    user_verification: fc.constant('required' as const),
    phishing_resistant: fc.constant(true as const),
  },
  { requiredKeys: [] },
);
const ruleArbitrary: fc.Arbitrary<Omit<PolicyRule, 'id'>> = fc.record({
  name: fc.constant('A rule'),
  enabled: fc.boolean(),
  who: fc.option(
    fc
      .record({ users: fc.subarray(['mia', 'noah']), groups: fc.subarray(['staff', 'admins']) })
      .filter(({ users, groups }) => users.length + groups.length > 0),
  ),
  what: some(...targets, 'application:*', 'host_group:*'),
  networks: fc.option(
    fc.record({
      inside: fc.boolean(),
      ranges: fc.array(
        fc.oneof(
          fc.constantFrom(...ranges),
          fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, bits]) => `${address}/${bits}`),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  ),
  familiar: fc.option(fc.boolean()),
  when: fc.option(
    fc.record({
      weekdays: some(1, 2, 3, 4, 5, 6, 7),
      from: timeOfDay,
      until: timeOfDay,
      time_zone: fc.constantFrom(...zones),
    }),
  ),
  effect: fc.oneof(fc.constant<PolicyEffect>({ deny: true }), demands),
});
const rulesArbitrary = (maxLength: number) =>
  fc
    .array(ruleArbitrary, { maxLength })
    .map((rules) => rules.map((rule, index): PolicyRule => ({ ...rule, id: `rule${index}` })));
const week = 7 * 24 * 60 * 60_000;
const situationArbitrary: fc.Arbitrary<Situation> = fc.record({
  user: fc.constantFrom('mia', 'noah', 'zoe'),
  groups: fc.subarray(['staff', 'admins', 'others']),
  target: fc.constantFrom(...targets),
  ip: fc.option(fc.oneof(fc.constantFrom(...addresses), fc.ipV4(), fc.ipV6())),
  familiar: fc.boolean(),
  // A year with both changes of the clock.
  at: fc.integer({ min: wednesday, max: wednesday + 52 * week }),
});

test('of random rules the one decides that a slow, obvious reference finds, for random people and requests', () => {
  fc.assert(
    fc.property(rulesArbitrary(12), fc.array(situationArbitrary, { maxLength: 20 }), (rules, asked) => {
      assert.deepEqual(
        problemsOf(rules).filter(({ path }) => !path.includes('/effect')),
        [],
      );
      const compiled = compile(rules);
      for (const each of asked)
        assert.equal(decideRule(compiled, each).rule?.id ?? null, obviously(rules, each));
    }),
    { numRuns: 500 },
  );
});

test('what rules could come to for somebody in a new browser is what some address and some hour bring, and nothing else', () => {
  fc.assert(
    fc.property(
      rulesArbitrary(5).filter((rules) => rules.some(({ what }) => what.includes('admin'))),
      fc.subarray(['staff', 'admins']),
      (rules, groups) => {
        const who = { user: 'mia', groups, target: 'admin' };
        const compiled = compile(rules);
        const found = [...rulingsInReach(compiled, { ...who, at: wednesday })];
        const brought = new Set<string | null>();
        const written = rules.flatMap(({ networks }) => networks?.ranges ?? []);
        const near = written.flatMap((range) => neighbours(range));
        const hours = rules.some(({ when }) => when) ? 7 * 24 * 4 : 1;
        for (const ip of new Set(['0.0.0.0', '::', ...near])) {
          for (let quarter = 0; quarter < hours; quarter += 1) {
            const at = wednesday + quarter * 15 * 60_000;
            brought.add(decideRule(compiled, { ...who, ip, familiar: false, at }).rule?.id ?? null);
          }
        }
        assert.deepEqual(new Set(found.map(({ rule }) => rule?.id ?? null)), brought);
      },
    ),
    { numRuns: 40 },
  );
});

test('what fits into one call costs little: many networks, many hours, many targets, in any mix', () => {
  // 64 KiB and 200 rules are what a call may hold.
  const most = 64 * 1024;
  const dearRules = (count: number, hours: boolean, targets_: number): PolicyRule[] => {
    const made = Array.from({ length: count }, (_, index) =>
      aRule({
        id: String(index),
        what: ['admin', ...Array.from({ length: targets_ }, (__, at) => `application:${index}-${at}`)],
        networks: { inside: true, ranges: [] },
        when: hours
          ? {
              weekdays: [1 + (index % 7)],
              from: `${twoDigits(index % 24)}:00`,
              until: `${twoDigits(index % 24)}:30`,
              time_zone: zones[index % zones.length]!,
            }
          : null,
      }),
    );
    let size = JSON.stringify(made).length;
    for (let index = 0; size < most; index += 1) {
      // They overlap, so that each address is in other ones.
      const range = `${(index * 37) % 224}.${(index * 11) % 256}.${index % 256}.0/${6 + (index % 19)}`;
      const { ranges: into } = made[index % count]!.networks!;
      if (into.length >= 100) break;
      into.push(range);
      size += range.length + 3;
    }
    return made;
  };
  for (const [count, hours, targets_] of [
    [50, false, 0],
    [200, false, 0],
    [50, true, 0],
    [150, true, 0],
    [100, false, 20],
  ] as const) {
    const start = performance.now();
    const compiled = compile(dearRules(count, hours, targets_));
    const who = { user: 'mia', groups: [], target: 'admin', at: wednesday };
    assert.ok([...rulingsInReach(compiled, who)].length > 1);
    const took = performance.now() - start;
    // Less than half a second alone on a core; where each moment is looked at in each network, five and more.
    assert.ok(took < 3_000, `${count} rules took ${Math.round(took)} ms`);
  }
});

/** The addresses where a network begins and ends, and those beside it. */
function neighbours(range: string): string[] {
  const [written = '', bits] = range.split('/');
  const address = asIPv4(written);
  const isFour = isIPv4(address);
  const whole = isFour ? 32 : 128;
  const length = bits === undefined ? whole : Number(bits) - (address === written ? 0 : 96);
  const value = isFour ? fourToNumber(address) : sixToNumber(address);
  const size = 1n << BigInt(whole - length);
  const first = (value / size) * size;
  const all = [first - 1n, first, first + size - 1n, first + size];
  const most = 1n << BigInt(whole);
  return all.filter((each) => each >= 0n && each < most).map(isFour ? numberToFour : numberToSix);
}
const fourToNumber = (text: string) =>
  text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n);
const numberToFour = (value: bigint) =>
  [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
function sixToNumber(text: string): bigint {
  const [head = '', tail = ''] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const parts = text.includes('::')
    ? [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
    : left;
  return parts.reduce((value, part) => value * 65_536n + BigInt(`0x${part}`), 0n);
}
const numberToSix = (value: bigint) =>
  Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 65_535n).toString(16)).join(
    ':',
  );

test('a rule narrows what the settings allow, and never widens it; what satisfies it is among what it leaves', () => {
  const anyFacts: fc.Arbitrary<Facts> = fc.record({
    purpose: fc.constantFrom(
      'portal_login' as const,
      'admin_login' as const,
      'sso' as const,
      'password_reset' as const,
      'backchannel' as const,
      'device_login' as const,
    ),
    act: fc.constant(false),
    acr: fc.constantFrom(null, 'urn:countersign:aal2' as const, 'urn:countersign:phr' as const),
    taken: fc.subarray(factorKinds),
    settings: fc
      .record({
        required: fc.boolean(),
        factors: fc.subarray(factorKinds),
        without_factor: fc.constantFrom('mail' as const, 'help_desk' as const),
        user_verification: fc.constantFrom('off' as const, 'preferred' as const, 'required' as const),
      })
      .map(({ required, factors, without_factor, user_verification }) => ({
        ...defaults,
        mfa: { required, required_from: null, factors },
        push: { ...defaults.push, user_verification },
        password_reset: { without_factor },
      })),
    pushEnabled: fc.boolean(),
    hadFactor: fc.boolean(),
    factors: fc.record({
      push: fc.subarray([
        { id: 'phone', hasVerificationKey: true },
        { id: 'bare', hasVerificationKey: false },
      ]),
      totp: fc.boolean(),
      passkey: fc.boolean(),
      recovery_code: fc.boolean(),
    }),
  });
  // A program that asks the phone alone for two factors may get them by a rule that has the phone verify its user: more
  // is proven then, not less.
  const factsArbitrary = anyFacts.map((facts) =>
    facts.purpose === 'backchannel' ? { ...facts, acr: null } : facts,
  );
  const offered = (decision: ReturnType<typeof decideFactors>) =>
    decision.outcome !== 'challenge'
      ? []
      : [
          ...decision.factors.push.map(({ id }) => id),
          ...(['totp', 'passkey', 'recovery_code'] as const).filter((kind) => decision.factors[kind]),
        ];
  fc.assert(
    fc.property(
      factsArbitrary,
      fc.oneof(demands, fc.constant<PolicyEffect>({ deny: true })),
      (facts, effect) => {
        const bare = decideFactors(facts);
        const ruling = { rule: { id: 'r', name: 'R' }, effect };
        const ruled = decideUnder(ruling, facts);
        for (const factor of offered(ruled)) assert.ok(offered(bare).includes(factor), factor);
        if (bare.outcome === 'refuse') assert.equal(ruled.outcome, 'refuse');
        if (bare.outcome === 'enrollment') assert.notEqual(ruled.outcome, 'ready');
        if (Object.keys(effect).length > 0) assert.notEqual(ruled.outcome, 'ready');
        if (effect.deny) assert.deepEqual([ruled.outcome, offered(ruled)], ['refuse', []]);
        for (const kind of ['totp', 'passkey', 'recovery_code'] as const)
          if (offered(ruled).includes(kind))
            assert.ok(isMetBy(effect, { factor: kind, number: false, user_verified: false }), kind);
        assert.match(ruled.reason, /rule “R”/);
        assert.deepEqual(decideUnder({ rule: null, effect: {} }, facts), bare);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('what was proven meets a rule by the factor, the number and the user verification that it asks for', () => {
  const tap: Proven = { factor: 'push', number: false, user_verified: false };
  const code: Proven = { factor: 'totp', number: false, user_verified: false };
  const passkey: Proven = { factor: 'passkey', number: false, user_verified: true };
  const met = (effect: PolicyEffect) =>
    [null, code, tap, { ...tap, number: true }, { ...tap, user_verified: true }, passkey]
      .map((proven) => (isMetBy(effect, proven) ? 'y' : 'n'))
      .join('');
  assert.equal(met({}), 'yyyyyy');
  assert.equal(met({ session_minutes: 30, fresh_minutes: 5 }), 'yyyyyy');
  assert.equal(met({ deny: true }), 'nnnnnn');
  assert.equal(met({ factors: ['push'] }), 'nnyyyn');
  assert.equal(met({ factors: ['push', 'passkey'] }), 'nnyyyy');
  assert.equal(met({ confirmation: 'number' }), 'nynyny');
  assert.equal(met({ user_verification: 'required' }), 'nynnyy');
  assert.equal(met({ phishing_resistant: true }), 'nnnnny');
});

test('a disabled rule is none; the first of those that match decides', () => {
  const first = aRule({ id: 'first', effect: { confirmation: 'number' } });
  const second = aRule({ id: 'second' });
  const deciding = (...rules: PolicyRule[]) => decideRule(compile(rules), situation).rule?.id;
  assert.equal(deciding(first, second), 'first');
  assert.equal(deciding(second, first), 'second');
  assert.equal(deciding({ ...second, enabled: false }, first), 'first');
  assert.equal(deciding(), undefined);
});

test('an address that nobody knows is in no network; IPv4 in IPv6 is IPv4', () => {
  const office = (inside: boolean, ...within: string[]) => ({ networks: { inside, ranges: within } });
  assert.ok(!matches(office(true, '0.0.0.0/0', '::/0'), { ip: null }));
  assert.ok(matches(office(false, '0.0.0.0/0', '::/0'), { ip: null }));
  assert.ok(!matches(office(true, '0.0.0.0/0'), { ip: 'unknown' }));
  assert.ok(matches(office(true, '10.0.0.0/8'), { ip: '::ffff:10.1.2.3' }));
  assert.ok(matches(office(true, '::ffff:10.0.0.0/104')));
  assert.ok(!matches(office(true, '::/0')));
  assert.ok(matches(office(true, '10.9.9.9/8')), 'the bits of the host do not count');
});

test('times are those of their zone: a night spans midnight, an hour that is left out does not come', () => {
  const during = (from: string, until: string, weekdays = [1, 2, 3, 4, 5, 6, 7], time_zone = 'UTC') => ({
    when: { weekdays, from, until, time_zone },
  });
  assert.ok(matches(during('20:30', '20:31')));
  assert.ok(!matches(during('20:00', '20:30')));
  assert.ok(matches(during('22:00', '06:00', [4], 'Europe/Berlin'), { at: wednesday + 2 * 3_600_000 }));
  assert.ok(!matches(during('22:00', '06:00', [3], 'Europe/Berlin'), { at: wednesday + 2 * 3_600_000 }));
  assert.ok(matches(during('07:00', '07:00', [3])), 'a whole day');
  // The last Sunday of March: two o’clock in Berlin is three.
  const change = Date.parse('2027-03-28T01:00:00Z');
  assert.ok(matches(during('03:00', '03:01', [7], 'Europe/Berlin'), { at: change }));
  assert.ok(!matches(during('02:00', '03:00', [7], 'Europe/Berlin'), { at: change }));
});

test('what no rule can mean is told with its place', () => {
  const told = (rule: Partial<PolicyRule>) => problemsOf([aRule(), aRule({ id: 'other', ...rule })]);
  assert.deepEqual(told({}), []);
  const networks = (range: string) => ({ networks: { inside: true, ranges: ['10.0.0.0/8', range] } });
  for (const range of [
    '10.0.0.0/33',
    '10/8',
    '010.0.0.0/8',
    'fe80::1%eth0',
    '::/129',
    '10.0.0.0/',
    'host',
    '',
  ])
    assert.deepEqual(
      told(networks(range)).map(({ path }) => path),
      ['/1/networks/ranges/1'],
      range,
    );
  const paths = (rule: Partial<PolicyRule>) => told(rule).map(({ path }) => path);
  assert.deepEqual(paths({ id: 'rule' }), ['/1/id']);
  assert.deepEqual(paths({ who: { users: [], groups: [] } }), ['/1/who']);
  const when = { weekdays: [1], from: '08:00', until: '17:00', time_zone: 'Europe/Atlantis' };
  assert.deepEqual(paths({ when }), ['/1/when/time_zone']);
  assert.deepEqual(paths({ effect: { deny: true, factors: ['push'] } }), ['/1/effect']);
  assert.deepEqual(paths({ effect: { factors: ['push'], phishing_resistant: true } }), ['/1/effect/factors']);
  assert.deepEqual(paths({ what: ['application:*'], effect: { session_minutes: 30 } }), [
    '/1/effect/session_minutes',
  ]);
  assert.deepEqual(paths({ effect: { fresh_minutes: 30 } }), ['/1/effect/fresh_minutes']);
});
