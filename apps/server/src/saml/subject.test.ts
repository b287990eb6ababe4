import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributesFor, nameIdFor, type Person } from './subject.ts';

const anna: Person = {
  id: 'anna-id',
  login: 'anna',
  email: 'anna@example.com',
  name: 'Anna Alm',
  language: null,
  groups: ['Nurses', 'Staff'],
};
const files = { id: 'files', entityId: 'https://files.example.com/metadata' };
let made = 0;
const by = { issuer: 'https://id.example.com', key: 'k', once: () => `once-${(made += 1)}` };
const named = (
  name_id_format: 'persistent' | 'transient' | 'emailAddress' | 'unspecified',
  {
    person = anna,
    about = files,
    source = 'id',
    key = 'k',
  }: { person?: Person; about?: typeof files; source?: 'id' | 'login' | 'email'; key?: string } = {},
) => nameIdFor({ name_id_format, name_id_source: source }, person, about, { ...by, key });

test('a persistent name is the same each time, another one elsewhere, and says nothing of the person', () => {
  const { format, value, nameQualifier, spNameQualifier } = named('persistent');
  assert.equal(format, 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent');
  assert.equal(nameQualifier, 'https://id.example.com/saml/metadata');
  assert.equal(spNameQualifier, files.entityId);
  assert.match(value, /^[\w-]{43}$/);
  assert.equal(named('persistent').value, value);
  // It stays when all that can change does, the entity id too.
  const changed = { ...anna, login: 'a.alm', email: 'a@example.com', name: 'A', groups: [] };
  assert.equal(named('persistent', { person: changed }).value, value);
  assert.equal(named('persistent', { about: { ...files, entityId: 'https://new.example/' } }).value, value);
  for (const other of [
    { about: { ...files, id: 'wiki' } },
    { person: { ...anna, id: 'berta-id' } },
    { key: 'another' },
    // What is between the two parts belongs to neither.
    { about: { ...files, id: 'files anna-id' }, person: { ...anna, id: '' } },
  ])
    assert.notEqual(named('persistent', other).value, value, JSON.stringify(other));
});

test('a transient name is another each time', () => {
  const [one, two] = [named('transient'), named('transient')];
  assert.equal(one.format, 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient');
  assert.notEqual(one.value, two.value);
});

test('an address is the e-mail address, and an unspecified name what was chosen', () => {
  assert.deepEqual(named('emailAddress', { source: 'login' }), {
    format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    value: 'anna@example.com',
  });
  const format = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
  for (const [source, value] of [
    ['id', 'anna-id'],
    ['login', 'anna'],
    ['email', 'anna@example.com'],
  ] as const)
    assert.deepEqual(named('unspecified', { source }), { format, value });
});

test('attributes are told in their order and form, and what a person has none of is left out', () => {
  const attributes = [
    { name: 'urn:oid:0.9.2342.19200300.100.1.3', name_format: 'uri', friendly_name: 'mail', source: 'email' },
    { name: 'memberOf', name_format: 'basic', source: 'groups' },
    { name: 'Role', source: 'fixed', value: 'arn:a,arn:b' },
    { name: 'lang', source: 'language' },
  ] as const;
  const told = (person: Person) => attributesFor({ attributes: [...attributes] }, person);
  const nameFormat = (name: string) => `urn:oasis:names:tc:SAML:2.0:attrname-format:${name}`;
  assert.deepEqual(told(anna), [
    {
      name: attributes[0].name,
      nameFormat: nameFormat('uri'),
      friendlyName: 'mail',
      values: ['anna@example.com'],
    },
    {
      name: 'memberOf',
      nameFormat: nameFormat('basic'),
      friendlyName: undefined,
      values: ['Nurses', 'Staff'],
    },
    { name: 'Role', nameFormat: nameFormat('unspecified'), friendlyName: undefined, values: ['arn:a,arn:b'] },
  ]);
  assert.deepEqual(
    told({ ...anna, language: 'de', groups: [] }).map(({ name, values }) => [name, values]),
    [
      [attributes[0].name, ['anna@example.com']],
      ['Role', ['arn:a,arn:b']],
      ['lang', ['de']],
    ],
  );
});
