import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNamedAs, nameIdFormatFor, wantedOf, type Asked } from './asked.ts';
import { nameIdFormats } from './names.ts';

const asked: Asked = { acsUrl: 'https://sp.example.com/acs', isPassive: false, freshSince: 0 };
const [aal1, aal2, phr] = ['urn:countersign:aal1', 'urn:countersign:aal2', 'urn:countersign:phr'] as const;
const minute = 60_000;
const now = 100 * minute;

test('what is wanted is the strictest of the request, the step-up and the length of sessions', () => {
  const plain = { step_up: 0, session_minutes: null };
  assert.deepEqual(wantedOf(asked, plain, now), { acr: aal1, freshSince: 0 });
  assert.deepEqual(wantedOf({ ...asked, freshSince: now }, plain, now), { acr: aal1, freshSince: now });
  assert.deepEqual(wantedOf(asked, { ...plain, step_up: 1 }, now), {
    acr: aal2,
    freshSince: now - 5 * minute,
  });
  assert.deepEqual(wantedOf(asked, { ...plain, session_minutes: 30 }, now), {
    acr: aal1,
    freshSince: now - 30 * minute,
  });
  const strong = {
    ...asked,
    freshSince: now,
    requestedAuthnContext: { comparison: 'exact' as const, classRefs: [phr] },
  };
  assert.deepEqual(wantedOf(strong, { step_up: 1, session_minutes: 30 }, now), { acr: phr, freshSince: now });
  const other = {
    ...asked,
    requestedAuthnContext: { comparison: 'exact' as const, classRefs: ['urn:other'] },
  };
  assert.equal(wantedOf(other, plain, now), undefined);
});

test('a request may insist on a format that tells no more than the chosen one', () => {
  const format = (
    nameIdFormat?: string,
    chosen: Parameters<typeof nameIdFormatFor>[1] = 'persistent',
    spNameQualifier?: string,
  ) => nameIdFormatFor({ ...asked, nameIdFormat, spNameQualifier }, chosen, 'https://sp.example.com');
  assert.equal(format(), 'persistent');
  assert.equal(format(nameIdFormats.unspecified, 'emailAddress'), 'emailAddress');
  assert.equal(format(nameIdFormats.transient, 'emailAddress'), 'transient');
  assert.equal(format(nameIdFormats.persistent, 'emailAddress'), 'persistent');
  assert.equal(format(nameIdFormats.emailAddress, 'emailAddress'), 'emailAddress');
  assert.equal(format(nameIdFormats.emailAddress), undefined);
  assert.equal(format('urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos'), undefined);
  assert.equal(format(undefined, 'persistent', 'https://sp.example.com'), 'persistent');
  assert.equal(format(undefined, 'persistent', 'https://other.example.com'), undefined);
});

test('a name stands for the one that was told, where nothing that is said differs', () => {
  const told = {
    format: nameIdFormats.persistent,
    value: 'x',
    nameQualifier: 'https://id',
    spNameQualifier: 'https://sp',
  };
  assert.ok(isNamedAs({ value: 'x' }, told));
  assert.ok(isNamedAs({ ...told }, told));
  assert.ok(isNamedAs({ value: 'x', format: nameIdFormats.unspecified }, told));
  for (const other of [
    { value: 'y' },
    { value: 'x', format: nameIdFormats.transient },
    { value: 'x', nameQualifier: 'https://other' },
    { value: 'x', spNameQualifier: 'https://other' },
  ])
    assert.ok(!isNamedAs(other, told), JSON.stringify(other));
});
