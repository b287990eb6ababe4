import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levelsFor, statedContext, type Reached, type RequestedAuthnContext } from './authn-context.ts';

const [aal1, aal2, phr] = ['urn:countersign:aal1', 'urn:countersign:aal2', 'urn:countersign:phr'] as const;
const standard = 'urn:oasis:names:tc:SAML:2.0:ac:classes';
const transport = `${standard}:PasswordProtectedTransport`;
const [token, mobile] = [`${standard}:TimeSyncToken`, `${standard}:MobileTwoFactorContract`];
const refedsMfa = 'https://refeds.org/profile/mfa';

const password: Reached = { acr: aal1, amr: ['pwd'] };
const code: Reached = { acr: aal2, amr: ['pwd', 'otp', 'mfa'] };
const push: Reached = { acr: aal2, amr: ['pwd', 'swk', 'pop', 'mfa'] };
const passkey: Reached = { acr: phr, amr: ['swk', 'pop', 'user', 'mfa'] };

const asked = (comparison: RequestedAuthnContext['comparison'], ...classRefs: string[]) => ({
  comparison,
  classRefs,
});
const stated = (requested: RequestedAuthnContext | undefined) =>
  [password, code, push, passkey].map((reached) => statedContext(requested, reached));

test('without a wish any level will do, and what happened is stated', () => {
  assert.deepEqual(levelsFor(undefined), [aal1, aal2, phr]);
  assert.deepEqual(stated(undefined), [transport, aal2, aal2, phr]);
});

test('exact: one of the classes, where it is true of what happened', () => {
  assert.deepEqual(levelsFor(asked('exact', aal2)), [aal2, phr]);
  assert.deepEqual(stated(asked('exact', aal2)), [undefined, aal2, aal2, aal2]);
  assert.deepEqual(stated(asked('exact', transport)), [transport, transport, transport, undefined]);
  assert.deepEqual(stated(asked('exact', token)), [undefined, token, undefined, undefined]);
  assert.deepEqual(stated(asked('exact', mobile)), [undefined, undefined, mobile, mobile]);
  assert.deepEqual(stated(asked('exact', refedsMfa, transport)), [
    transport,
    refedsMfa,
    refedsMfa,
    refedsMfa,
  ]);
  assert.deepEqual(levelsFor(asked('exact', refedsMfa, transport)), [aal1, aal2, phr]);
});

test('minimum: at least as strong as one of them', () => {
  assert.deepEqual(levelsFor(asked('minimum', transport)), [aal1, aal2, phr]);
  assert.deepEqual(levelsFor(asked('minimum', phr)), [phr]);
  assert.deepEqual(stated(asked('minimum', refedsMfa)), [undefined, refedsMfa, refedsMfa, phr]);
  assert.deepEqual(stated(asked('minimum', transport)), [transport, aal2, aal2, phr]);
});

test('better: stronger than all of them', () => {
  assert.deepEqual(levelsFor(asked('better', transport)), [aal2, phr]);
  assert.deepEqual(levelsFor(asked('better', transport, refedsMfa)), [phr]);
  assert.deepEqual(levelsFor(asked('better', phr)), []);
  assert.deepEqual(levelsFor(asked('better', transport, 'urn:unknown')), []);
  assert.deepEqual(stated(asked('better', transport)), [undefined, aal2, aal2, phr]);
  assert.deepEqual(stated(asked('better', aal2)), [undefined, undefined, undefined, phr]);
});

test('maximum: nothing stronger than the strongest of them is stated', () => {
  assert.deepEqual(stated(asked('maximum', transport)), [transport, transport, transport, undefined]);
  assert.deepEqual(stated(asked('maximum', refedsMfa)), [transport, refedsMfa, refedsMfa, refedsMfa]);
});

test('classes that are not known satisfy nothing', () => {
  for (const comparison of ['exact', 'minimum', 'maximum', 'better'] as const) {
    for (const requested of [asked(comparison, 'urn:unknown', '__proto__'), asked(comparison)]) {
      assert.deepEqual(levelsFor(requested), [], comparison);
      assert.deepEqual(stated(requested), [undefined, undefined, undefined, undefined], comparison);
    }
  }
});

test('a session of a lower level never satisfies a request for a higher one', () => {
  for (const comparison of ['exact', 'minimum'] as const) {
    assert.equal(statedContext(asked(comparison, phr), push), undefined);
    assert.equal(statedContext(asked(comparison, aal2, phr), password), undefined);
  }
});

test('what is stated was reached at a level that would do', () => {
  const names = [
    aal1,
    aal2,
    phr,
    transport,
    token,
    mobile,
    refedsMfa,
    'urn:unknown',
    `${standard}:unspecified`,
  ];
  for (const comparison of ['exact', 'minimum', 'maximum', 'better'] as const)
    for (const first of names)
      for (const second of names)
        for (const reached of [password, code, push, passkey]) {
          const requested = asked(comparison, first, second);
          const context = statedContext(requested, reached);
          if (context === undefined) continue;
          assert.ok(
            levelsFor(requested).includes(reached.acr),
            `${comparison} ${first} ${second} ${reached.acr}`,
          );
          assert.ok(comparison !== 'exact' || requested.classRefs.includes(context));
        }
});
