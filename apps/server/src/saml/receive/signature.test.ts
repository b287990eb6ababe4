import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import {
  acsUrl,
  authnRequest,
  circumstances,
  createKeys,
  enveloped,
  exclusive,
  logoutRequest,
  pemOf,
  postForm,
  redirectQuery,
  registered,
  signedBy,
  keys,
} from '../../../../../tests/support/saml.ts';
import type { SamlReason } from '../refusal.ts';
import type { RegisteredServiceProvider } from './admit.ts';
import { isSignedByOneOf } from './algorithms.ts';
import { admitAuthnRequest } from './authn-request.ts';
import { openPost, openRedirect } from './open.ts';

/** The attacks on signatures that service providers and identity providers have fallen for. */

const attacker = createKeys();
const serviceProvider = registered(keys, { demandSignedRequests: true });

const admitPost = async (xml: string, by: RegisteredServiceProvider = serviceProvider) =>
  admitAuthnRequest(openPost(postForm(xml)), by, circumstances());

async function refused(reason: SamlReason, xml: string, by?: RegisteredServiceProvider): Promise<void> {
  await assert.rejects(admitPost(xml, by), { reason });
}

const original = signedBy(keys, authnRequest({ attributes: ' ForceAuthn="true"' }));
const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(original)![0];
const unsigned = original.replace(signature, '');
/** An attacker's request, with something right after its Issuer and something at its end. */
const evil = (afterIssuer: string, atTheEnd = '', id = '_evil') =>
  authnRequest({
    id,
    content: `${afterIssuer}${atTheEnd}`,
    attributes: ` AssertionConsumerServiceURL="${acsUrl}/second"`,
  });
const withObject = (content: string) =>
  signature.replace('</ds:Signature>', `<ds:Object>${content}</ds:Object></ds:Signature>`);
const inExtensions = (content: string) => `<samlp:Extensions>${content}</samlp:Extensions>`;

test('a signed request is admitted, and its values are those that were signed', async () => {
  const { signed, acsUrl: chosen, forceAuthn, id } = await admitPost(original);
  assert.deepEqual([signed, chosen, forceAuthn, id], [true, acsUrl, true, '_request']);
});

test('XSW1: the original within ds:Object of its own signature, in an evil request', () =>
  refused('signature_form', evil(withObject(unsigned))));

test('XSW2: the original beside its detached signature, in an evil request', () =>
  refused('signature_reference', evil(signature, unsigned)));

test('XSW3: the signed original as a child of an evil request', () =>
  refused('signature_misplaced', evil('', original)));

test('XSW4: the evil request around the original, the signature at its own place', () =>
  refused('signature_misplaced', evil(original)));

test('XSW5: an evil request with the id of the original, which stands beside it', () =>
  refused('duplicate_id', evil(signature, unsigned, '_request')));

test('XSW6: the original right within its signature, in an evil request', () =>
  refused('signature_form', evil(signature.replace('</ds:Signature>', `${unsigned}</ds:Signature>`))));

test('XSW7: the original within Extensions, its signature at the place of the evil one', () =>
  refused('signature_reference', evil(signature, inExtensions(unsigned))));

test('XSW8: the evil request within ds:Object of the original', () =>
  refused('signature_form', original.replace(signature, withObject(evil('')))));

test('an evil request with the id of the original and its signature has another digest', () =>
  refused('signature_wrong', evil(signature, '', '_request')));

test('a duplicate id is refused before a signature is looked at', () =>
  refused(
    'duplicate_id',
    original.replace('</samlp:AuthnRequest>', `${inExtensions('<x ID="_request"/>')}</samlp:AuthnRequest>`),
  ));

test('a signature captured from another signed message is refused', async () => {
  const captured = /<ds:Signature .*<\/ds:Signature>/s.exec(
    signedBy(keys, logoutRequest({ id: '_logout' })),
  )![0];
  await refused('signature_reference', authnRequest({ content: captured }));
  await refused('signature_wrong', authnRequest({ id: '_logout', content: captured }));
});

test('the signature of an assertion, captured at a service provider, vouches for no request', async () => {
  const assertion = `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a" Version="2.0"><saml:Issuer>x</saml:Issuer></saml:Assertion>`;
  const captured = signedBy(keys, assertion);
  await refused('signature_misplaced', authnRequest({ content: inExtensions(captured) }));
  const itsSignature = /<ds:Signature .*<\/ds:Signature>/s.exec(captured)![0];
  await refused(
    'signature_reference',
    authnRequest({ content: `${itsSignature}${inExtensions(assertion)}` }),
  );
});

