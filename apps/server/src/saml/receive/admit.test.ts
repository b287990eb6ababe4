import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  acsUrl,
  authnRequest,
  base64,
  certify,
  circumstances,
  createKeys,
  entityId,
  logoutRequest,
  logoutResponse,
  metadataText,
  now,
  postForm,
  redirectQuery,
  registered,
  signedBy,
  sloUrl,
  ssoUrl,
  type RequestParts,
  keys,
} from '../../../../../tests/support/saml.ts';
import { readCertificate } from '../certificates/read.ts';
import { readServiceProvider } from '../metadata/service-provider.ts';
import type { SamlReason } from '../refusal.ts';
import { chooseAcs } from './acs.ts';
import type { Circumstances, RegisteredServiceProvider } from './admit.ts';
import { admitAuthnRequest } from './authn-request.ts';
import { admitLogoutRequest, admitLogoutResponse } from './logout.ts';
import { openPost, openRedirect } from './open.ts';

const attacker = createKeys();
const serviceProvider = registered(keys);
const minute = 60_000;

const admitParts = async (
  parts: RequestParts,
  at: Circumstances = circumstances(),
  by: RegisteredServiceProvider = serviceProvider,
) => admitAuthnRequest(openPost(postForm(authnRequest(parts))), by, at);
const refused = (reason: SamlReason, parts: RequestParts, at?: Circumstances) =>
  assert.rejects(admitParts(parts, at), { reason });

test('all that a request may say is read', async () => {
  const content =
    '<saml:Subject><saml:NameID Format="f" NameQualifier="n" SPNameQualifier="s"> ada </saml:NameID></saml:Subject>' +
    '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" AllowCreate="1" SPNameQualifier="q"/>' +
    '<samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef>\n urn:a\n</saml:AuthnContextClassRef>' +
    '<saml:AuthnContextClassRef>urn:b</saml:AuthnContextClassRef></samlp:RequestedAuthnContext><samlp:Scoping/>';
  const attributes = ' ForceAuthn="1" IsPassive="false" AssertionConsumerServiceIndex="7" ProviderName="x"';
  assert.deepEqual(await admitParts({ content, attributes }), {
    id: '_request',
    issuer: entityId,
    signed: false,
    binding: 'post',
    relayState: undefined,
    acsUrl: `${acsUrl}/second`,
    forceAuthn: true,
    isPassive: false,
    nameIdPolicy: {
      format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      allowCreate: true,
      spNameQualifier: 'q',
    },
    requestedAuthnContext: { comparison: 'minimum', classRefs: ['urn:a', 'urn:b'] },
    subject: { format: 'f', value: ' ada ', nameQualifier: 'n', spNameQualifier: 's' },
  });
});

test('a replayed id is refused, and spent only by what was admitted', async () => {
  const at = circumstances();
  const query = redirectQuery(authnRequest(), keys);
  await refused('destination', { destination: 'https://other.example/' }, at);
  await admitAuthnRequest(openRedirect(query), serviceProvider, at);
  await assert.rejects(admitAuthnRequest(openRedirect(query), serviceProvider, at), { reason: 'replayed' });
  await refused('replayed', {}, at);
  await admitParts({ id: '_another' }, at);
});

test('an id is remembered until its message would be stale', async () => {
  const asked: [string, number][] = [];
  const takeOnce = (key: string, until: number) => Promise.resolve(asked.push([key, until]) > 0);
  await admitParts({}, circumstances({ takeOnce }));
  const [[key, until]] = asked as [[string, number]];
  assert.equal(key, `saml ${entityId} _request`);
  await refused('issue_instant', {}, circumstances({ now: until }));
});

test('a stale IssueInstant is refused, and one of the future', async () => {
  const at = (ms: number) => ({ issueInstant: new Date(now + ms).toISOString() });
  await refused('issue_instant', at(-5 * minute - 1));
  await refused('issue_instant', at(3 * minute + 1));
  await admitParts(at(-5 * minute));
  await admitParts(at(3 * minute));
  await refused('value', { issueInstant: 'yesterday' });
});

test('a wrong Destination is refused, and none at all where the message is signed', async () => {
  for (const destination of [
    'https://attacker.example/saml/sso',
    `${ssoUrl}/`,
    `${ssoUrl}?x`,
    ssoUrl.toUpperCase(),
    '',
  ])
    await refused('destination', { destination });
  const without = authnRequest().replace(` Destination="${ssoUrl}"`, '');
  assert.equal(
    (await admitAuthnRequest(openPost(postForm(without)), serviceProvider, circumstances())).signed,
    false,
  );
  await assert.rejects(
    admitAuthnRequest(openPost(postForm(signedBy(keys, without))), serviceProvider, circumstances()),
    { reason: 'destination' },
  );
  await assert.rejects(
    admitAuthnRequest(openRedirect(redirectQuery(without, keys)), serviceProvider, circumstances()),
    { reason: 'destination' },
  );
});

