import { canonicalJson } from '../../src/canonical-json.ts';
import { parseStrictJson } from '../../src/json.ts';

const accept = (name: string, json: string) => ({
  name,
  json,
  canonical: canonicalJson(parseStrictJson(json)!),
});
const refuse = (name: string, json: string) => ({ name, json });

export const canonical = {
  description:
    'JSON texts that this protocol takes, with their RFC 8785 form, and texts that it refuses although many readers take them. `json` is the text; `bytes` (base64url) stands in its place where it is no UTF-8.',
  valid: [
    accept(
      'RFC 8785 section 3.2.2',
      String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    ),
    accept(
      'RFC 8785 section 3.2.3: names in the order of UTF-16 code units',
      String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
    ),
    accept(
      'RFC 8785 appendix B',
      '[-0,5e-324,1.7976931348623157e308,295147905179352830000,9.999999999999997e22,1e23,999999999999999900000,1e21,9.999999999999997e-7,0.000001,333333333.33333325,-0.0000033333333333333333]',
    ),
    accept('white space, nesting, empty ones', ' { "b" : [ ] , "a" : { "d" : 1.0 , "c" : { } } } '),
    accept('the same name in different objects', '[{"a":1},{"a":{"a":2}}]'),
    accept('sixteen deep', `${'['.repeat(16)}${']'.repeat(16)}`),
    accept('__proto__ as a value', '"__proto__"'),
  ],
  refused: [
    refuse('a name twice', '{"a":1,"a":1}'),
    refuse('a name twice, once escaped', String.raw`{"a":1,"\u0061":1}`),
    refuse('a name twice, deeper down', '{"x":[{"a":1,"b":2,"a":3}]}'),
    refuse('__proto__ as a name', '{"__proto__":{}}'),
    refuse('__proto__ as a name, escaped', String.raw`{"\u005f_proto__":{}}`),
    refuse('a lone surrogate', String.raw`"\ud800"`),
    refuse('surrogates in the wrong order', String.raw`"\ude00\ud83d"`),
    refuse('a lone surrogate in a name', String.raw`{"\udc00":1}`),
    refuse('NUL', String.raw`"a\u0000b"`),
    refuse('NUL in a name', String.raw`{"\u0000":1}`),
    refuse('a number that no double holds', '1e400'),
    refuse('seventeen deep', `${'['.repeat(17)}${']'.repeat(17)}`),
    refuse('a byte order mark', '\ufeff{}'),
    refuse('a comma at the end', '[1,]'),
    refuse('a comment', '{}//'),
    { name: 'Latin-1', bytes: 'Iuki' },
    { name: 'an overlong form', bytes: 'IsCvIg' },
    { name: 'a surrogate in UTF-8', bytes: 'Iu2ggCI' },
  ],
};
