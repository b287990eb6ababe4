import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { forge, forgeHs256, resign } from '../../tools/forge.ts';
import { issuer, now as seconds, sampleRequest } from '../../tools/sample-request.ts';
import { keyPairOf, otherKey, presenceKey, publicHalf } from '../../tools/test-keys.ts';
import type { PushRequest } from '../wire/push-request.ts';
import { signAnswer, verifyAnswer, type AnswerClaims, type ExpectedAnswer } from './answer.ts';

const now = seconds * 1000;
const header = { typ: 'countersign-answer+jwt', alg: 'ES256' };
let request: PushRequest;
let claims: { [name: string]: unknown };
before(async () => {
  request = await sampleRequest();
  const { id: sub, nonce, digest } = request;
  claims = { aud: issuer, sub, iat: seconds, nonce, digest, decision: 'approve', number: '07' };
});

const expectedOf = ({ id, nonce, digest, confirmation }: PushRequest): ExpectedAnswer => ({
  aud: issuer,
  key: publicHalf(presenceKey),
  id,
  nonce,
  digest,
  confirmation,
});

async function check(answer: string, result: string, reason?: RegExp, about = request): Promise<void> {
  const verification = await verifyAnswer(answer, expectedOf(about), now);
  assert.equal(verification.result, result, JSON.stringify(verification));
  if (reason) assert.match((verification as { reason: string }).reason, reason);
}
const changed = (change: object) => forge(header, { ...claims, ...change });

test('what is signed is verified, with the decision and the number', async () => {
  const { privateKey } = await keyPairOf(presenceKey);
  const tap = await sampleRequest({ confirmation: { kind: 'tap' } });
  const cases: [PushRequest, AnswerClaims][] = [
    [request, { decision: 'approve', number: '07' }],
    [request, { decision: 'deny' }],
    [request, { decision: 'report' }],
    [tap, { decision: 'approve' }],
  ];
  for (const [about, answer] of cases) {
    const signed = await signAnswer(about, answer, { issuer, privateKey, now });
    assert.deepEqual(await verifyAnswer(signed, expectedOf(about), now), { result: 'valid', claims: answer });
  }
});

test('any request that arrives unchanged can be answered, whatever it says', async () => {
  const { privateKey } = await keyPairOf(presenceKey);
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme' }),
      async (login, client) => {
        const any = await sampleRequest({
          account: { login, name: client },
          context: { ...request.context, client },
        });
        const received = JSON.parse(JSON.stringify(any)) as PushRequest;
        const signed = await signAnswer(received, { decision: 'deny' }, { issuer, privateKey, now });
        assert.equal((await verifyAnswer(signed, expectedOf(any), now)).result, 'valid');
      },
    ),
    { numRuns: 20 },
  );
});

test('the app signs nothing where what it shows is not what the digest says', async () => {
  const { privateKey } = await keyPairOf(presenceKey);
  const tampered = { ...request, context: { ...request.context, familiar: true } };
  await assert.rejects(signAnswer(tampered, { decision: 'approve' }, { issuer, privateKey, now }), /digest/);
});

test('not a JWS of this type: invalid', async () => {
  const wrong = [
    '',
    'x.y.z',
    forge({ ...header, typ: 'dpop+jwt' }, claims),
    forge({ ...header, alg: 'none' }, claims),
    resign(forge({ ...header, alg: 'none' }, claims), ''),
    forgeHs256({ ...header, alg: 'HS256' }, claims, JSON.stringify(publicHalf(presenceKey))),
    forge({ ...header, crit: ['sub'] }, claims),
    forge(header, JSON.stringify(claims).replace('{', '{"decision":"deny",')),
  ];
  for (const answer of wrong) await check(answer, 'invalid', /not a well-formed JWS of this type/);
});

test('an unknown decision: malformed', async () => {
  for (const decision of ['Approve', 'accept', '', undefined, null, true, ['approve']]) {
    await check(changed({ decision }), 'malformed', /unknown decision/);
  }
});

test('a number that is missing or not of its form: malformed', async () => {
  const wrong = ['7', '007', 7, 42, '', ' 7', '07 ', '0 7', '٠٧', '０７', '0x', null, undefined, ['07']];
  for (const number of wrong) await check(changed({ number }), 'malformed', /string of 2 digits/);
});

test('deny, report and a tap need no number, and one that comes anyway is not passed on', async () => {
  const tap = await sampleRequest({ confirmation: { kind: 'tap' } });
  for (const decision of ['deny', 'report']) {
    for (const number of [undefined, '07', 7]) await check(changed({ decision, number }), 'valid');
  }
  const answer = forge(header, { ...claims, digest: tap.digest, number: '99' });
  const verification = await verifyAnswer(answer, expectedOf(tap), now);
  assert.deepEqual(verification, { result: 'valid', claims: { decision: 'approve' } });
});

test('only the enrolled key counts: a jwk in the header is ignored', async () => {
  await check(forge(header, claims, otherKey), 'invalid', /signature does not verify/);
  await check(forge({ ...header, jwk: publicHalf(otherKey) }, claims, otherKey), 'invalid', /signature/);
  await check(forge({ ...header, jwk: publicHalf(otherKey) }, claims), 'valid');
});

test('another issuer, request, nonce, digest or time: invalid', async () => {
  for (const aud of ['https://id.example.com/', 'https://evil.example', [issuer], undefined]) {
    await check(changed({ aud }), 'invalid', /another issuer/);
  }
  for (const sub of ['AAAAAAAAAAAAAAAAAAAAAA', '', undefined])
    await check(changed({ sub }), 'invalid', /another request/);
  for (const nonce of [request.id, '', undefined, null])
    await check(changed({ nonce }), 'invalid', /another nonce/);
  const tap = await sampleRequest({ confirmation: { kind: 'tap' } });
  for (const digest of [tap.digest, `${request.digest}=`, undefined]) {
    await check(changed({ digest }), 'invalid', /another digest/);
  }
  for (const off of [-60, 60]) await check(changed({ iat: seconds + off }), 'valid');
  for (const iat of [seconds - 61, seconds + 61, undefined])
    await check(changed({ iat }), 'invalid', /too long ago/);
});

test('form comes before what is signed, and of what is signed the signature comes first', async () => {
  await check(forge(header, { ...claims, decision: 'x', aud: 'y' }, otherKey), 'malformed');
  await check(forge(header, { ...claims, number: '7', sub: 'y' }, otherKey), 'malformed');
  await check(forge(header, { ...claims, aud: 'y', sub: 'z' }, otherKey), 'invalid', /signature/);
  await check(changed({ aud: 'y', sub: 'z', nonce: '', digest: '', iat: 0 }), 'invalid', /another issuer/);
  await check(changed({ sub: 'z', nonce: '', digest: '', iat: 0 }), 'invalid', /another request/);
  await check(changed({ nonce: '', digest: '', iat: 0 }), 'invalid', /another nonce/);
  await check(changed({ digest: '', iat: 0 }), 'invalid', /another digest/);
});
