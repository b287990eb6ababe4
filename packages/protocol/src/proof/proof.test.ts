import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { forge, forgeHs256, resign } from '../../tools/forge.ts';
import { keyPairOf, otherKey, presenceKey, publicHalf } from '../../tools/test-keys.ts';
import { sha256Base64url } from '../hash.ts';
import { presenceThumbprint } from '../presence-key.ts';
import { signProof, verifyProof, type ProvenCall } from './proof.ts';

const now = 1_767_225_600_000;
const jwk = publicHalf(presenceKey);
const header = { typ: 'dpop+jwt', jwk, alg: 'ES256' };
const body = new TextEncoder().encode('{"a":1}');
const call: ProvenCall = { method: 'POST', url: 'https://id.example.com/authenticator/v1/me/test', body };
let claims: { htm: string; htu: string; iat: number; jti: string; bh: string };
before(async () => {
  claims = {
    htm: 'POST',
    htu: call.url,
    iat: now / 1000,
    jti: 'AAAAAAAAAAAAAAAA',
    bh: await sha256Base64url(body),
  };
});

/** Refuses the proof with these claims changed, for just this reason; undefined takes a claim away. */
async function refused(change: object, reason: RegExp, about: ProvenCall = call): Promise<void> {
  const verification = await verifyProof(forge(header, { ...claims, ...change }), about, now);
  assert.equal(verification.valid, false, JSON.stringify(change));
  assert.match((verification as { reason: string }).reason, reason);
}

async function accepted(change: object, about: ProvenCall = call): Promise<void> {
  const verification = await verifyProof(forge(header, { ...claims, ...change }), about, now);
  assert.deepEqual(verification.valid || verification.reason, true, JSON.stringify(change));
}

test('what is signed is verified, for any call, and for no other body, method or path', async () => {
  const keys = await keyPairOf(presenceKey);
  const thumbprint = await presenceThumbprint(jwk);
  const calls = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE'),
    url: fc.webUrl({ withQueryParameters: true, withFragments: true }),
    body: fc.option(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Uint8Array.from(bytes)),
      { nil: undefined },
    ),
  });
  await fc.assert(
    fc.asyncProperty(calls, fc.uint8Array({ minLength: 1, maxLength: 9 }), async (any, more) => {
      const proof = await signProof(any, keys, now);
      const good = await verifyProof(proof, any, now + 999);
      assert.ok(good.valid, JSON.stringify(good));
      assert.equal(good.thumbprint, thumbprint);
      assert.deepEqual(good.key, jwk);
      const longer = { ...any, body: Uint8Array.from([...(any.body ?? []), ...more]) };
      assert.equal((await verifyProof(proof, longer, now)).valid, false);
      assert.equal((await verifyProof(proof, { ...any, method: 'PUT' }, now)).valid, false);
      const elsewhere = new URL(any.url);
      elsewhere.pathname += 'x';
      assert.equal((await verifyProof(proof, { ...any, url: elsewhere.href }, now)).valid, false);
    }),
    { numRuns: 25 },
  );
});

test('each proof has its own jti of 128 random bits', async () => {
  const keys = await keyPairOf(presenceKey);
  const made = await Promise.all([1, 2, 3].map(() => signProof(call, keys, now)));
  const verified = await Promise.all(made.map((proof) => verifyProof(proof, call, now)));
  const ids = verified.map((each) => (each.valid ? each.jti : ''));
  assert.equal(new Set(ids).size, 3);
  for (const jti of ids) assert.match(jti, /^[\w-]{22}$/);
});

test('the example proof of RFC 9449 section 4.1 verifies', async () => {
  const example =
    'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg';
  const verification = await verifyProof(
    example,
    { method: 'POST', url: 'https://server.example.com/token' },
    1_562_262_616_000,
  );
  assert.ok(verification.valid);
  assert.equal(verification.thumbprint, '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I');
});

test('another typ, another alg, no signature', async () => {
  const forms = [
    ...['jwt', 'dpop', 'DPOP+JWT', 'countersign-answer+jwt', undefined].map((typ) =>
      forge({ ...header, typ }, claims),
    ),
    ...['none', 'HS256', 'RS256', 'ES384', 'es256'].map((alg) => forge({ ...header, alg }, claims)),
    resign(forge({ ...header, alg: 'none' }, claims), ''),
    resign(forge(header, claims), ''),
    forgeHs256({ ...header, alg: 'HS256' }, claims, JSON.stringify(jwk)),
    forge({ ...header, crit: ['bh'], bh: true }, claims),
    '',
    'x',
  ];
  for (const proof of forms) {
    const verification = await verifyProof(proof, call, now);
    assert.match(verification.valid ? '' : verification.reason, /not a well-formed JWS of this type/);
  }
});