test('a signature with another key than the registered ones is refused', () =>
  refused('signature_wrong', signedBy(attacker, authnRequest())));

test('a KeyInfo of the attacker counts for nothing, nor does a registered one beside another key', async () => {
  await refused('signature_wrong', signedBy(attacker, authnRequest(), { shown: attacker.certificate }));
  await refused('signature_wrong', signedBy(attacker, authnRequest(), { shown: keys.certificate }));
  // And the registered key verifies whatever KeyInfo shows.
  assert.equal(
    (await admitPost(signedBy(keys, authnRequest(), { shown: attacker.certificate }))).signed,
    true,
  );
});

test('two References are refused', async () => {
  const content = inExtensions('<x xmlns="urn:x" ID="_x"/>');
  await refused(
    'signature_reference',
    signedBy(keys, authnRequest({ content }), { references: ['/*', "//*[local-name()='x']"] }),
  );
});

test('a Reference to a part of the message, or to all of it without an id, is refused', async () => {
  const content = inExtensions('<x xmlns="urn:x" ID="_x"/>');
  await refused(
    'signature_reference',
    signedBy(keys, authnRequest({ content }), { references: ["//*[local-name()='x']"] }),
  );
  await refused('signature_reference', original.replace('URI="#_request"', 'URI=""'));
  await refused('signature_reference', original.replace('URI="#_request"', 'URI="#xpointer(/)"'));
});

test('two signatures are refused', () => refused('signature_several', signedBy(attacker, original)));

test('an XSLT transform is refused, and any other than the two of SAML', async () => {
  const transform = `<ds:Transform Algorithm="${enveloped}"`;
  assert.ok(original.includes(transform));
  const others = [
    'http://www.w3.org/TR/1999/REC-xslt-19991116',
    'http://www.w3.org/TR/1999/REC-xpath-19991116',
    'http://www.w3.org/2002/06/xmldsig-filter2',
  ];
  for (const other of others) {
    await refused('signature_transform', original.replace(transform, `<ds:Transform Algorithm="${other}"`));
    await refused(
      'signature_transform',
      original.replace(transform, `<ds:Transform Algorithm="${other}"/>${transform}`),
    );
  }
  await refused('signature_transform', signedBy(keys, authnRequest(), { transforms: [enveloped] }));
  await refused(
    'signature_transform',
    signedBy(keys, authnRequest(), { transforms: [enveloped, `${exclusive}WithComments`] }),
  );
  await refused(
    'signature_transform',
    original.replace(
      `<ds:CanonicalizationMethod Algorithm="${exclusive}"`,
      '<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
    ),
  );
  await refused('signature_form', original.replace(`${transform}/>`, `${transform}><x/></ds:Transform>`));
});

test('a list of prefixes is short, since each of them is looked for at each element', async () => {
  const transform = `<ds:Transform Algorithm="${exclusive}"/>`;
  assert.ok(original.includes(transform));
  const listing = (prefixes: string) =>
    original.replace(
      transform,
      `<ds:Transform Algorithm="${exclusive}"><ec:InclusiveNamespaces xmlns:ec="${exclusive}" PrefixList="${prefixes}"/></ds:Transform>`,
    );
  await refused('signature_form', listing('a '.repeat(150)));
  await refused('signature_wrong', listing('xs xsi saml'));
});

test('SHA-1 is refused in signatures always, in digests unless it is switched on for the one service provider', async () => {
  const sha1 = 'http://www.w3.org/2000/09/xmldsig#sha1';
  const rsaSha1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
  const conceding = { ...serviceProvider, allowSha1Digests: true };
  const weakDigest = signedBy(keys, authnRequest(), { digestAlgorithm: sha1 });
  await refused('signature_algorithm', weakDigest);
  assert.equal((await admitPost(weakDigest, conceding)).signed, true);
  const weak = signedBy(keys, authnRequest(), { digestAlgorithm: sha1, signatureAlgorithm: rsaSha1 });
  await refused('signature_algorithm', weak);
  await refused('signature_algorithm', weak, conceding);
  const query = redirectQuery(authnRequest(), keys, undefined, rsaSha1);
  await assert.rejects(admitAuthnRequest(openRedirect(query), conceding, circumstances()), {
    reason: 'signature_algorithm',
  });
});

