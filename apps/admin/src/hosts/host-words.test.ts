import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host, HostRule } from '@countersign/protocol/wire';
import { endings } from '../../../server/src/hosts/login/outcomes.ts';
import { ruleInWords, whoMayLogIn } from './group-words.ts';
import { outcomeInWords, outcomeOf } from './outcome-words.ts';
import { isSilent, serviceName } from './words.ts';

test('every way in which a login on a host ends has words', () => {
  const refusals = [
    'service_denied',
    'local_user_unmapped',
    'host_login_not_allowed',
    'no_allowed_factor',
    'policy_denied',
  ];
  const offline = ['offline_code', 'break_glass', 'outage_allowed', 'wrong_code', 'locked'];
  for (const outcome of [...Object.keys(endings), ...refusals, ...offline, 'waiting'])
    assert.doesNotMatch(outcomeOf(outcome).label, /^[a-z_]+$/, outcome);
  assert.equal(outcomeInWords('allowed'), 'Allowed');
  assert.equal(outcomeInWords('denied'), 'Denied: on the phone');
  assert.equal(outcomeInWords('constructor'), 'constructor');
});

test('a rule is read as a sentence, nobody and nothing before included', () => {
  const rule: HostRule = { factors: ['recovery_code', 'push', 'totp'], first_factor: true, deny: false };
  assert.equal(
    ruleInWords(rule),
    'After the password or key: a push, a verification code or a recovery code.',
  );
  assert.equal(
    ruleInWords({ ...rule, first_factor: false }),
    'With nothing asked before: a push with a number.',
  );
  for (const none of [
    { factors: [] },
    { factors: ['totp'], first_factor: false },
  ] satisfies Partial<HostRule>[])
    assert.match(ruleInWords({ ...rule, ...none }), /^Nobody can/);
  assert.equal(ruleInWords({ ...rule, deny: true }), 'Nobody logs in by it.');
  assert.deepEqual(['sshd', 'sudo', '*'].map(serviceName), ['ssh', 'sudo', 'All other services']);
});

test('who may log in is said whole', () => {
  const groups = [{ id: 'a', name: 'Operators' }];
  assert.match(
    whoMayLogIn({ access: 'everyone', groups: [], match_login: true }),
    /^Everyone .* same login name/,
  );
  assert.match(whoMayLogIn({ access: 'groups', groups, match_login: false }), /: Operators\. .* only where/);
  assert.match(whoMayLogIn({ access: 'groups', groups: [], match_login: false }), /^Nobody/);
});

test('a host that is late by three of its calls is silent, a revoked one never', () => {
  const host = { state: 'active', last_seen_at: '2026-03-10T12:00:00Z' } as Host;
  const after = (minutes: number) => Date.parse(host.last_seen_at) + minutes * 60_000;
  assert.equal(isSilent(host, after(29)), false);
  assert.equal(isSilent(host, after(31)), true);
  assert.equal(isSilent({ ...host, state: 'revoked' }, after(31)), false);
});
