import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forge, forgeHs256 } from '../../tools/forge.ts';
import { keyPairOf, otherKey, presenceKey, publicHalf } from '../../tools/test-keys.ts';
import { readDevice, readPushSubscription, signRegistration, verifyRegistration } from './registration.ts';

const now = 1_767_225_600_000;
const expected = { aud: 'https://id.example.com', nonce: 'AAAAAAAAAAAAAAAAAAAAAA' };
const jwk = publicHalf(presenceKey);
const header = { typ: 'countersign-registration+jwt', jwk, alg: 'ES256' };
const device = { name: 'Pixel', platform: 'android' as const, app_version: '1.0.0' };
const subscription = { endpoint: 'https://push.example/1', keys: { p256dh: 'BAAA', auth: 'AAAA' } };
const claims = { ...expected, iat: now / 1000, device, push_subscription: subscription, webauthn: null };

const verify = (registration: string) => verifyRegistration(registration, expected, now);
async function refused(registration: string, reason: RegExp): Promise<void> {
  const verification = await verify(registration);
  assert.match(verification.valid ? 'it was accepted' : verification.reason, reason);
}

test('what is signed is verified, with its key and its claims', async () => {
  const keys = await keyPairOf(presenceKey);
  const content = { device, push_subscription: null, webauthn: { id: 'x', response: { a: 1 } } };
  const verification = await verify(await signRegistration({ ...expected, ...content }, keys, now));
  assert.deepEqual(verification, { valid: true, key: jwk, claims: content });
});

test('a key that signs must be in the header, and must be the one that signed', async () => {
  for (const wrong of [undefined, presenceKey, { ...jwk, crv: 'P-384' }]) {
    await refused(forge({ ...header, jwk: wrong }, claims), /no public P-256 key/);
  }
  await refused(forge({ ...header, jwk: publicHalf(otherKey) }, claims), /signature does not verify/);
});

test('another typ or alg, or no JWS at all', async () => {
  const wrong = [
    forge({ ...header, typ: 'dpop+jwt' }, claims),
    forge({ ...header, alg: 'none' }, claims),
    forgeHs256({ ...header, alg: 'HS256' }, claims, JSON.stringify(jwk)),
    forge({ ...header, crit: ['aud'] }, claims),
    '',
  ];
  for (const registration of wrong) await refused(registration, /not a well-formed JWS of this type/);
});

test('another issuer, another nonce, another time', async () => {
  for (const aud of [
    'https://id.example.com/',
    'https://ID.example.com',
    'http://id.example.com',
    [expected.aud],
    undefined,
  ]) {
    await refused(forge(header, { ...claims, aud }), /another issuer/);
  }
  for (const nonce of ['BAAAAAAAAAAAAAAAAAAAAA', '', null, undefined, `${expected.nonce}=`]) {
    await refused(forge(header, { ...claims, nonce }), /another nonce/);
  }
  for (const iat of [now / 1000 - 61, now / 1000 + 61, undefined]) {
    await refused(forge(header, { ...claims, iat }), /too long ago or in the future/);
  }
});

test('claims that are missing or not of their form', async () => {
  const changes = [
    { device: undefined },
    { device: { ...device, platform: 'windows' } },
    { push_subscription: undefined },
    { push_subscription: {} },
    { webauthn: undefined },
    { webauthn: 'x' },
    { webauthn: [] },
  ];
  for (const change of changes) await refused(forge(header, { ...claims, ...change }), /not of its form/);
});

test('the device: what is known of it, trimmed; unknown members dropped', () => {
  assert.deepEqual(readDevice({ ...device, name: '  My phone ', model: 'Pixel 9', color: 'blue' }), {
    name: 'My phone',
    platform: 'android',
    model: 'Pixel 9',
    app_version: '1.0.0',
  });
  for (const model of [undefined, null, '']) assert.deepEqual(readDevice({ ...device, model }), device);
  assert.equal(
    readDevice({ ...device, name: 'n'.repeat(100), model: 'm'.repeat(100), app_version: 'v'.repeat(40) })
      ?.name.length,
    100,
  );
  for (const platform of ['ios', 'android', 'other']) {
    assert.equal(readDevice({ ...device, platform })?.platform, platform);
  }
  const wrong = [
    null,
    'x',
    [device],
    { ...device, name: '' },
    { ...device, name: ' \n' },
    { ...device, name: 'n'.repeat(101) },
    { ...device, name: 1 },
    { ...device, platform: 'iOS' },
    { ...device, platform: undefined },
    { ...device, model: 'm'.repeat(101) },
    { ...device, model: 1 },
    { ...device, app_version: 'v'.repeat(41) },
    { ...device, app_version: undefined },
  ];
  for (const value of wrong) assert.equal(readDevice(value), undefined, JSON.stringify(value));
});

test('the push subscription: endpoint and keys, other members dropped; null is none', () => {
  assert.equal(readPushSubscription(null), null);
  assert.deepEqual(readPushSubscription({ ...subscription, expirationTime: null, x: 1 }), subscription);
  const { endpoint, keys } = subscription;
  const wrong = [
    undefined,
    'x',
    [],
    {},
    { endpoint },
    { keys },
    { endpoint: 'push', keys },
    { endpoint: `https://push.example/${'x'.repeat(2048)}`, keys },
    { endpoint, keys: null },
    { endpoint, keys: { ...keys, auth: undefined } },
    { endpoint, keys: { ...keys, p256dh: 1 } },
    { endpoint, keys: { ...keys, p256dh: 'x'.repeat(101) } },
    { endpoint, keys: { ...keys, auth: 'x'.repeat(41) } },
  ];
  for (const value of wrong) assert.equal(readPushSubscription(value), undefined, JSON.stringify(value));
});

test('a device’s name holds no characters that are not seen, or that turn round what follows', () => {
  const named = (name: string) => readDevice({ ...device, name })?.name;
  assert.equal(named(' My\u202e phone\u0007\u200b '), 'My phone');
  assert.equal(named('Zoës Handy ✓'), 'Zoës Handy ✓');
  assert.equal(named('\u200b\u202e'), undefined);
});
