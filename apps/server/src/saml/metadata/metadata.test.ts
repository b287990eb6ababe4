import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import {
  acsUrl,
  certify,
  entityId,
  metadataText,
  now,
  post,
  usualServices,
  keys,
} from '../../../../../tests/support/saml.ts';
import { createGuardedFetch } from '../../platform/guarded-fetch.ts';
import { nameIdFormats } from '../names.ts';
import { readXml } from '../xml/read.ts';
import { attributeIn, childrenOf, elementsIn, everyElementOf, textIn } from '../xml/values.ts';
import { fetchMetadata } from './fetch.ts';
import { identityProviderMetadata } from './identity-provider.ts';
import { readServiceProvider } from './service-provider.ts';

const { certificate } = keys;
const read = (text: string) => readServiceProvider(text, now);

test('what a service provider says of itself is read', () => {
  const services = `${usualServices}
    <md:NameIDFormat> urn:oasis:names:tc:SAML:2.0:nameid-format:persistent
    </md:NameIDFormat>
    <md:AttributeConsumingService index="1"><md:ServiceName xml:lang="en">x</md:ServiceName>
      <md:RequestedAttribute Name="urn:oid:0.9.2342.19200300.100.1.3" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" FriendlyName="mail" isRequired="true"/>
      <md:RequestedAttribute Name="sn"/>
    </md:AttributeConsumingService>`;
  const { signingCertificates, encryptionCertificates, ...rest } = read(
    metadataText({
      certificates: [certificate],
      services,
      role: ' AuthnRequestsSigned="true" WantAssertionsSigned="1"',
      entity: ' validUntil="2027-01-01T00:00:00Z"',
    }),
  );
  assert.deepEqual([signingCertificates.length, encryptionCertificates.length], [1, 1]);
  assert.ok(signingCertificates[0]!.key.equals(keys.publicKey));
  const service = (location: string, index: number, isDefault: boolean | undefined, binding = post) => ({
    binding,
    location,
    index,
    isDefault,
  });
  assert.deepEqual(rest, {
    entityId,
    assertionConsumerServices: [
      service(acsUrl, 0, true),
      service(`${acsUrl}/second`, 7, undefined),
      service(`${acsUrl}/artifact`, 2, undefined, 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact'),
    ],
    singleLogoutServices: [
      {
        binding: post,
        location: 'https://sp.example.com/slo',
        responseLocation: 'https://sp.example.com/slo/done',
      },
    ],
    authnRequestsSigned: true,
    wantAssertionsSigned: true,
    nameIdFormats: [nameIdFormats.persistent],
    requestedAttributes: [
      {
        name: 'urn:oid:0.9.2342.19200300.100.1.3',
        nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
        friendlyName: 'mail',
        isRequired: true,
      },
      { name: 'sn', nameFormat: undefined, friendlyName: undefined, isRequired: false },
    ],
    validUntil: Date.UTC(2027, 0, 1),
  });
});

test('what is found in the wild is read: comments, a byte order mark, other roles, a group of one, no keys', () => {
  const plain = metadataText();
  const otherRole =
    '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:SingleSignOnService Binding="b" Location="https://x/"/></md:IDPSSODescriptor>';
  const oldRole = '<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"/>';
  const idp = `<md:EntityDescriptor entityID="https://idp.example/">${otherRole}</md:EntityDescriptor>`;
  const bare = plain.replace('xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ', '');
  const group = (content: string) =>
    `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${content}</md:EntitiesDescriptor>`;
  for (const text of [
    `\ufeff<?xml version='1.0' encoding='utf-8' standalone="no"?>\r\n<!-- made by hand -->\r\n${plain}\r\n<!-- end -->`,
    metadataText({ services: `<!-- one --> ${usualServices} <!-- two -->` }),
    metadataText({
      before: otherRole + oldRole,
      after: '<md:Organization><md:OrganizationName xml:lang="en">é</md:OrganizationName></md:Organization>',
    }),
    group(bare),
    group(idp + group(bare)),
    plain.replaceAll('md:', '').replace('xmlns:md', 'xmlns'),
  ])
    assert.equal(read(text).entityId, entityId, text);
});

test('without an index the place counts, and without a default none is set', () => {
  const services = `<md:AssertionConsumerService Binding="${post}" Location="https://sp/a"/><md:AssertionConsumerService Binding="${post}" Location="https://sp/b"/>`;
  assert.deepEqual(
    read(metadataText({ services })).assertionConsumerServices.map(({ index, isDefault }) => [
      index,
      isDefault,
    ]),
    [
      [0, undefined],
      [1, undefined],
    ],
  );
});

test('keys are for what their use says, and those without a certificate do not count', () => {
  const both = metadataText({ certificates: [certificate] });
  const counts = (text: string) => {
    const { signingCertificates, encryptionCertificates } = read(text);
    return [signingCertificates.length, encryptionCertificates.length];
  };
  assert.deepEqual(counts(both), [1, 1]);
  assert.deepEqual(counts(both.replace('<md:KeyDescriptor>', '<md:KeyDescriptor use="signing">')), [1, 0]);
  assert.deepEqual(counts(both.replace('<md:KeyDescriptor>', '<md:KeyDescriptor use="encryption">')), [0, 1]);
  assert.deepEqual(counts(both.replaceAll('X509Data', 'KeyValue')), [0, 0]);
});

test('expired certificates are refused, unless another one is valid', () => {
  const ended = certify(keys.privateKey, { validTo: now - 1000 });
  assert.throws(() => read(metadataText({ certificates: [ended] })), {
    reason: 'certificate_expired',
    message: /2026-03-01/,
  });
  assert.equal(read(metadataText({ certificates: [ended, certificate] })).signingCertificates.length, 2);
});

test('expired metadata is refused, whether the entity, the role or the group has ended', () => {
  const ended = ` validUntil="${new Date(now).toISOString()}"`;
  assert.throws(() => read(metadataText({ entity: ended })), { reason: 'expired' });
  assert.throws(() => read(metadataText({ role: ended })), { reason: 'expired' });
  assert.throws(
    () =>
      read(
        `<g:EntitiesDescriptor xmlns:g="urn:oasis:names:tc:SAML:2.0:metadata"${ended}>${metadataText()}</g:EntitiesDescriptor>`,
      ),
    { reason: 'expired' },
  );
});

test('metadata that nothing can be done with is refused by name', () => {
  const consumer = (location: string) =>
    `<md:AssertionConsumerService Binding="${post}" Location="${location}" index="0"/>`;
  const group = (content: string) =>
    `<g:EntitiesDescriptor xmlns:g="urn:oasis:names:tc:SAML:2.0:metadata">${content}</g:EntitiesDescriptor>`;
  const cases: [string, string][] = [
    ['not_well_formed', 'not XML'],
    ['not_well_formed', metadataText().slice(0, -1)],
    ['dtd', `<!DOCTYPE x SYSTEM "http://attacker.example/">${metadataText()}`],
    [
      'comment',
      metadataText({ services: `${usualServices}<md:NameIDFormat>urn:<!-- -->x</md:NameIDFormat>` }),
    ],
    ['too_large', metadataText({ services: usualServices + ' '.repeat(600_000) })],
    [
      'too_large',
      metadataText({ services: usualServices + '<md:NameIDFormat>x</md:NameIDFormat>'.repeat(201) }),
    ],
    ['too_large', metadataText({ certificates: Array.from({ length: 21 }, () => certificate) })],
    ['too_deep', metadataText({ before: '<md:x>'.repeat(40) + '</md:x>'.repeat(40) })],
    ['role_missing', '<html/>'],
    ['role_missing', metadataText().replaceAll('SPSSODescriptor', 'IDPSSODescriptor')],
    ['role_missing', metadataText().replace(':2.0:protocol', ':1.1:protocol')],
    ['role_missing', group('')],
    ['role_missing', group(metadataText() + metadataText())],
    ['value', metadataText().replace(entityId, '')],
    ['value', metadataText().replace(entityId, 'x'.repeat(1025))],
    ['value', metadataText().replace('index="7"', 'index="seven"')],
    ['value', metadataText({ role: ' AuthnRequestsSigned="yes"' })],
    ['value', metadataText({ entity: ' validUntil="tomorrow"' })],
    ['acs_unregistered', metadataText({ services: '' })],
    [
      'acs_unregistered',
      metadataText({
        services: consumer('https://sp/').replace(post, 'urn:oasis:names:tc:SAML:2.0:bindings:PAOS'),
      }),
    ],
    ...[
      '',
      'sp',
      '/acs',
      'javascript:alert(1)',
      'data:text/html,x',
      'https://u:p@sp/',
      'https://sp/#x',
      `https://sp/${'x'.repeat(2048)}`,
    ].map((location): [string, string] => ['url', metadataText({ services: consumer(location) })]),
    ['key_missing', metadataText({ role: ' AuthnRequestsSigned="true"' })],
    ['certificate_unreadable', metadataText({ certificates: ['AAAA'] })],
  ];
  for (const [reason, text] of cases)
    assert.throws(() => read(text), { reason }, `${reason}: ${text.slice(0, 300)}`);
});

test('metadata is not fetched from private addresses, and what cannot be fetched is refused by name', async (t) => {
  let calls = 0;
  const server = createServer((request, response) => {
    calls += 1;
    if (request.url === '/away') response.writeHead(302, { location: 'https://attacker.example/' }).end();
    else response.end(request.url === '/bytes' ? Buffer.from([0xff]) : metadataText());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  for (const url of [
    `http://127.0.0.1:${port}/`,
    `https://localhost:${port}/`,
    'https://169.254.169.254/latest',
    'file:///etc/passwd',
    'x',
  ])
    await assert.rejects(fetchMetadata(url, createGuardedFetch([])), { reason: 'unreachable' }, url);
  assert.equal(calls, 0);
  const origin = `http://127.0.0.1:${port}`;
  const allowed = createGuardedFetch([origin]);
  assert.equal(read(await fetchMetadata(`${origin}/`, allowed)).entityId, entityId);
  await assert.rejects(fetchMetadata(`${origin}/away`, allowed), { reason: 'unreachable', message: /302/ });
  await assert.rejects(fetchMetadata(`${origin}/bytes`, allowed), { reason: 'encoding' });
});

test('our metadata says what service providers need', () => {
  const metadata = (more = {}) =>
    identityProviderMetadata({
      entityId: 'https://id.example.com/saml?a=1&b="2"',
      ssoUrl: 'https://id.example.com/saml/sso',
      sloUrl: 'https://id.example.com/saml/slo',
      signingCertificates: [certificate, certify(keys.privateKey)],
      nameIdFormats: [nameIdFormats.persistent, nameIdFormats.emailAddress],
      wantAuthnRequestsSigned: true,
      ...more,
    });
  const limits = {
    characters: 100_000,
    depth: 10,
    elements: 100,
    attributes: 20,
    comments: 'refused',
  } as const;
  const root = readXml(metadata(), limits);
  assert.equal(attributeIn(root, 'entityID'), 'https://id.example.com/saml?a=1&b="2"');
  assert.equal(attributeIn(root, 'validUntil'), undefined);
  const [role] = elementsIn(root);
  assert.equal(attributeIn(role!, 'WantAuthnRequestsSigned'), 'true');
  assert.deepEqual(
    elementsIn(role!).map(({ name }) => name),
    [
      'KeyDescriptor',
      'KeyDescriptor',
      'SingleLogoutService',
      'SingleLogoutService',
      'NameIDFormat',
      'NameIDFormat',
      'SingleSignOnService',
      'SingleSignOnService',
    ],
  );
  assert.deepEqual(
    [...everyElementOf(root)].filter(({ name }) => name === 'X509Certificate').map((each) => textIn(each))[0],
    certificate,
  );
  assert.deepEqual(
    childrenOf(role!, root.namespace, 'SingleSignOnService').map((each) => [
      attributeIn(each, 'Binding')!.split(':').at(-1),
      attributeIn(each, 'Location'),
    ]),
    [
      ['HTTP-Redirect', 'https://id.example.com/saml/sso'],
      ['HTTP-POST', 'https://id.example.com/saml/sso'],
    ],
  );
  const ending = readXml(metadata({ validUntil: now, wantAuthnRequestsSigned: false }), limits);
  assert.equal(attributeIn(ending, 'validUntil'), '2026-03-01T12:00:00.000Z');
});
