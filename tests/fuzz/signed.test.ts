/** What is signed: proofs, registrations and answers. Nothing that was changed is accepted, and nothing throws. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  canonicalJson,
  encodeBase64url,
  parseJws,
  parseStrictJson,
  requestDigest,
  sha256Base64url,
  signAnswer,
  signProof,
  signRegistration,
  verifyAnswer,
  verifyProof,
  verifyRegistration,
  type JsonValue,
} from '@countersign/protocol';
import { forge } from '../../packages/protocol/tools/forge.ts';
import { issuer, now as nowSeconds, sampleRequest } from '../../packages/protocol/tools/sample-request.ts';
import { keyPairOf, otherKey, presenceKey, publicHalf } from '../../packages/protocol/tools/test-keys.ts';
import { corpus, hold } from './support/hold.ts';
import { editedBytes, editedJson, editedText, oddJson, oddText } from './support/inputs.ts';

const now = nowSeconds * 1000;
const jwk = publicHalf(presenceKey);
const keys = await keyPairOf(presenceKey);
const body = new TextEncoder().encode('{"a":1}');
const call = { method: 'POST', url: `${issuer}/authenticator/v1/me/test`, body };
const request = await sampleRequest();
const nonce = 'q83vEjRWeJCrze8SNFZ4kA';
const device = { name: 'Phone', platform: 'android' as const, app_version: '1' };
const expectedAnswer = {
  aud: issuer,
  key: jwk,
  id: request.id,
  nonce: request.nonce,
  digest: request.digest,
  confirmation: request.confirmation,
};

/** Each signed thing: a good one, and whether a text is accepted in its place. */
const kinds = {
  proof: {
    typ: 'dpop+jwt',
    good: await signProof(call, keys, now),
    isAccepted: async (text: string) => (await verifyProof(text, call, now)).valid,
  },
  registration: {
    typ: 'countersign-registration+jwt',
    good: await signRegistration(
      { aud: issuer, nonce, device, push_subscription: null, webauthn: null },
      keys,
      now,
    ),
    isAccepted: async (text: string) => (await verifyRegistration(text, { aud: issuer, nonce }, now)).valid,
  },
  answer: {
    typ: 'countersign-answer+jwt',
    good: await signAnswer(
      request,
      { decision: 'approve', number: '42' },
      { issuer, privateKey: keys.privateKey, now },
    ),
    isAccepted: async (text: string) => (await verifyAnswer(text, expectedAnswer, now)).result === 'valid',
  },
};

for (const [name, { typ, good, isAccepted }] of Object.entries(kinds)) {
  const [header, claims, signature] = good.split('.').map((part) => Buffer.from(part, 'base64url'));
  const rejoin = (index: number, bytes: Uint8Array) =>
    good
      .split('.')
      .map((part, at) => (at === index ? encodeBase64url(bytes) : part))
      .join('.');

  test(`${name}: no text but the signed one is accepted`, async () => {
    assert.equal(await isAccepted(good), true);
    const inputs = fc.oneof(
      editedText(good),
      editedBytes(header!).map((bytes) => rejoin(0, bytes)),
      editedBytes(claims!).map((bytes) => rejoin(1, bytes)),
      editedBytes(signature!).map((bytes) => rejoin(2, bytes)),
      editedJson(JSON.parse(header!.toString()) as object).map((edited) =>
        rejoin(0, Buffer.from(JSON.stringify(edited))),
      ),
      editedJson(JSON.parse(claims!.toString()) as object).map((edited) =>
        rejoin(1, Buffer.from(JSON.stringify(edited))),
      ),
      oddText,
      fc.array(oddText, { maxLength: 5 }).map((parts) => parts.join('.')),
      fc.constantFrom(...Object.values(kinds).map((kind) => kind.good)).chain(editedText),
    );
    await hold({ inputs, first: corpus<string>('jws'), runs: 1500 }, async (text) => {
      assert.equal(await isAccepted(text), text === good, text);
    });
  });

  test(`${name}: a well-formed JWS is one text for one header, claims and signature`, () =>
    hold({ inputs: editedText(good), first: corpus<string>('jws'), runs: 2000 }, (text) => {
      const parsed = parseJws(text, typ);
      if (!parsed) return;
      const [first, second, third] = text.split('.');
      assert.equal(parsed.signingInput, `${first}.${second}`);
      assert.equal(encodeBase64url(parsed.signature), third);
      assert.equal(parsed.header.typ, typ);
      assert.equal(parsed.header.alg, 'ES256');
    }));

  test(`${name}: signed by somebody else it is not the enrolled key's`, async () => {
    const stolen = forge(header!.toString(), claims!.toString(), otherKey);
    assert.equal(await isAccepted(stolen), false);
  });
}

/** What `targetOf` promises, said another way: the same scheme, host, port and path, and nobody's user information. */
function isSameTarget(htu: unknown): boolean {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return false;
  const [a, b] = [new URL(htu), new URL(call.url)];
  return (
    a.protocol === b.protocol && a.host === b.host && a.pathname === b.pathname && !a.username && !a.password
  );
}
const isAbout = (iat: unknown) => typeof iat === 'number' && Math.abs(iat - nowSeconds) <= 60;
/** A value as it comes out of JSON: -0 is 0 there, and what strict JSON refuses is nothing at all. */
const throughJson = (value: object) => parseStrictJson(JSON.stringify(value)) as Record<string, JsonValue>;

