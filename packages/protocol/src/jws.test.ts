import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { forge } from '../tools/forge.ts';
import { keyPairOf, otherKey, presenceKey, publicHalf } from '../tools/test-keys.ts';
import { decodeBase64url } from './base64url.ts';
import { parseJws, signJws, verifyJws } from './jws.ts';

const key = publicHalf(presenceKey);
const header = { typ: 'x+jwt', alg: 'ES256' };

test('the example of RFC 7515 appendix A.3 verifies', async () => {
  const example =
    'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q';
  const [head, claims, signature] = example.split('.');
  const jws = {
    header: {},
    claims: {},
    signingInput: `${head}.${claims}`,
    signature: decodeBase64url(signature!)!,
  };
  assert.equal(await verifyJws(jws, key), true);
  assert.equal(await verifyJws(jws, publicHalf(otherKey)), false);
  assert.equal(await verifyJws({ ...jws, signingInput: `${head}.${claims}A` }, key), false);
  // It has no typ, and every JWS of this protocol has one.
  assert.equal(parseJws(example, 'x+jwt'), undefined);
});

test('what is signed is parsed and verified again, and under no other key', async () => {
  const keys = await keyPairOf(presenceKey);
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
      async (claims) => {
        if ('__proto__' in claims && Object.hasOwn(claims, '__proto__')) return;
        if (JSON.stringify(claims).includes('\\u0000')) return;
        const jws = parseJws(await signJws({ typ: 'x+jwt', jwk: key }, claims, keys.privateKey), 'x+jwt')!;
        assert.deepEqual(jws.header, { typ: 'x+jwt', jwk: key, alg: 'ES256' });
        assert.deepEqual(jws.claims, JSON.parse(JSON.stringify(claims)));
        assert.equal(await verifyJws(jws, key), true);
        assert.equal(await verifyJws(jws, publicHalf(otherKey)), false);
      },
    ),
    { numRuns: 30 },
  );
});

test('another typ or alg is refused, in whatever spelling', () => {
  assert.ok(parseJws(forge(header, {}), 'x+jwt'));
  const headers = [
    { ...header, typ: 'X+JWT' },
    { ...header, typ: 'application/x+jwt' },
    { ...header, typ: ['x+jwt'] },
    { alg: 'ES256' },
    { typ: 'x+jwt' },
    ...[
      'none',
      'None',
      'HS256',
      'RS256',
      'PS256',
      'ES384',
      'ES256K',
      'EdDSA',
      'es256',
      '',
      null,
      ['ES256'],
    ].map((alg) => ({
      ...header,
      alg,
    })),
  ];
  for (const wrong of headers)
    assert.equal(parseJws(forge(wrong, {}), 'x+jwt'), undefined, JSON.stringify(wrong));
});

test('extensions that must be understood are refused, and other members of the header are ignored', () => {
  for (const extension of [{ crit: ['exp'] }, { crit: [] }, { crit: null }, { b64: false }, { b64: true }]) {
    assert.equal(
      parseJws(forge({ ...header, ...extension }, {}), 'x+jwt'),
      undefined,
      JSON.stringify(extension),
    );
  }
  const ignored = {
    ...header,
    kid: '1',
    jku: 'https://evil.example',
    x5u: 'https://evil.example',
    zip: 'DEF',
  };
  assert.ok(parseJws(forge(ignored, {}), 'x+jwt'));
});

test('what is no compact JWS is refused', () => {
  const good = forge(header, {});
  const [head, claims, signature] = good.split('.') as [string, string, string];
  const refused: Record<string, string> = {
    empty: '',
    dots: '..',
    'two parts': `${head}.${claims}`,
    'four parts': `${good}.`,
    'no signature': `${head}.${claims}.`,
    'no claims': `${head}..${signature}`,
    'padded header': `${head}=.${claims}.${signature}`,
    'white space': ` ${good}`,
    'line break at the end': `${good}\n`,
    'JSON serialisation': JSON.stringify({ protected: head, payload: claims, signature }),
    'claims that are an array': forge(header, '[]'),
    'claims that are a text': forge(header, '"x"'),
    'header that is an array': forge('["ES256"]', {}),
    'a claim twice': forge(header, '{"aud":"a","aud":"b"}'),
    'a claim twice, once escaped': forge(header, String.raw`{"aud":"a","\u0061ud":"b"}`),
    'alg twice': forge('{"typ":"x+jwt","alg":"none","alg":"ES256"}', {}),
    '__proto__ in the header': forge('{"typ":"x+jwt","alg":"ES256","__proto__":{}}', {}),
    'a lone surrogate': forge(header, String.raw`{"a":"\ud800"}`),
    'a byte order mark': forge(header, '\ufeff{}'),
  };
  for (const [what, jws] of Object.entries(refused)) assert.equal(parseJws(jws, 'x+jwt'), undefined, what);
});
