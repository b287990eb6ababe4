import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import {
  authnRequest,
  base64,
  circumstances,
  deflated,
  entityId,
  postForm,
  redirectQuery,
  registered,
  keys,
} from '../../../../../tests/support/saml.ts';
import { admitAuthnRequest } from './authn-request.ts';
import { openPost, openRedirect } from './open.ts';

const serviceProvider = registered(keys);
const admitQuery = async (query: string) =>
  admitAuthnRequest(openRedirect(query), serviceProvider, circumstances());

test('a form and a query are opened, and say whom to look up', () => {
  const opened = openPost(postForm(authnRequest(), 'state'));
  assert.deepEqual(
    [opened.kind, opened.claimedIssuer, opened.binding, opened.relayState],
    ['AuthnRequest', entityId, 'post', 'state'],
  );
  const byRedirect = openRedirect(redirectQuery(authnRequest()));
  assert.deepEqual(
    [byRedirect.claimedIssuer, byRedirect.binding, byRedirect.relayState],
    [entityId, 'redirect', undefined],
  );
  // Line breaks in the base64 of a form are usual.
  openPost({ SAMLRequest: base64(authnRequest()).replace(/.{76}/g, '$&\r\n') });
});

test('a deflate bomb is refused', () => {
  const bomb = encodeURIComponent(deflateRawSync(Buffer.alloc(20_000_000, 0x20)).toString('base64'));
  assert.ok(bomb.length < 60_000);
  // While it is inflated, not only after that.
  assert.throws(() => openRedirect(`SAMLRequest=${bomb}`), { reason: 'too_large', message: /inflates/ });
});

test('what is too large is refused before it is decoded', () => {
  assert.throws(() => openPost({ SAMLRequest: 'A'.repeat(200_000) }), { reason: 'too_large' });
  assert.throws(() => openRedirect(`SAMLRequest=${'A'.repeat(400_000)}`), { reason: 'too_large' });
  assert.throws(() => openRedirect(`other=${'A'.repeat(400_000)}`), { reason: 'too_large' });
});

test('two issuers are refused: one reader takes the first, another the last', () => {
  const content = '<saml:Issuer>https://other.example.com</saml:Issuer>';
  assert.throws(() => openPost(postForm(authnRequest({ content }))), { reason: 'value' });
});

test('a parameter that is there twice is refused', async () => {
  const query = redirectQuery(authnRequest(), keys, 'state');
  assert.equal((await admitQuery(query)).relayState, 'state');
  const evil = deflated(authnRequest({ id: '_evil' }));
  for (const doubled of [
    `SAMLRequest=${evil}&${query}`,
    `${query}&SAMLRequest=${evil}`,
    `${query}&RelayState=evil`,
    `${query}&SigAlg=x`,
    `${query}&Signature=AAAA`,
    `${query}&SAMLResponse=${evil}`,
    `${query}&x=1&x=2`,
  ])
    await assert.rejects(admitQuery(doubled), { reason: 'parameter_repeated' }, doubled.slice(-60));
  assert.throws(() => openPost({ SAMLRequest: ['a', 'b'] }), { reason: 'parameter_repeated' });
  assert.throws(() => openPost({ ...postForm(authnRequest()), RelayState: ['a', 'b'] }), {
    reason: 'parameter_repeated',
  });
});

test('a parameter with an encoded name is refused', async () => {
  const query = redirectQuery(authnRequest(), keys);
  for (const name of ['%53AMLRequest', 'SAML%52equest', 'Relay%53tate', 'RelayState%00', 'Relay+State'])
    await assert.rejects(admitQuery(`${query}&${name}=x`), { reason: 'parameter_encoded' }, name);
});

test('a changed RelayState is refused where the query is signed', async () => {
  const query = redirectQuery(authnRequest(), keys, 'state');
  for (const changed of [
    query.replace('RelayState=state', 'RelayState=other'),
    query.replace('&RelayState=state', ''),
    query.replace('RelayState=state', 'RelayState=%73tate'),
    `${redirectQuery(authnRequest(), keys)}&RelayState=added`,
  ]) {
    assert.notEqual(changed, query);
    await assert.rejects(admitQuery(changed), { reason: 'signature_wrong' });
  }
});

test('the order of the parameters does not count, nor do others', async () => {
  const parameters = redirectQuery(authnRequest(), keys, 'a b+c/d').split('&');
  const { relayState, signed } = await admitQuery(`utm=1&${parameters.toReversed().join('&')}&`);
  assert.deepEqual([relayState, signed], ['a b+c/d', true]);
});

test('RelayState comes back as it was, up to 1,024 characters', () => {
  for (const relayState of ['', 'https://sp.example.com/?a=1&b=ü#x', '<>"\'&', 'a'.repeat(1024)]) {
    assert.equal(openPost(postForm(authnRequest(), relayState)).relayState, relayState);
    assert.equal(openRedirect(redirectQuery(authnRequest(), undefined, relayState)).relayState, relayState);
  }
  assert.throws(() => openPost(postForm(authnRequest(), 'a'.repeat(1025))), {
    reason: 'relay_state_too_long',
  });
});

test('what is no message is refused by name', () => {
  assert.throws(() => openPost({}), { reason: 'parameter_missing' });
  assert.throws(() => openRedirect('RelayState=x'), { reason: 'parameter_missing' });
  assert.throws(() => openPost({ SAMLRequest: '<x/>' }), { reason: 'encoding' });
  assert.throws(() => openRedirect(`SAMLRequest=${encodeURIComponent(base64(authnRequest()))}`), {
    reason: 'encoding',
  });
  assert.throws(() => openRedirect('SAMLRequest=%E0%A4'), { reason: 'encoding' });
  assert.throws(() => openPost({ SAMLRequest: Buffer.from([0x3c, 0xff]).toString('base64') }), {
    reason: 'encoding',
  });
  assert.throws(() => openRedirect(`${redirectQuery(authnRequest())}&SAMLEncoding=none`), {
    reason: 'encoding',
  });
  assert.throws(() => openPost({ SAMLResponse: base64(authnRequest()) }), { reason: 'kind' });
  assert.throws(() => openPost(postForm('<AuthnRequest/>')), { reason: 'kind' });
  assert.throws(
    () => openPost(postForm(authnRequest().replace('<saml:Issuer>', '<saml:Issuer Format="x">'))),
    { reason: 'issuer' },
  );
  assert.throws(() => openRedirect(`${redirectQuery(authnRequest())}&SigAlg=x`), {
    reason: 'signature_form',
  });
});

test('a duplicate id is refused, by whatever name', () => {
  for (const id of ['ID="_request"', 'Id="_request"', 'id="_request"', 'xml:id="_request"'])
    assert.throws(() => openPost(postForm(authnRequest({ content: `<samlp:Extensions ${id}/>` }))), {
      reason: 'duplicate_id',
    });
});
