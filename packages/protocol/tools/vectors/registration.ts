import { forge } from '../forge.ts';
import { issuer, now } from '../sample-request.ts';
import { otherKey, presenceKey, publicHalf } from '../test-keys.ts';
import { keys } from './keys.ts';

const jwk = publicHalf(presenceKey);
const header = { typ: 'countersign-registration+jwt', jwk, alg: 'ES256' };
const device = { name: 'Pixel 9', platform: 'android', model: 'Pixel 9', app_version: '1.0.0' };
const push_subscription = {
  endpoint: 'https://push.example.net/send/abc',
  keys: {
    p256dh: 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
};
const claims = {
  aud: issuer,
  iat: now,
  nonce: 'AAECAwQFBgcICQoLDA0ODw',
  device,
  push_subscription,
  webauthn: null,
};
const none = { device, push_subscription: null, webauthn: null };

const refuse = (name: string, reason: string, change: object) => ({
  name,
  reason,
  registration: forge(header, { ...claims, ...change }),
});
const refuseHeader = (name: string, reason: string, change: object) => ({
  name,
  reason,
  registration: forge({ ...header, ...change }, claims),
});
const notOfThisType = 'not a well-formed JWS of this type';
const notOfItsForm = 'device, push_subscription or webauthn is not of its form';
const anotherTime = 'issued too long ago or in the future';

export const registration = {
  description:
    'Registrations, as POST /activations takes them, checked for the issuer `aud` and the nonce of the activation at the time `now` (NumericDate). `claims` is what the server keeps. Every refusal is 401 `invalid_registration`; `reason` is in words. The WebAuthn response is passed through here; whether it holds is for WebAuthn to say.',
  keys,
  aud: issuer,
  nonce: claims.nonce,
  now,
  valid: [
    {
      name: 'with a push subscription',
      registration: forge(header, claims),
      claims: { device, push_subscription, webauthn: null },
    },
    { name: 'without one', registration: forge(header, { ...claims, ...none }), claims: none },
    {
      name: 'with a WebAuthn response, passed through',
      registration: forge(header, { ...claims, webauthn: { id: 'AQ', type: 'public-key' } }),
      claims: { device, push_subscription, webauthn: { id: 'AQ', type: 'public-key' } },
    },
    {
      name: 'unknown members are dropped, the name is trimmed, an empty model is none',
      registration: forge(header, {
        ...claims,
        device: { ...device, name: ' Pixel 9 ', model: null, colour: 'blue' },
        push_subscription: { ...push_subscription, expirationTime: null },
        more: 1,
      }),
      claims: {
        device: { name: 'Pixel 9', platform: 'android', app_version: '1.0.0' },
        push_subscription,
        webauthn: null,
      },
    },
    {
      name: '60 seconds old',
      registration: forge(header, { ...claims, iat: now - 60 }),
      claims: { device, push_subscription, webauthn: null },
    },
  ],
  refused: [
    refuseHeader('the typ of a proof', notOfThisType, { typ: 'dpop+jwt' }),
    refuseHeader('alg none', notOfThisType, { alg: 'none' }),
    refuseHeader('a crit', notOfThisType, { crit: ['aud'] }),
    refuseHeader('no jwk', 'the header holds no public P-256 key', { jwk: undefined }),
    refuseHeader('a private jwk', 'the header holds no public P-256 key', { jwk: presenceKey }),
    refuseHeader('another jwk than the one that signed', 'the signature does not verify', {
      jwk: publicHalf(otherKey),
    }),
    refuse('another issuer', 'made for another issuer', { aud: 'https://other.example.com' }),
    refuse('the issuer with a slash', 'made for another issuer', { aud: `${issuer}/` }),
    refuse('another nonce', 'another nonce', { nonce: 'AAECAwQFBgcICQoLDA0ODg' }),
    refuse('no nonce', 'another nonce', { nonce: undefined }),
    refuse('61 seconds old', anotherTime, { iat: now - 61 }),
    refuse('61 seconds ahead', anotherTime, { iat: now + 61 }),
    refuse('no device', notOfItsForm, { device: undefined }),
    refuse('a device without a name', notOfItsForm, { device: { ...device, name: '  ' } }),
    refuse('a name of 101 characters', notOfItsForm, { device: { ...device, name: 'n'.repeat(101) } }),
    refuse('an unknown platform', notOfItsForm, { device: { ...device, platform: 'windows' } }),
    refuse('push_subscription left out', notOfItsForm, { push_subscription: undefined }),
    refuse('a push_subscription without keys', notOfItsForm, {
      push_subscription: { endpoint: push_subscription.endpoint },
    }),
    refuse('webauthn left out', notOfItsForm, { webauthn: undefined }),
    refuse('webauthn a text', notOfItsForm, { webauthn: 'x' }),
  ],
};
