/** SAML: messages and metadata with something changed. They are refused by name, or say what they said before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readServiceProvider } from '../../apps/server/src/saml/metadata/service-provider.ts';
import { admitAuthnRequest } from '../../apps/server/src/saml/receive/authn-request.ts';
import { openPost, openRedirect, type OpenedMessage } from '../../apps/server/src/saml/receive/open.ts';
import { SamlRefusal } from '../../apps/server/src/saml/refusal.ts';
import { readXml, type XmlElement } from '../../apps/server/src/saml/xml/read.ts';
import { attributeOf, textOf } from '../../apps/server/src/saml/xml/write.ts';
import * as sample from '../support/saml.ts';
import { corpus, hold } from './support/hold.ts';
import { editedText, oddText } from './support/inputs.ts';

const { keys } = sample;
const serviceProvider = sample.registered(keys, { demandSignedRequests: true });
const request = sample.authnRequest({
  attributes: ` ForceAuthn="true" AssertionConsumerServiceURL="${sample.acsUrl}/second"`,
  content:
    '<samlp:NameIDPolicy Format="urn:x" AllowCreate="true"/><samlp:RequestedAuthnContext Comparison="minimum">' +
    '<saml:AuthnContextClassRef>urn:countersign:aal2</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>',
});
const signed = sample.signedBy(keys, request);
const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(signed)![0];
const query = sample.redirectQuery(request, keys, 'state');
const metadata = sample.metadataText({ certificates: [keys.certificate] });

/** Undefined where it was refused by name; whatever else is thrown is a defect. */
async function orRefused<Result>(read: () => Result | Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    assert.ok(error instanceof SamlRefusal, String(error));
    assert.ok(error.message.length < 4000, error.message);
    return undefined;
  }
}

const admitted = (open: () => OpenedMessage) =>
  orRefused(() => admitAuthnRequest(open(), serviceProvider, sample.circumstances()));

const meant = async (open: () => OpenedMessage) => {
  const found = await admitted(open);
  assert.ok(found);
  return found;
};

/** Pieces that attacks are made of, put into a text at any place. */
const pieces = corpus<string>('saml-pieces');
const withPiece = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(text.length), fc.constantFrom(...pieces, signature, request, signed))
    .map(([at, piece]) => text.slice(0, at) + piece + text.slice(at));
/** Two pieces of a text, of any length, change places. */
const rearranged = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.nat(text.length), { minLength: 4, maxLength: 4 })
    .map((places) => places.sort((a, b) => a - b) as [number, number, number, number])
    .map(
      ([a, b, c, d]) =>
        text.slice(0, a) + text.slice(c, d) + text.slice(b, c) + text.slice(a, b) + text.slice(d),
    );
const changed = (text: string) =>
  fc.oneof(editedText(text), withPiece(text), rearranged(text), withPiece(text).chain(editedText));

test('a changed signed request by POST is refused, or says what was signed', async () => {
  const expected = await meant(() => openPost(sample.postForm(signed)));
  await hold({ inputs: changed(signed), first: [signed], runs: 500 }, async (xml) => {
    const found = await admitted(() => openPost(sample.postForm(xml)));
    if (found) assert.deepEqual(found, expected);
  });
});

test('a changed form is refused, or says what was signed', async () => {
  const { SAMLRequest } = sample.postForm(signed);
  const expected = await meant(() => openPost({ SAMLRequest }));
  await hold({ inputs: editedText(SAMLRequest!), runs: 300 }, async (text) => {
    const found = await admitted(() => openPost({ SAMLRequest: text }));
    if (found) assert.deepEqual(found, expected);
  });
});

test('a changed signed query is refused, or says what was signed', async () => {
  const expected = await meant(() => openRedirect(query));
  const parameters = query.split('&');
  const inputs = fc.oneof(
    editedText(query),
    withPiece(query),
    fc
      .shuffledSubarray([
        ...parameters,
        ...parameters.map((each) => each.toLowerCase()),
        'RelayState=x',
        'SAMLRequest=',
        'x',
      ])
      .map((all) => all.join('&')),
  );
  await hold({ inputs, first: [query], runs: 1500 }, async (text) => {
    const found = await admitted(() => openRedirect(text));
    if (found) assert.deepEqual(found, expected);
  });
});

test('whatever comes in place of a message is refused by name', () =>
  hold({ inputs: fc.oneof(oddText, fc.constantFrom(...pieces)), runs: 1500 }, async (text) => {
    assert.equal(await admitted(() => openPost(sample.postForm(text))), undefined);
    assert.equal(await admitted(() => openPost({ SAMLRequest: text })), undefined);
    assert.equal(await admitted(() => openRedirect(text)), undefined);
    assert.equal(await admitted(() => openRedirect(`SAMLRequest=${sample.deflated(text)}`)), undefined);
  }));

test('changed metadata is refused by name, or keeps to what is promised of it', () =>
  hold({ inputs: changed(metadata), first: [metadata, ...pieces], runs: 1500 }, async (text) => {
    const found = await orRefused(() => readServiceProvider(text, sample.now));
    if (!found) return;
    assert.ok(found.entityId.length > 0 && found.entityId.length <= 1024);
    assert.ok(found.assertionConsumerServices.some(({ binding }) => binding === sample.post));
    for (const { location } of found.assertionConsumerServices)
      assert.match(new URL(location).protocol, /^https?:$/);
    for (const { key, validFrom, validTo } of found.signingCertificates) {
      assert.ok(['rsa', 'ec'].includes(key.asymmetricKeyType!));
      assert.ok(Number.isInteger(validFrom + validTo));
    }
  }));

/** What was read, written again; canonical but for the order of attributes. */
function written(element: XmlElement): string {
  const prefixes = new Map<string, string>();
  const name = (namespace: string, local: string, isAttribute: boolean) => {
    if (namespace === '' && isAttribute) return local;
    if (namespace === 'http://www.w3.org/XML/1998/namespace') return `xml:${local}`;
    if (namespace === '') return local;
    if (!prefixes.has(namespace)) prefixes.set(namespace, `n${prefixes.size}`);
    return `${prefixes.get(namespace)}:${local}`;
  };
  const tag = name(element.namespace, element.name, false);
  const attributes = element.attributes.map((each) =>
    attributeOf(name(each.namespace, each.name, true), each.value),
  );
  const declared = [...prefixes].map(([namespace, prefix]) => attributeOf(`xmlns:${prefix}`, namespace));
  const content = element.children.map((child) =>
    typeof child === 'string' ? textOf(child) : written(child),
  );
  return `<${tag}${declared.join('')}${attributes.join('')}>${content.join('')}</${tag}>`;
}

test('what the reader of XML took, written again, is read as the same', () => {
  const limits = {
    characters: 100_000,
    depth: 30,
    elements: 1000,
    attributes: 40,
    comments: 'refused',
  } as const;
  return hold(
    { inputs: fc.oneof(changed(signed), changed(metadata), oddText), first: pieces, runs: 2000 },
    async (text) => {
      const root = await orRefused(() => readXml(text, limits));
      if (!root) return;
      assert.deepEqual(readXml(written(root), { ...limits, attributes: 200 }), root);
    },
  );
});
