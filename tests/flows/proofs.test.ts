import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  exportPresenceJwk,
  generatePresenceKey,
  sha256Base64url,
  signJws,
  signProof,
} from '@countersign/protocol';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, refused } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';

/** The proof that every call of an authenticator carries. */
forEachEngine((engine) => {
  let server: InProcess;
  let phone: Phone;
  let browser: Browser;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('prover');
    ({ phone, browser } = await enrol(server, 'prover'));
  });
  after(() => server[Symbol.asyncDispose]());

  const target = (path: string) => `${server.url}/authenticator/v1${path}`;
  async function proofWith(claims: object, header: object = {}) {
    const jwk = await exportPresenceJwk(phone.keys.publicKey);
    const fresh = { htm: 'GET', htu: target('/me'), iat: server.now() / 1000, jti: crypto.randomUUID() };
    return signJws({ typ: 'dpop+jwt', jwk, ...header }, { ...fresh, ...claims }, phone.keys.privateKey);
  }
  const getMe = (proof: string | null) => phone.call('GET', '/me', undefined, { proof });

  test('a proof is good once: again, and 20 at once, it is refused', async () => {
    const proof = await proofWith({});
    assert.equal((await getMe(proof)).status, 200);
    refused(await getMe(proof), 401, 'invalid_proof');
    const shared = await proofWith({});
    const answers = await Promise.all(Array.from({ length: 20 }, () => getMe(shared)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  });

  test('missing, or made for another method, URL or time', async () => {
    for (const [what, proof] of [
      ['missing', null],
      ['no JWS', 'x'],
      ['method', await proofWith({ htm: 'POST' })],
      ['path', await proofWith({ htu: target('/requests') })],
      ['host', await proofWith({ htu: 'https://evil.example/authenticator/v1/me' })],
      ['userinfo', await proofWith({ htu: target('/me').replace('http://', 'http://localhost@') })],
      ['old', await proofWith({ iat: server.now() / 1000 - 62 })],
      ['early', await proofWith({ iat: server.now() / 1000 + 62 })],
      ['no iat', await proofWith({ iat: undefined })],
      ['no jti', await proofWith({ jti: undefined })],
      ['short jti', await proofWith({ jti: 'short' })],
      ['typ', await proofWith({}, { typ: 'JWT' })],
      ['no jwk', await proofWith({}, { jwk: undefined })],
      [
        'private jwk',
        await proofWith({}, { jwk: { ...(await exportPresenceJwk(phone.keys.publicKey)), d: 'AAAA' } }),
      ],
    ] as const) {
      const answer = await getMe(proof);
      assert.deepEqual([answer.status, answer.body.code], [401, 'invalid_proof'], what);
    }
    // Query and fragment are not covered, and the spelling of the host does not matter.
    assert.equal((await getMe(await proofWith({ htu: `${target('/me')}?a=b#c` }))).status, 200);
    assert.equal(
      (await getMe(await proofWith({ htu: target('/me').replace('localhost', 'LOCALHOST') }))).status,
      200,
    );
  });

  test('algorithms that are not ES256', async () => {
    const [, claims] = (await proofWith({})).split('.');
    for (const alg of ['none', 'HS256', 'RS256', 'EdDSA']) {
      const jwk = await exportPresenceJwk(phone.keys.publicKey);
      const header = Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg, jwk })).toString('base64url');
      refused(await getMe(`${header}.${claims}.`), 401, 'invalid_proof');
      refused(await getMe(`${header}.${claims}.${'A'.repeat(86)}`), 401, 'invalid_proof');
    }
  });

  test('made for another body, or for none', async () => {
    const body = JSON.stringify({ device: { name: 'Renamed', platform: 'android', app_version: '2' } });
    const patch = (proof: string) => phone.call('PATCH', '/me', body, { proof });
    refused(await patch(await proofWith({ htm: 'PATCH' })), 401, 'invalid_proof');
    refused(
      await patch(await proofWith({ htm: 'PATCH', bh: await sha256Base64url('{}') })),
      401,
      'invalid_proof',
    );
    refused(await patch(await proofWith({ htm: 'PATCH', bh: 7 })), 401, 'invalid_proof');
    const renamed = await patch(await proofWith({ htm: 'PATCH', bh: await sha256Base64url(body) }));
    assert.equal(renamed.body.authenticator.device.name, 'Renamed');
  });

  test('a phone with a wrong clock learns the time from the refusal', async () => {
    phone.now = () => server.now() - 3_600_000;
    const answer = await phone.call('GET', '/me');
    refused(answer, 401, 'invalid_proof');
    const offset = Date.parse(answer.body.server_time) - phone.now();
    phone.now = () => server.now() - 3_600_000 + offset;
    assert.equal((await phone.call('GET', '/me')).status, 200);
    phone.now = server.now;
  });

  test('a key that nobody enrolled', async () => {
    const keys = await generatePresenceKey();
    const proof = await signProof({ method: 'GET', url: target('/me') }, keys, server.now());
    refused(await getMe(proof), 401, 'invalid_proof');
  });

  test('no cookie is read here, and any origin may call, never with credentials', async () => {
    const session = await browser.get('/api/v1/session');
    assert.equal(session.status, 200);
    assert.equal((await browser.get('/authenticator/v1/me')).status, 401);
    const foreign = await browser.call(
      'POST',
      '/authenticator/v1/activations/lookup',
      { code: 'x' },
      { origin: 'https://elsewhere.example' },
    );
    refused(foreign, 404, 'activation_not_found');
    assert.equal(foreign.headers.get('access-control-allow-origin'), '*');
    assert.equal(foreign.headers.get('access-control-allow-credentials'), null);
    assert.equal(foreign.headers.get('access-control-expose-headers'), 'Date, Retry-After');
    const preflight = await browser.call('OPTIONS', '/authenticator/v1/requests');
    assert.equal(preflight.status, 204);
    assert.match(preflight.headers.get('access-control-allow-headers')!, /DPoP/);
  });
});
