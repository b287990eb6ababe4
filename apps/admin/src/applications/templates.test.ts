import assert from 'node:assert/strict';
import { test } from 'node:test';
import { templates } from './templates.ts';

const answers = {
  address: 'https://app.example.com/under/',
  role: 'arn:aws:iam::123456789012:role/team/Reader',
  provider: 'arn:aws:iam::123456789012:saml-provider/Countersign',
};
const facts = {
  issuer: 'https://id.example.com',
  address: 'https://app.example.com',
  clientId: 'C',
  secret: 'S',
};
const made = (id: string) => templates.find((each) => each.id === id)!.make(answers);

test('a template asks for what it needs, and registers an application of its kind', () => {
  for (const { id, make, kind, questions } of templates) {
    for (const { name, check } of questions) {
      assert.equal(check(answers[name as keyof typeof answers]), undefined, `${id} ${name}`);
      assert.ok(check('x'), `${id} ${name}`);
      assert.ok(check(''), `${id} ${name}`);
    }
    const body = make(answers);
    assert.deepEqual(
      [body.kind, body.oidc !== undefined, body.saml !== undefined],
      [kind, kind === 'oidc', kind === 'saml'],
    );
  }
});

test('redirect URIs are those of the makers’ documentation, below the address that was given', () => {
  assert.deepEqual(made('grafana').oidc!.redirect_uris, [
    'https://app.example.com/under/login/generic_oauth',
  ]);
  assert.deepEqual(made('nextcloud').oidc!.redirect_uris, [
    'https://app.example.com/under/apps/user_oidc/code',
    'https://app.example.com/under/index.php/apps/user_oidc/code',
  ]);
  assert.deepEqual(made('gitlab').oidc!.redirect_uris, [
    'https://app.example.com/under/users/auth/openid_connect/callback',
  ]);
  assert.deepEqual(
    made('aws').saml!.attributes!.map(({ name, source, value }) => [name, source, value]),
    [
      ['https://aws.amazon.com/SAML/Attributes/Role', 'fixed', `${answers.role},${answers.provider}`],
      ['https://aws.amazon.com/SAML/Attributes/RoleSessionName', 'email', undefined],
    ],
  );
});

test('what is to be typed there has the real values in it', () => {
  for (const { id, kind, steps } of templates) {
    const text = JSON.stringify(steps(facts));
    const expected =
      kind === 'oidc' ? ['https://id.example.com', 'C', 'S'] : ['https://id.example.com/saml/metadata'];
    for (const value of expected) assert.ok(text.includes(value), `${id}: ${value}`);
  }
});

test('an address with more than an address in it is refused before it is asked for', () => {
  const { check } = templates.flatMap(({ questions }) => questions).find(({ name }) => name === 'address')!;
  for (const wrong of [
    'http://app.example.com',
    'https://a/?x',
    'https://a/#x',
    'https://u@a/',
    'javascript:alert(1)',
  ])
    assert.ok(check(wrong), wrong);
  for (const right of ['https://app.example.com', 'http://localhost:3000/'])
    assert.equal(check(right), undefined);
});
