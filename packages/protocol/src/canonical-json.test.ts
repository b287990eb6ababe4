import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.ts';
import { parseStrictJson, type JsonValue } from './json.ts';

test('the example of RFC 8785 sections 3.2.2 to 3.2.4', () => {
  const source = String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`;
  const expected = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
  assert.equal(canonicalJson(JSON.parse(source) as JsonValue), expected);
});

test('the order of names of RFC 8785 section 3.2.3', () => {
  const source = String.raw`{
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis"
  }`;
  const canonical = canonicalJson(JSON.parse(source) as JsonValue);
  assert.deepEqual(
    [...canonical.matchAll(/:"([^"]*)"/g)].map(([, name]) => name),
    [
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ],
  );
});

test('the numbers of RFC 8785 appendix B', () => {
  const samples: [string, string][] = [
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ];
  for (const [bits, text] of samples) assert.equal(canonicalJson(doubleOf(bits)), text, bits);
  for (const bits of ['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000']) {
    assert.throws(() => canonicalJson(doubleOf(bits)), TypeError, bits);
  }
});

function doubleOf(bits: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${bits}`));
  return view.getFloat64(0);
}

test('it reads back as the same value, and is its own canonical form', () => {
  const value = fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme' });
  fc.assert(
    fc.property(value, (json) => {
      const canonical = canonicalJson(json as JsonValue);
      assert.deepEqual(JSON.parse(canonical), JSON.parse(JSON.stringify(json)));
      assert.equal(canonicalJson(JSON.parse(canonical) as JsonValue), canonical);
    }),
  );
});

test('the order in which members were written does not show', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.string(), fc.integer()), { selector: ([name]) => name }),
      (members) => {
        const backwards = Object.fromEntries(members.toReversed());
        assert.equal(canonicalJson(Object.fromEntries(members)), canonicalJson(backwards));
      },
    ),
  );
  assert.equal(canonicalJson({ b: [{ d: 1, c: 2 }], a: null }), '{"a":null,"b":[{"c":2,"d":1}]}');
});

test('what I-JSON cannot hold is refused', () => {
  const refused: unknown[] = [
    undefined,
    () => 1,
    Symbol('s'),
    1n,
    NaN,
    -Infinity,
    '\ud800',
    { '\udc00': 1 },
    [undefined],
  ];
  for (const value of refused) assert.throws(() => canonicalJson(value as JsonValue), TypeError);
  assert.throws(() => canonicalJson({ missing: undefined } as unknown as JsonValue), TypeError);
});

test('whatever the strict reader lets in has a canonical form', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.constantFrom('1e400', '-0', '"\\ud800"', '{"a":1e999}')), (text) => {
      const value = parseStrictJson(text);
      if (value !== undefined) canonicalJson(value);
    }),
  );
  assert.equal(canonicalJson(parseStrictJson('-0')!), '0');
});