test('a proof whose signer chose other claims holds only where they say the same', async () => {
  const claims = {
    htm: 'POST',
    htu: call.url,
    iat: nowSeconds,
    jti: 'AAAAAAAAAAAAAAAA',
    bh: await sha256Base64url(body),
  };
  const urls = fc.oneof(
    editedText(call.url),
    fc.webUrl(),
    fc.constantFrom(...corpus<string>('urls')).chain(editedText),
  );
  const inputs = fc.oneof(
    editedJson(claims),
    urls.map((htu) => ({ ...claims, htu })),
    fc.double().map((offset) => ({ ...claims, iat: nowSeconds + offset })),
    fc.integer({ min: -100, max: 100 }).map((offset) => ({ ...claims, iat: nowSeconds + offset })),
  );
  const first = corpus<string>('urls').map((htu) => ({ ...claims, htu }));
  await hold({ inputs, first, runs: 1000 }, async (made) => {
    const token = forge({ typ: 'dpop+jwt', alg: 'ES256', jwk }, made);
    const said = throughJson(made);
    const verification = await verifyProof(token, call, now);
    const expected =
      said !== undefined &&
      said.htm === 'POST' &&
      isSameTarget(said.htu) &&
      isAbout(said.iat) &&
      typeof said.jti === 'string' &&
      said.jti.length >= 16 &&
      said.jti.length <= 128 &&
      said.bh === claims.bh;
    assert.equal(verification.valid, expected, JSON.stringify(verification));
  });
});

test('an answer whose signer chose other claims holds only where they are the expected ones', async () => {
  const claims = {
    aud: issuer,
    sub: request.id,
    iat: nowSeconds,
    nonce: request.nonce,
    digest: request.digest,
    decision: 'approve',
    number: '42',
  };
  const numbers = fc.oneof(
    oddText,
    fc.integer().map(String),
    fc.constantFrom('٤٢', '４２', '042', '4 ', '+4'),
  );
  const inputs = fc.oneof(
    editedJson(claims),
    numbers.map((number) => ({ ...claims, number })),
    oddText.map((decision) => ({ ...claims, decision })),
  );
  await hold({ inputs, runs: 1000 }, async (made) => {
    const said = throughJson(made);
    const answer = await verifyAnswer(
      forge({ typ: 'countersign-answer+jwt', alg: 'ES256' }, made),
      expectedAnswer,
      now,
    );
    const isNumber = typeof said?.number === 'string' && /^[0-9]{2}$/.test(said.number);
    const expected =
      said !== undefined &&
      said.aud === issuer &&
      said.sub === request.id &&
      isAbout(said.iat) &&
      said.nonce === request.nonce &&
      said.digest === request.digest &&
      (said.decision === 'deny' || said.decision === 'report' || (said.decision === 'approve' && isNumber));
    assert.equal(answer.result === 'valid', expected, JSON.stringify(answer));
    if (answer.result !== 'valid') return;
    assert.equal(answer.claims.decision, said.decision);
    assert.equal(answer.claims.number, said.decision === 'approve' ? said.number : undefined);
  });
});

test('a registration whose signer chose other claims binds only what is of its form', async () => {
  const claims = {
    aud: issuer,
    nonce,
    iat: nowSeconds,
    device,
    push_subscription: { endpoint: 'https://push.example/1', keys: { p256dh: 'B', auth: 'a' } },
    webauthn: { id: 'x', response: {} },
  };
  await hold({ inputs: editedJson(claims), runs: 1000 }, async (made) => {
    const token = forge({ typ: 'countersign-registration+jwt', alg: 'ES256', jwk }, made);
    const registration = await verifyRegistration(token, { aud: issuer, nonce }, now);
    if (!registration.valid) return;
    const said = throughJson(made);
    assert.ok(said.aud === issuer && said.nonce === nonce && isAbout(said.iat));
    assert.deepEqual(registration.key, jwk);
    assert.deepEqual(Object.keys(registration.claims).sort(), ['device', 'push_subscription', 'webauthn']);
  });
});

test('a header with other members: the key is the one that signed, or nothing holds', async () => {
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk };
  const { good } = kinds.proof;
  const claims = Buffer.from(good.split('.')[1]!, 'base64url').toString();
  const inputs = fc.oneof(
    editedJson(header),
    fc
      .tuple(fc.constantFrom('crit', 'b64', 'kid', 'x5c', 'jku', 'cty', 'zip'), oddJson)
      .map(([name, value]): object => ({ ...header, [name]: value })),
  );
  await hold({ inputs, runs: 1000 }, async (made) => {
    const verification = await verifyProof(forge(made, claims), call, now);
    const said = throughJson(made);
    if ('crit' in (said ?? {}) || 'b64' in (said ?? {})) assert.equal(verification.valid, false);
    if (verification.valid) assert.deepEqual(verification.key, jwk);
  });
});

test('two requests that show something else have another digest', () =>
  hold({ inputs: editedJson(request), runs: 1500 }, async (made) => {
    const edited = throughJson(made) as unknown as typeof request;
    // What a parser took for another request than the one that was edited.
    if (edited === undefined) return;
    const { state: _s, webauthn: _w, digest: _d, created_at: _c, ...shown } = edited;
    const { state: _1, webauthn: _2, digest: _3, created_at: _4, ...original } = request;
    const isSame = canonicalJson(shown) === canonicalJson(original);
    const digest = await requestDigest(edited).catch((error: unknown) => {
      assert.ok(error instanceof TypeError, String(error));
      return undefined;
    });
    assert.equal(digest === request.digest, isSame);
  }));