test('HMAC with the certificate, which everybody knows, is refused', async () => {
  const name = 'http://www.w3.org/2000/09/xmldsig#hmac-sha1';
  const changed = signature.replace(/(<ds:SignatureMethod Algorithm=")[^"]*/, `$1${name}`);
  const info = /<ds:SignedInfo>.*<\/ds:SignedInfo>/s.exec(changed)![0];
  const canonical = info
    .replace('<ds:SignedInfo>', '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">')
    .replace(/<(ds:[A-Za-z]+)([^<>]*)\/>/g, '<$1$2></$1>');
  const mac = createHmac('sha1', pemOf(keys.certificate)).update(canonical).digest('base64');
  const forged = changed.replace(/(<ds:SignatureValue>)[^<]*/, `$1${mac}`);
  await refused('signature_algorithm', original.replace(signature, forged));
  const query = redirectQuery(authnRequest(), keys, undefined, name);
  await assert.rejects(admitAuthnRequest(openRedirect(query), serviceProvider, circumstances()), {
    reason: 'signature_algorithm',
  });
});

test('a key verifies no signature of an algorithm for keys of another type', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const made = sign('sha256', Buffer.from('text'), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const [ecdsa, rsa] = ['ecdsa-sha256', 'rsa-sha256'].map(
    (name) => `http://www.w3.org/2001/04/xmldsig-more#${name}`,
  );
  assert.equal(isSignedByOneOf([publicKey], ecdsa!, 'text', made), true);
  assert.equal(isSignedByOneOf([publicKey], rsa!, 'text', made), false);
});

test('a comment in DigestValue is refused', async () => {
  await refused('comment', original.replace('<ds:DigestValue>', '<ds:DigestValue>AAAA<!-- -->'));
  await refused('comment', original.replace('</ds:DigestValue>', '<!-- --></ds:DigestValue>'));
});

test('two DigestValues, two SignedInfos and two SignatureValues are refused', async () => {
  for (const name of ['DigestValue', 'SignedInfo', 'SignatureValue']) {
    const whole = new RegExp(`<ds:${name}.*</ds:${name}>`, 's').exec(original)![0];
    await refused('signature_form', original.replace(whole, whole + whole));
  }
});

test('a stripped signature is refused where one is demanded, by us or by the metadata', async () => {
  await refused('signature_missing', unsigned);
  await refused('signature_missing', unsigned, { ...registered(keys), authnRequestsSigned: true });
  await assert.rejects(
    admitAuthnRequest(openRedirect(redirectQuery(unsigned)), serviceProvider, circumstances()),
    { reason: 'signature_missing' },
  );
  assert.equal((await admitPost(unsigned, registered(keys))).signed, false);
});

test('a wrong signature is refused also where none was demanded', async () => {
  await refused('signature_wrong', signedBy(attacker, authnRequest()), registered(keys));
  await refused('key_missing', original, registered(undefined));
  await assert.rejects(
    admitAuthnRequest(
      openRedirect(redirectQuery(authnRequest(), attacker)),
      registered(keys),
      circumstances(),
    ),
    { reason: 'signature_wrong' },
  );
});

test('a signature in the XML of a redirect is refused', () =>
  assert.rejects(
    admitAuthnRequest(openRedirect(redirectQuery(original, keys)), serviceProvider, circumstances()),
    { reason: 'signature_misplaced' },
  ));

test('a signature elsewhere than right after Issuer is refused', async () => {
  await refused(
    'signature_misplaced',
    original
      .replace(signature, '')
      .replace('</samlp:AuthnRequest>', `<samlp:NameIDPolicy/>${signature}</samlp:AuthnRequest>`),
  );
  await refused(
    'signature_misplaced',
    original.replace(signature, '').replace('<saml:Issuer>', `${signature}<saml:Issuer>`),
  );
});

test('comments, processing instructions and CDATA in values are refused, signed or not', async () => {
  const tricks: [SamlReason, string][] = [
    ['comment', 'https://sp.example.com<!-- -->/metadata'],
    ['processing_instruction', '<?p not-an-?>https://sp.example.com/metadata'],
    ['cdata', '<![CDATA[https://sp.example.com/metadata]]>'],
  ];
  for (const [reason, issuer] of tricks) {
    await refused(reason, signedBy(keys, authnRequest({ issuer })));
    await refused(reason, authnRequest({ issuer }), registered(keys));
  }
});

test('a change of what was signed is refused, down to one character', async () => {
  for (const [from, to] of [
    ['ForceAuthn="true"', 'ForceAuthn="false"'],
    [' ForceAuthn="true"', ''],
    ['ID="_request"', 'ID="_requesu"'],
    ['</saml:Issuer>', '</saml:Issuer> '],
    ['</samlp:AuthnRequest>', '<samlp:NameIDPolicy/></samlp:AuthnRequest>'],
  ] as const) {
    const changed = original.replace(from, to);
    assert.notEqual(changed, original);
    await assert.rejects(admitPost(changed), { name: 'Error' });
  }
});