test('another issuer than the one whose metadata was taken is refused', () =>
  refused('issuer', { issuer: 'https://other.example/' }));

test('another version than 2.0 is refused', () => refused('version', { version: '1.1' }));

test('an id that is no XML name is refused', () => refused('value', { id: '1 or 1' }));

test('an unregistered assertion consumer service is refused, by URL and by index', async () => {
  for (const url of [
    'https://attacker.example/acs',
    `${acsUrl}/`,
    `${acsUrl}?x=1`,
    `${acsUrl}#x`,
    `${acsUrl}/../acs`,
    'https://SP.example.com/acs',
    'https://sp.example.com:443/acs',
    'http://sp.example.com/acs',
    'https://sp.example.com@attacker.example/acs',
    'https://sp.example.com/%61cs',
    `${acsUrl}/artifact`,
    '',
  ])
    await refused('acs_unregistered', { attributes: ` AssertionConsumerServiceURL="${url}"` });
  for (const index of ['1', '2', '65535'])
    await refused('acs_unregistered', { attributes: ` AssertionConsumerServiceIndex="${index}"` });
  for (const index of ['-1', '65536', '0x0', ''])
    await refused('value', { attributes: ` AssertionConsumerServiceIndex="${index}"` });
  await refused('acs_ambiguous', {
    attributes: ` AssertionConsumerServiceURL="${acsUrl}" AssertionConsumerServiceIndex="0"`,
  });
  await refused('binding_unsupported', {
    attributes: ' ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"',
  });
});

test('a signed request goes to registered addresses only, too', async () => {
  const signed = signedBy(
    keys,
    authnRequest({ attributes: ' AssertionConsumerServiceURL="https://attacker.example/acs"' }),
  );
  await assert.rejects(admitAuthnRequest(openPost(postForm(signed)), serviceProvider, circumstances()), {
    reason: 'acs_unregistered',
  });
});

test('without a wish the response goes to the default, or to the first that does not say it is none', () => {
  const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
  const chosen = (...defaults: (boolean | undefined)[]) =>
    chooseAcs(
      {
        entityId,
        assertionConsumerServices: defaults.map((isDefault, index) => ({
          binding: post,
          location: `https://sp/${index}`,
          index,
          isDefault,
        })),
      },
      {},
    );
  assert.equal(chosen(undefined, true), 'https://sp/1');
  assert.equal(chosen(false, undefined), 'https://sp/1');
  assert.equal(chosen(false, false), 'https://sp/0');
});

test('neither RelayState nor a launcher can send a response elsewhere', async () => {
  const relayState = 'https://attacker.example/';
  const opened = openPost(postForm(authnRequest(), relayState));
  const request = await admitAuthnRequest(opened, serviceProvider, circumstances());
  assert.deepEqual([request.relayState, request.acsUrl], [relayState, acsUrl]);
  assert.throws(() => chooseAcs(serviceProvider, { url: relayState }), { reason: 'acs_unregistered' });
});

test('a RequestedAuthnContext cannot be lowered on its way', async () => {
  const context = (level: string) =>
    `<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>urn:countersign:${level}</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>`;
  const asked = authnRequest({ content: context('phr') });
  const signed = signedBy(keys, asked);
  const admitted = await admitAuthnRequest(openPost(postForm(signed)), serviceProvider, circumstances());
  assert.deepEqual(admitted.requestedAuthnContext?.classRefs, ['urn:countersign:phr']);
  for (const lowered of [
    context('aal1'),
    '',
    context('phr').replace(
      '<samlp:RequestedAuthnContext>',
      '<samlp:RequestedAuthnContext Comparison="maximum">',
    ),
  ]) {
    const changed = signed.replace(context('phr'), lowered);
    assert.notEqual(changed, signed);
    await assert.rejects(admitAuthnRequest(openPost(postForm(changed)), serviceProvider, circumstances()), {
      reason: 'signature_wrong',
    });
    const query = redirectQuery(asked, keys).split('&');
    query[0] = redirectQuery(asked.replace(context('phr'), lowered));
    await assert.rejects(admitAuthnRequest(openRedirect(query.join('&')), serviceProvider, circumstances()), {
      reason: 'signature_wrong',
    });
  }
  await refused('value', { content: '<samlp:RequestedAuthnContext Comparison="any"/>' });
});

