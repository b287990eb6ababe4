import { sha256Base64url } from '../../src/hash.ts';
import { forge, resign } from '../forge.ts';
import { issuer, now, sampleRequest } from '../sample-request.ts';
import { otherKey, publicHalf } from '../test-keys.ts';
import { keys } from './keys.ts';

const requests = {
  number: await sampleRequest(),
  tap: await sampleRequest({ id: 'VGhpcyBpcyBhIHRhcCBpZA', confirmation: { kind: 'tap' } }),
};
type Name = keyof typeof requests;

const header = { typ: 'countersign-answer+jwt', alg: 'ES256' };
const claimsFor = (name: Name, decision: string) => {
  const { id, nonce, digest } = requests[name];
  return { aud: issuer, sub: id, iat: now, nonce, digest, decision };
};
const approve = { ...claimsFor('number', 'approve'), number: '07' };

async function accept(name: string, request: Name, claims: object, forged: object = header) {
  const answer = forge(forged, claims);
  const { decision, number } = claims as { decision: string; number?: string };
  const typed = decision === 'approve' && request === 'number' ? { number } : {};
  return {
    name,
    request,
    answer,
    claims: { decision, ...typed },
    webauthn_challenge: await sha256Base64url(answer),
  };
}
const malformed = (name: string, reason: string, change: object) => ({
  name,
  request: 'number',
  status: 400,
  code: 'malformed',
  reason,
  answer: forge(header, { ...approve, ...change }),
});
const invalidJws = (name: string, reason: string, answer: string) => ({
  name,
  request: 'number',
  status: 401,
  code: 'invalid_answer',
  reason,
  answer,
});
const invalid = (name: string, reason: string, change: object) =>
  invalidJws(name, reason, forge(header, { ...approve, ...change }));
const noNumber = 'number must be a string of 2 digits';
const notOfThisType = 'not a well-formed JWS of this type';
const unsigned = 'the signature does not verify';
const anotherTime = 'issued too long ago or in the future';

export const answer = {
  description:
    'Answers to push requests, checked for the request that `request` names in `requests`, the issuer `aud` and the enrolled key `keys.presence` at the time `now` (NumericDate). `claims` is what counts of a valid one. `webauthn_challenge` is the challenge of the assertion that goes with it where the request wants user verification. Refusals have their status and code; `reason` is in words. Whether the number is the right one, and whether the request is pending still, is checked after these.',
  keys,
  aud: issuer,
  now,
  requests,
  valid: [
    await accept('approve with the number', 'number', approve),
    await accept('approve with a tap', 'tap', claimsFor('tap', 'approve')),
    await accept('deny needs no number', 'number', claimsFor('number', 'deny')),
    await accept('report needs no number', 'number', claimsFor('number', 'report')),
    await accept('a number that was not asked for is ignored', 'tap', {
      ...claimsFor('tap', 'approve'),
      number: 7,
    }),
    await accept('a number with deny is ignored', 'number', { ...approve, decision: 'deny', number: '7' }),
    await accept('a jwk in the header is ignored', 'number', approve, {
      ...header,
      jwk: publicHalf(otherKey),
    }),
    await accept('60 seconds old', 'number', { ...approve, iat: now - 60 }),
    await accept('60 seconds ahead', 'number', { ...approve, iat: now + 60 }),
  ],
  refused: [
    malformed('an unknown decision', 'unknown decision', { decision: 'accept' }),
    malformed('no decision', 'unknown decision', { decision: undefined }),
    malformed('no number', noNumber, { number: undefined }),
    malformed('one digit', noNumber, { number: '7' }),
    malformed('three digits', noNumber, { number: '007' }),
    malformed('a number in place of a text', noNumber, { number: 7 }),
    malformed('a space', noNumber, { number: ' 7' }),
    malformed('Arabic digits', noNumber, { number: '٠٧' }),
    malformed('full-width digits', noNumber, { number: '０７' }),
    invalidJws('the form comes first: no JWS', notOfThisType, 'x'),
    invalidJws('the typ of a proof', notOfThisType, forge({ ...header, typ: 'dpop+jwt' }, approve)),
    invalidJws('alg none', notOfThisType, resign(forge({ ...header, alg: 'none' }, approve), '')),
    invalidJws(
      'a claim twice',
      notOfThisType,
      forge(header, JSON.stringify(approve).replace('{', '{"decision":"deny",')),
    ),
    invalidJws('signed by another key', unsigned, forge(header, approve, otherKey)),
    invalidJws(
      'signed by another key, which the header names',
      unsigned,
      forge({ ...header, jwk: publicHalf(otherKey) }, approve, otherKey),
    ),
    invalid('another issuer', 'made for another issuer', { aud: 'https://other.example.com' }),
    invalid('another request', 'made for another request', { sub: requests.tap.id }),
    invalid('another nonce', 'another nonce', { nonce: requests.number.id }),
    invalid('another digest', 'another digest', { digest: requests.tap.digest }),
    invalid('61 seconds old', anotherTime, { iat: now - 61 }),
    invalid('61 seconds ahead', anotherTime, { iat: now + 61 }),
  ],
};
