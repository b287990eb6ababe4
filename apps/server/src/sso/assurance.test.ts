import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEnough, higherOf, leastOf, statedAcr, strictest, wantedBy, type Proof } from './assurance.ts';

const [aal1, aal2, phr] = ['urn:countersign:aal1', 'urn:countersign:aal2', 'urn:countersign:phr'] as const;
const signIn: Proof = { acr: phr, amr: ['swk'], at: 1_000, proven: null };
const stepUp: Proof = { acr: aal2, amr: ['otp'], at: 5_000, proven: null };

test('what was proven is enough where one proof is both sure and late enough', () => {
  assert.ok(isEnough(signIn, { acr: aal1, freshSince: 0 }, {}));
  assert.ok(isEnough(signIn, { acr: phr, freshSince: 1_000 }, {}));
  assert.ok(!isEnough(signIn, { acr: phr, freshSince: 1_001 }, {}));
  assert.ok(isEnough(stepUp, { acr: aal2, freshSince: 5_000 }, {}));
  assert.ok(!isEnough(stepUp, { acr: phr, freshSince: 0 }, {}));
  assert.ok(!isEnough(stepUp, { acr: aal1, freshSince: 5_001 }, {}));
});

test('of the classes that are named, the least will do; those of others are none of ours', () => {
  assert.equal(leastOf([phr, aal2]), aal2);
  assert.equal(leastOf(['urn:other', phr]), phr);
  assert.equal(leastOf(['urn:other']), undefined);
  assert.equal(leastOf([]), undefined);
});

test('what is stated was asked for where that is true, and never more than what was reached', () => {
  assert.equal(statedAcr(phr, [aal2]), aal2);
  assert.equal(statedAcr(phr, [aal1, aal2, phr]), phr);
  assert.equal(statedAcr(aal1, [phr]), aal1);
  assert.equal(statedAcr(aal2, []), aal2);
  assert.equal(statedAcr(aal2, ['urn:other']), aal2);
  assert.equal(higherOf(aal1, aal2), aal2);
  assert.equal(higherOf(phr, aal2), phr);
});

test('an administrator wants a step-up, or a sign-in that is not too old, or the later of both', () => {
  const minute = 60_000; // ms
  const now = 100 * minute;
  const wanted = (step_up: number, session_minutes: number | null) =>
    wantedBy({ step_up, session_minutes }, now);
  assert.deepEqual(wanted(0, null), { acr: aal1, freshSince: 0 });
  assert.deepEqual(wanted(0, 30), { acr: aal1, freshSince: 70 * minute });
  assert.deepEqual(wanted(1, null), { acr: aal2, freshSince: 95 * minute });
  assert.deepEqual(wanted(1, 30), { acr: aal2, freshSince: 95 * minute });
});

test('what one of two wants, the other cannot soften', () => {
  const one = { acr: phr, freshSince: 5 };
  const other = { acr: aal1, freshSince: 7 };
  for (const both of [strictest(one, other), strictest(other, one)])
    assert.deepEqual(both, { acr: phr, freshSince: 7 });
});