test('a certificate that has ended, or has not begun, verifies nothing', async () => {
  const signed = openPost(postForm(signedBy(keys, authnRequest())));
  const withValidity = (validity: { validFrom?: number; validTo?: number }) => ({
    ...serviceProvider,
    signingCertificates: [readCertificate(certify(keys.privateKey, validity))],
  });
  await assert.rejects(admitAuthnRequest(signed, withValidity({ validTo: now - minute }), circumstances()), {
    reason: 'certificate_expired',
  });
  await assert.rejects(
    admitAuthnRequest(signed, withValidity({ validFrom: now + minute }), circumstances()),
    { reason: 'certificate_expired' },
  );
  const rotated = {
    ...serviceProvider,
    signingCertificates: [
      ...withValidity({ validTo: now - minute }).signingCertificates,
      readCertificate(attacker.certificate),
    ],
  };
  await assert.rejects(admitAuthnRequest(signed, rotated, circumstances()), { reason: 'signature_wrong' });
});

test('any of several registered keys verifies', async () => {
  const both = readServiceProvider(
    metadataText({ certificates: [attacker.certificate, keys.certificate] }),
    now,
  );
  assert.equal(
    (await admitAuthnRequest(openPost(postForm(signedBy(keys, authnRequest()))), both, circumstances()))
      .signed,
    true,
  );
  assert.equal(
    (await admitAuthnRequest(openRedirect(redirectQuery(authnRequest(), keys)), both, circumstances()))
      .signed,
    true,
  );
});

const atLogout = () => circumstances({ destination: sloUrl });

test('a forged LogoutRequest is refused: unsigned, by another key, changed', async () => {
  const good = signedBy(keys, logoutRequest());
  const request = await admitLogoutRequest(openPost(postForm(good)), serviceProvider, atLogout());
  assert.deepEqual([request.nameId.value, request.sessionIndexes, request.signed], ['ada', ['one'], true]);
  const byRedirect = await admitLogoutRequest(
    openRedirect(redirectQuery(logoutRequest(), keys)),
    serviceProvider,
    atLogout(),
  );
  assert.equal(byRedirect.nameId.value, 'ada');
  const forged: [SamlReason, string][] = [
    ['signature_missing', logoutRequest()],
    ['signature_wrong', signedBy(attacker, logoutRequest())],
    ['signature_wrong', good.replace('>ada<', '>eve<')],
    ['signature_wrong', good.replace('>one<', '>two<')],
  ];
  for (const [reason, xml] of forged)
    await assert.rejects(admitLogoutRequest(openPost(postForm(xml)), serviceProvider, atLogout()), {
      reason,
    });
  await assert.rejects(
    admitLogoutRequest(openRedirect(redirectQuery(logoutRequest())), serviceProvider, atLogout()),
    { reason: 'signature_missing' },
  );
  await assert.rejects(
    admitLogoutRequest(openRedirect(redirectQuery(logoutRequest(), attacker)), serviceProvider, atLogout()),
    { reason: 'signature_wrong' },
  );
});

test('a LogoutRequest that was to be taken earlier, or names nobody, is refused', async () => {
  const admitted = async (parts: RequestParts) =>
    admitLogoutRequest(openPost(postForm(signedBy(keys, logoutRequest(parts)))), serviceProvider, atLogout());
  await assert.rejects(admitted({ attributes: ` NotOnOrAfter="${new Date(now).toISOString()}"` }), {
    reason: 'expired',
  });
  await assert.rejects(admitted({ content: '<saml:EncryptedID/>' }), { reason: 'value' });
});

test('a LogoutResponse says whether the logout was whole', async () => {
  const admitted = async (xml: string) =>
    admitLogoutResponse(openPost({ SAMLResponse: base64(xml) }), serviceProvider, atLogout());
  const { inResponseTo, success } = await admitted(signedBy(keys, logoutResponse()));
  assert.deepEqual([inResponseTo, success], ['_ours', true]);
  const partly = logoutResponse().replace(
    'Success"/>',
    'Success"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:PartialLogout"/></samlp:StatusCode>',
  );
  assert.equal((await admitted(signedBy(keys, partly))).success, false);
  await assert.rejects(admitted(logoutResponse()), { reason: 'signature_missing' });
  await assert.rejects(admitted(signedBy(keys, logoutResponse({ attributes: '' }))), { reason: 'value' });
});

test('a message of one kind is none of another', async () => {
  const request = openPost(postForm(signedBy(keys, logoutRequest())));
  await assert.rejects(admitAuthnRequest(request, serviceProvider, circumstances()), { reason: 'kind' });
  await assert.rejects(
    admitLogoutRequest(openPost(postForm(signedBy(keys, authnRequest()))), serviceProvider, circumstances()),
    { reason: 'kind' },
  );
});
