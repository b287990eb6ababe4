import { sha256Base64url } from '../../src/hash.ts';
import { forge, forgeHs256, resign } from '../forge.ts';
import { issuer, now } from '../sample-request.ts';
import { otherKey, presenceKey, publicHalf } from '../test-keys.ts';
import { keys } from './keys.ts';

const jwk = publicHalf(presenceKey);
const header = { typ: 'dpop+jwt', jwk, alg: 'ES256' };
const get = { method: 'GET', url: `${issuer}/authenticator/v1/requests` };
const post = {
  method: 'POST',
  url: `${issuer}/authenticator/v1/requests/uJ5P0iXb3oVRnX6vN0bYwA/answer`,
  body: '{"answer":"x","webauthn":null}',
};
const jti = 'AAECAwQFBgcICQoLDA0ODw';
const claims = { htm: 'GET', htu: get.url, iat: now, jti };
const bh = await sha256Base64url(post.body);
const claimsOfPost = { htm: 'POST', htu: post.url, iat: now, jti, bh };
const bhOfNothing = await sha256Base64url('');

const accept = (name: string, change: object = {}, call: object = get, forged: object = header) => ({
  name,
  call,
  proof: forge(forged, { ...claims, ...change }),
});
const notOfThisType = 'the proof is not a well-formed JWS of this type';
const noKey = 'the header holds no public P-256 key';
const anotherUrl = 'made for another URL';
const anotherTime = 'issued too long ago or in the future';
const anotherBody = 'made for another body';
const unsigned = 'the signature does not verify';
const refuse = (name: string, reason: string, change: object, call: object = get) => ({
  name,
  reason,
  call,
  proof: forge(header, { ...claims, ...change }),
});
const refuseJws = (name: string, reason: string, proof: string) => ({ name, reason, call: get, proof });
const refuseHeader = (name: string, reason: string, change: object) =>
  refuseJws(name, reason, forge({ ...header, ...change }, claims));

export const proof = {
  description:
    'Proofs of possession, the header DPoP of every call of an authenticator. Each is checked against `call` at the time `now` (NumericDate). Every refusal is 401 `invalid_proof`; `reason` says why in words, which are no part of the protocol. Left out, since they need a store: a jti seen before, a key that is unknown or revoked.',
  keys,
  now,
  valid: [
    accept('a call without a body'),
    { name: 'a call with a body', call: post, proof: forge(header, claimsOfPost) },
    accept('the query of the call is not covered', {}, { ...get, url: `${get.url}?cursor=1` }),
    accept('query and fragment of htu are ignored', { htu: `${get.url}?a=1#b` }),
    accept('scheme and host of htu in upper case', { htu: get.url.replace('https://id', 'HTTPS://ID') }),
    accept('the default port in htu', { htu: get.url.replace('.com', '.com:443') }),
    accept('60 seconds old', { iat: now - 60 }),
    accept('60 seconds ahead', { iat: now + 60 }),
    accept('a jti of 16 characters', { jti: 'A'.repeat(16) }),
    accept('a jti of 128 characters', { jti: 'A'.repeat(128) }),
    accept('bh of an empty body', { bh: bhOfNothing }),
    accept('unknown claims', { ath: 'x', nonce: 'y' }),
    accept('unknown members of header and key', {}, get, {
      ...header,
      kid: '1',
      jwk: { ...jwk, use: 'sig' },
    }),
  ],
  refused: [
    refuseHeader('another typ', notOfThisType, { typ: 'JWT' }),
    refuseHeader('typ in upper case', notOfThisType, { typ: 'DPOP+JWT' }),
    refuseJws(
      'alg none, without a signature',
      notOfThisType,
      resign(forge({ ...header, alg: 'none' }, claims), ''),
    ),
    refuseHeader('alg none, with a signature', notOfThisType, { alg: 'none' }),
    refuseJws(
      'alg HS256, the public key as the secret',
      notOfThisType,
      forgeHs256({ ...header, alg: 'HS256' }, claims, JSON.stringify(jwk)),
    ),
    refuseHeader('alg RS256', notOfThisType, { alg: 'RS256' }),
    refuseHeader('a crit', notOfThisType, { crit: ['exp'], exp: now + 60 }),
    refuseJws(
      'a claim twice',
      notOfThisType,
      forge(header, JSON.stringify(claims).replace('{', '{"htm":"POST",')),
    ),
    refuseJws('no JWS', notOfThisType, 'x'),
    refuseHeader('no jwk', noKey, { jwk: undefined }),
    refuseHeader('a private jwk', noKey, { jwk: presenceKey }),
    refuseHeader('a jwk of another curve', noKey, { jwk: { ...jwk, crv: 'P-384' } }),
    refuseHeader('a jwk with a coordinate of 31 bytes', noKey, { jwk: { ...jwk, x: jwk.x.slice(0, 42) } }),
    refuseHeader('another jwk than the one that signed', unsigned, { jwk: publicHalf(otherKey) }),
    refuseHeader('a jwk that is no point of the curve', unsigned, { jwk: { ...jwk, y: jwk.x } }),
    refuseJws('a signature of zeros', unsigned, resign(forge(header, claims), new Uint8Array(64))),
    refuse('htm of another method', 'made for another method', { htm: 'POST' }),
    refuse('htm in lower case', 'made for another method', { htm: 'get' }),
    refuse('htu with another scheme', anotherUrl, { htu: get.url.replace('https', 'http') }),
    refuse('htu with another host', anotherUrl, { htu: get.url.replace('.com', '.org') }),
    refuse('htu with another port', anotherUrl, { htu: get.url.replace('.com', '.com:8443') }),
    refuse('htu with user information', anotherUrl, { htu: get.url.replace('//', '//user@') }),
    refuse('htu with a slash at its end', anotherUrl, { htu: `${get.url}/` }),
    refuse('htu of another path', anotherUrl, { htu: `${issuer}/authenticator/v1/me` }),
    refuse('htu that is a path only', anotherUrl, { htu: '/authenticator/v1/requests' }),
    refuse('61 seconds old', anotherTime, { iat: now - 61 }),
    refuse('61 seconds ahead', anotherTime, { iat: now + 61 }),
    refuse('iat in milliseconds', anotherTime, { iat: now * 1000 }),
    refuse('iat as a text', anotherTime, { iat: String(now) }),
    refuse('no jti', 'no usable jti', { jti: undefined }),
    refuse('a jti of 15 characters', 'no usable jti', { jti: 'A'.repeat(15) }),
    refuse('a jti of 129 characters', 'no usable jti', { jti: 'A'.repeat(129) }),
    refuse('no bh with a body', anotherBody, { ...claimsOfPost, bh: undefined }, post),
    refuse('bh of another body', anotherBody, { ...claimsOfPost, bh: bhOfNothing }, post),
    refuse('bh of another spelling of the body', anotherBody, claimsOfPost, {
      ...post,
      body: post.body.replace(':', ': '),
    }),
    refuse('bh of a body that is not there', anotherBody, { bh }),
  ],
};
