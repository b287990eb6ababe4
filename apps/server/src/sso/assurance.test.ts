import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enough, higherOf, leastOf, statedAcr, type Proof } from './assurance.ts';

const [aal1, aal2, phr] = ['urn:countersign:aal1', 'urn:countersign:aal2', 'urn:countersign:phr'] as const;
const signIn: Proof = { acr: phr, amr: ['swk'], at: 1_000 };
const stepUp: Proof = { acr: aal2, amr: ['otp'], at: 5_000 };

test('what was proven is enough where one proof is both sure and late enough, never two together', () => {
  assert.equal(enough([signIn, stepUp], { acr: aal1, freshSince: 0 }), signIn);
  assert.equal(enough([signIn, stepUp], { acr: aal2, freshSince: 1_001 }), stepUp);
  assert.equal(enough([signIn, stepUp], { acr: phr, freshSince: 1_000 }), signIn);
  assert.equal(enough([signIn, stepUp], { acr: phr, freshSince: 1_001 }), undefined);
  assert.equal(enough([signIn, stepUp], { acr: aal1, freshSince: 5_001 }), undefined);
  assert.equal(enough([], { acr: aal1, freshSince: 0 }), undefined);
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
