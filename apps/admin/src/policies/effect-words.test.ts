import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeInWords, lookedAtInWords, signInInWords } from './effect-words.ts';

const report = {
  looked_at: 1240,
  left_out: 0,
  people_gone: 0,
  changes: [
    { kind: 'refused' as const, count: 3, examples: [] },
    { kind: 'number' as const, count: 41, examples: [] },
  ],
};

test('how many sign-ins would have gone another way, and how many could not be tried', () => {
  assert.deepEqual(lookedAtInWords(report), {
    title: 'Of 1,240 sign-ins, 44 would have gone another way.',
    more: [],
  });
  assert.deepEqual(lookedAtInWords({ ...report, looked_at: 1, changes: [], left_out: 1, people_gone: 2 }), {
    title: 'Of 1 sign-in, none would have gone another way.',
    more: ['1 is left out: what they were decided on was not kept then.', '2 are of people who are gone.'],
  });
  assert.equal(
    lookedAtInWords({ ...report, looked_at: 0, changes: [] }).title,
    'There is no sign-in to try them on.',
  );
  assert.equal(changeInWords('refused', 1003), '1,003 would have been refused');
});

test('what somebody wanted, from where, in which browser', () => {
  const names = { pay: 'Payroll', web: 'Web' };
  const said = (target: string, familiar: boolean, ip: string | null = '192.0.2.7') =>
    signInInWords({ target, familiar, ip }, names);
  assert.equal(said('portal', true), 'to the User Portal, from 192.0.2.7 in a familiar browser');
  assert.equal(
    said('application:pay', false, null),
    'to Payroll, from an address that nobody knows in an unfamiliar browser',
  );
  assert.equal(said('host_group:web', true), 'to hosts of Web, from 192.0.2.7, which is familiar');
  assert.equal(said('host_group:web', false), 'to hosts of Web, from 192.0.2.7');
  assert.equal(
    said('password_reset', false),
    'for a password reset, from 192.0.2.7 in an unfamiliar browser',
  );
});
