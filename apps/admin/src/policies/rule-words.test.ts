import type { PolicyRule } from '@countersign/protocol/wire';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleInWords, simulationInWords } from './rule-words.ts';

const rule: PolicyRule = {
  id: 'r',
  name: 'R',
  enabled: true,
  who: null,
  what: ['portal'],
  networks: null,
  familiar: null,
  when: null,
  effect: { deny: true },
};
const names = { staff: 'Staff', mia: 'Mia', pay: 'Payroll', web: 'Web' };
const said = (more: Partial<PolicyRule>) => ruleInWords({ ...rule, ...more }, names);

test('a rule reads as one sentence', () => {
  assert.equal(said({}), 'Everybody who signs in to the User Portal from anywhere is denied.');
  assert.equal(
    said({
      who: { users: [], groups: ['staff'] },
      what: ['application:pay'],
      effect: { factors: ['push'], confirmation: 'number' },
    }),
    'People in Staff who open Payroll from anywhere need a push and the number typed at each push.',
  );
  assert.equal(
    said({
      who: { users: ['mia'], groups: [] },
      what: ['admin', 'host_group:web', 'host_group:*'],
      networks: { inside: false, ranges: ['192.0.2.0/24', '2001:db8::/32'] },
      familiar: false,
      when: { weekdays: [7, 6], from: '18:00', until: '06:00', time_zone: 'Europe/Berlin' },
      effect: { phishing_resistant: true, session_minutes: 60 },
    }),
    'Mia who signs in to the Admin Portal, logs in on hosts of Web or logs in on any host from outside 192.0.2.0/24 or 2001:db8::/32 in an unfamiliar browser on Saturday or Sunday between 18:00 and 06:00 (Europe/Berlin) needs a passkey, for a session of 60 minutes.',
  );
  assert.match(said({ effect: {} }), /needs what the settings say\.$/);
  assert.match(said({ what: ['application:old'] }), /something that was removed/);
});

test('so does a rule about enrolling', () => {
  const enrolling = (more: Partial<PolicyRule>) => said({ what: ['enrollment'], ...more });
  assert.equal(
    enrolling({
      who: { users: ['mia'], groups: ['staff'] },
      effect: { factors: ['totp', 'passkey'] },
    }),
    'People in Staff and Mia may enrol a passkey or a verification code.',
  );
  assert.equal(enrolling({}), 'Everybody may enrol nothing.');
  assert.equal(enrolling({ effect: { factors: ['recovery_code'] } }), 'Everybody may enrol recovery codes.');
  assert.equal(enrolling({ effect: {} }), 'Everybody may enrol what the settings allow.');
});

test('what was simulated names what would be asked, and the rule', () => {
  const found = {
    outcome: 'challenge' as const,
    code: null,
    reason: '',
    rule: { id: 'r', name: 'R' },
    factors: ['push' as const, 'totp' as const],
    confirmation: 'number' as const,
    user_verification: true,
    session_minutes: null,
    fresh_minutes: null,
    enrollment: { factors: ['recovery_code' as const, 'push' as const], rule: null },
    stuck: false,
  };
  assert.deepEqual(simulationInWords(found), {
    outcome:
      'Asked for: a push with the number typed and face, fingerprint or passcode or a verification code.',
    rule: 'The rule “R” says so.',
    enrollment: 'They may enrol a push or recovery codes: so say the settings.',
    lasts: '',
  });
  const denied = simulationInWords({ ...found, outcome: 'refuse', code: 'policy_denied', rule: null });
  assert.equal(denied.outcome, 'Denied.');
  assert.equal(denied.rule, 'No rule matches: what the settings say holds.');
  const stuck = simulationInWords({
    ...found,
    outcome: 'enrollment',
    stuck: true,
    session_minutes: 30,
    fresh_minutes: 1,
    enrollment: { factors: [], rule: { id: 'e', name: 'E' } },
  });
  assert.deepEqual(
    [stuck.outcome, stuck.enrollment, stuck.lasts],
    [
      'A second factor must be enrolled first, and none may be: they cannot get in.',
      'They may enrol nothing: the rule “E” says so.',
      'A session of 30 minutes. A proof no older than 1 minute.',
    ],
  );
});