test('a key that is missing, private, of another curve, or not the one that signed', async () => {
  const keys = [undefined, 'x', presenceKey, { ...jwk, crv: 'P-384' }, { kty: 'RSA', n: 'AQAB', e: 'AQAB' }];
  for (const wrong of keys) {
    const verification = await verifyProof(forge({ ...header, jwk: wrong }, claims), call, now);
    assert.match(verification.valid ? '' : verification.reason, /no public P-256 key/);
  }
  const zeros = 'A'.repeat(43);
  for (const wrong of [publicHalf(otherKey), { ...jwk, x: zeros, y: zeros }, { ...jwk, y: jwk.x }]) {
    const verification = await verifyProof(forge({ ...header, jwk: wrong }, claims), call, now);
    assert.match(verification.valid ? '' : verification.reason, /signature does not verify/);
  }
});

test('htm: the method, in its own spelling', async () => {
  for (const htm of ['GET', 'post', 'POST ', '', undefined, ['POST']])
    await refused({ htm }, /another method/);
});

test('htu: the URL without query and fragment, scheme and host in any spelling of the same', async () => {
  const path = '/authenticator/v1/me/test';
  const alike = [
    `https://id.example.com${path}?`,
    `https://id.example.com${path}?a=1#b`,
    `HTTPS://ID.Example.COM${path}`,
    `https://id.example.com:443${path}`,
  ];
  for (const htu of alike) await accepted({ htu });
  await accepted({}, { ...call, url: `${call.url}?cursor=1` });
  const others = [
    `http://id.example.com${path}`,
    `https://id.example.com:8443${path}`,
    `https://id.example.org${path}`,
    `https://id.example.com.evil.example${path}`,
    `https://id.example.com@evil.example${path}`,
    `https://user@id.example.com${path}`,
    `https://user:pass@id.example.com${path}`,
    `https://id.example.com${path}/`,
    `https://id.example.com${path.toUpperCase()}`,
    `https://id.example.com/`,
    `//id.example.com${path}`,
    path,
    '',
    undefined,
    [call.url],
  ];
  for (const htu of others) await refused({ htu }, /another URL/);
});

test('a call whose own URL cannot be read is never matched, not even by an htu that cannot be read', async () => {
  for (const url of ['', 'x', 'http://localhost:8480http://x/me', 'https://user@id.example.com/']) {
    for (const htu of ['', 'x', url]) await refused({ htu }, /another URL/, { ...call, url });
  }
});

test('iat: 60 seconds either way', async () => {
  for (const off of [-60, 60, 0]) await accepted({ iat: now / 1000 + off });
  for (const iat of [now / 1000 - 61, now / 1000 + 61, now, String(now / 1000), null, undefined]) {
    await refused({ iat }, /too long ago or in the future/);
  }
});

test('jti: 16 to 128 characters', async () => {
  for (const length of [16, 22, 128]) await accepted({ jti: 'a'.repeat(length) });
  for (const jti of [undefined, null, 1e20, '', 'a'.repeat(15), 'a'.repeat(129), ['a'.repeat(16)]]) {
    await refused({ jti }, /no usable jti/);
  }
});

test('bh: the hash of the exact bytes of the body', async () => {
  const empty = await sha256Base64url('');
  const wrong = [
    empty,
    `${claims.bh}=`,
    claims.bh.toLowerCase(),
    '',
    null,
    undefined,
    await sha256Base64url('{"a": 1}'),
  ];
  for (const bh of wrong) await refused({ bh }, /another body/);
});

test('bh without a body: none, or that of nothing', async () => {
  const empty = await sha256Base64url('');
  for (const nothing of [undefined, new Uint8Array()]) {
    await accepted({ bh: undefined }, { ...call, body: nothing });
    await accepted({ bh: empty }, { ...call, body: nothing });
    for (const bh of [claims.bh, '', null]) await refused({ bh }, /another body/, { ...call, body: nothing });
  }
});

test('unknown claims, members of the header and of the key are ignored', async () => {
  const more = { ...header, kid: 'x', jwk: { ...jwk, use: 'sig', alg: 'ES256', kid: '1' } };
  const verification = await verifyProof(forge(more, { ...claims, ath: 'x', nonce: 'y' }), call, now);
  assert.ok(verification.valid);
  assert.deepEqual(verification.key, jwk);
});
