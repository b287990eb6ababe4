import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isJsonObject, parseStrictJson, parseStrictJsonBytes } from './json.ts';

const refuses = (texts: string[], what: string) => {
  for (const text of texts) assert.equal(parseStrictJson(text), undefined, `${what}: ${text}`);
};

test('every JSON value is read as JSON.parse reads it', () => {
  for (const text of [
    'null',
    'true',
    '-0.5e3',
    '""',
    '"\\u20ac"',
    '[]',
    ' {"a" : [1, {"a": 2}] } ',
    '{"":1}',
  ]) {
    assert.deepEqual(parseStrictJson(text), JSON.parse(text));
  }
  const value = fc.jsonValue({ maxDepth: 5 });
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 2), (expected, indent) => {
      const text = JSON.stringify(expected, undefined, indent);
      if (text.includes('__proto__') || text.includes('\\u0000')) return;
      assert.deepEqual(parseStrictJson(text), JSON.parse(text));
    }),
  );
});

test('what is not JSON is refused', () => {
  refuses(
    ['', ' ', '{', '{"a":1,}', "{'a':1}", '[1 2]', '01', 'NaN', '"\n"', '{"a":1}{', '// x\n1', 'undefined'],
    'syntax',
  );
});

test('a name that comes twice in one object is refused, however it is spelt', () => {
  refuses(['{"a":1,"a":2}', '{"a":1,"b":2,"a":1}', '{"a":1,"\\u0061":2}', '{"\\/":1,"/":2}'], 'top');
  refuses(
    ['[{"a":1,"a":2}]', '{"x":{"a":1,"a":2}}', '{"a":{"b":1},"a":1}', '{"a":[{"a":1}],"a":1}'],
    'nested',
  );
  refuses(['{"😀":1,"\\ud83d\\ude00":2}', '{"a\\"":1,"a\\u0022":2}', '{"":1,"":2}'], 'escapes');
});

test('the same name in different objects, and as a value, is fine', () => {
  for (const text of [
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"a"}',
    '["a","a"]',
    '{"a":["b"],"b":1}',
  ]) {
    assert.deepEqual(parseStrictJson(text), JSON.parse(text), text);
  }
  // What looks like structure inside a string is none.
  assert.deepEqual(parseStrictJson('{"a":"\\"a\\":1,{[","b":"}"}'), { a: '"a":1,{[', b: '}' });
});

test('__proto__ as a name is refused, and as a value is a text like any other', () => {
  refuses(['{"__proto__":1}', '{"a":[{"__proto__":{}}]}', '{"\\u005f_proto__":null}'], 'name');
  assert.equal(parseStrictJson('"__proto__"'), '__proto__');
  assert.deepEqual(parseStrictJson('{"constructor":1,"toString":2}'), { constructor: 1, toString: 2 });
});

test('lone surrogates and NUL are refused in names and values', () => {
  refuses(['"\\ud800"', '"\\udc00x"', '{"\\ud83d":1}', '["\\ude00\\ud83d"]', '"\ud800"'], 'surrogate');
  refuses(['"\\u0000"', '{"a\\u0000":1}', '["x\\u0000y"]'], 'NUL');
  assert.equal(parseStrictJson('"\\ud83d\\ude00"'), '😀');
  assert.equal(parseStrictJson('"\\\\u0000"'), '\\u0000');
});

test('a number that no double can hold is refused', () => {
  refuses(['1e400', '{"a":-1e999}', `[1${'0'.repeat(400)}]`], 'number');
  assert.equal(parseStrictJson('1.7976931348623157e308'), Number.MAX_VALUE);
  assert.equal(parseStrictJson('"1e400"'), '1e400');
});

test('nesting deeper than 16 is refused', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  assert.ok(parseStrictJson(nested(16)));
  refuses([nested(17), nested(30_000), `${'{"a":'.repeat(17)}1${'}'.repeat(17)}`], 'depth');
  // Side by side is not deep.
  assert.ok(parseStrictJson(`[${'{},'.repeat(100)}{}]`));
});

test('bytes are read as UTF-8 without a byte order mark', () => {
  const utf8 = (text: string) => new TextEncoder().encode(text);
  assert.deepEqual(parseStrictJsonBytes(utf8('{"a":"é😀"}')), { a: 'é😀' });
  assert.equal(parseStrictJsonBytes(utf8('\ufeff{}')), undefined);
  const invalid = {
    'no continuation': [0xc3],
    overlong: [0xc0, 0xaf],
    surrogate: [0xed, 0xa0, 0x80],
    latin1: [0xe9],
  };
  for (const [what, middle] of Object.entries(invalid)) {
    assert.equal(parseStrictJsonBytes(Uint8Array.from([0x22, ...middle, 0x22])), undefined, what);
  }
  assert.equal(parseStrictJsonBytes(new Uint8Array()), undefined);
});

test('an object is neither null nor an array', () => {
  assert.ok(isJsonObject({}));
  for (const value of [null, [], 'x', 1, undefined]) assert.equal(isJsonObject(value), false);
});
