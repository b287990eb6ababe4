import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { generatePresenceKey, signJws } from '@countersign/protocol';
import type { PushRequest } from '@countersign/protocol/wire';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, pendingRequest, refused } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { SoftwareVerificationKey } from '../support/verification-key.ts';

/** Every refusal of `POST /requests/{id}/answer`, in the protocol's order. */
forEachEngine((engine) => {
  let server: InProcess;
  before(async () => {
    server = await startInProcess(engine);
  });
  after(() => server[Symbol.asyncDispose]());

  let people = 0;
  /** Somebody new, so that the limits of one test are none of another's. */
  async function pending({ familiar = true, verification = false } = {}) {
    const login = `answer-${(people += 1)}`;
    await server.addPerson(login);
    const { browser, phone } = await enrol(server, login, { verification });
    return {
      login,
      phone,
      browser,
      ...(await pendingRequest(familiar ? browser : new Browser(server.url), phone, login)),
    };
  }

  const claimsOf = (request: PushRequest) => ({
    aud: server.url,
    sub: request.id,
    iat: Math.floor(server.now() / 1000),
    nonce: request.nonce,
    digest: request.digest,
    decision: 'approve' as string,
  });
  const typ = 'countersign-answer+jwt';
  async function send(phone: Phone, request: PushRequest, change: object, header: object = {}) {
    const answer = await signJws(
      { typ, ...header },
      { ...claimsOf(request), ...change },
      phone.keys.privateKey,
    );
    return phone.call('POST', `/requests/${request.id}/answer`, { answer, webauthn: null });
  }

  test('a notification may offer Approve only where policy says so, for a tap of a familiar browser and nothing else', async () => {
    const offers = async (options?: Parameters<typeof pending>[0]) => {
      const one = await pending(options);
      await one.phone.call('POST', '/me/test');
      assert.equal((await one.phone.request('test')).approve_from_notification, false);
      return one.request.approve_from_notification;
    };
    assert.equal(await offers(), false, 'off by default');
    await server.patchSettings({ push: { approve_from_notification: true } });
    assert.equal(await offers(), true);
    assert.equal(await offers({ familiar: false }), false, 'a number is wanted');
    assert.equal(await offers({ verification: true }), false, 'user verification is wanted');
    await server.patchSettings({ push: { approve_from_notification: true, confirmation: 'tap' } });
    assert.equal(await offers({ familiar: false }), false, 'nobody knows the browser');
    await server.patchSettings({ push: null });
  });

  test('404: a request of another authenticator, and one that never was', async () => {
    const mine = await pending();
    const other = await pending();
    refused(await other.phone.answer(mine.request, 'approve'), 404, 'request_not_found');
    refused(await mine.phone.call('GET', '/requests/0000000000000000000000'), 404, 'request_not_found');
    assert.equal((await mine.phone.request()).state, 'pending');
  });

  test('400: unknown decision, number missing or not of its form; the request stays pending', async () => {
    const { phone, request, number } = await pending({ familiar: false });
    refused(await send(phone, request, { decision: 'maybe' }), 400, 'malformed');
    refused(await send(phone, request, { decision: undefined }), 400, 'malformed');
    for (const wrong of [
      undefined,
      null,
      Number(number),
      `0${number}`,
      number![0],
      ' 12',
      '١٢',
      '1a',
      ['12'],
      '',
    ]) {
      refused(await send(phone, request, { number: wrong }), 400, 'malformed');
    }
    for (const body of [
      '',
      '{}',
      '[]',
      '"x"',
      '{"answer":7}',
      '{"answer":""}',
      '{"answer":"x","webauthn":7}',
      '{"answer":"a","answer":"b"}',
    ]) {
      refused(await phone.call('POST', `/requests/${request.id}/answer`, body || '{}'), 400, 'malformed');
    }
    assert.equal((await phone.request()).state, 'pending');
    assert.equal((await phone.answer(request, 'approve', { number: number! })).status, 200);
  });

  test('401: signature, typ, alg, aud, sub, nonce, digest or iat wrong; the request stays pending', async () => {
    const { phone, request } = await pending();
    const stranger = await generatePresenceKey();
    const forged = await signJws({ typ }, claimsOf(request), stranger.privateKey);
    const other = await pending();
    const cases: [string, Promise<{ status: number; body: any }>][] = [
      ['signature', phone.call('POST', `/requests/${request.id}/answer`, { answer: forged, webauthn: null })],
      [
        'not a JWS',
        phone.call('POST', `/requests/${request.id}/answer`, { answer: 'a.b.c', webauthn: null }),
      ],
      ['typ', send(phone, request, {}, { typ: 'JWT' })],
      ['crit', send(phone, request, {}, { crit: ['exp'] })],
      ['aud', send(phone, request, { aud: 'https://elsewhere.example' })],
      ['sub', send(phone, request, { sub: other.request.id })],
      ['nonce', send(phone, request, { nonce: other.request.nonce })],
      ['digest', send(phone, request, { digest: other.request.digest })],
      ['iat in the past', send(phone, request, { iat: server.now() / 1000 - 62 })],
      ['iat in the future', send(phone, request, { iat: server.now() / 1000 + 62 })],
      ['iat as a text', send(phone, request, { iat: 'now' })],
    ];
    for (const [what, answer] of cases) {
      const { status, body } = await answer;
      assert.deepEqual([status, body.code], [401, 'invalid_answer'], what);
    }
    for (const alg of ['none', 'HS256', 'RS256', 'ES384']) {
      const header = Buffer.from(JSON.stringify({ typ, alg })).toString('base64url');
      const claims = Buffer.from(JSON.stringify(claimsOf(request))).toString('base64url');
      const answer = `${header}.${claims}.${alg === 'none' ? '' : 'AAAA'}`;
      refused(
        await phone.call('POST', `/requests/${request.id}/answer`, { answer, webauthn: null }),
        401,
        'invalid_answer',
      );
    }
    assert.equal((await phone.answer(request, 'approve')).status, 200);
  });

  test('a jwk in the header counts for nothing', async () => {
    const { phone, request } = await pending();
    const stranger = await generatePresenceKey();
    const { exportPresenceJwk } = await import('@countersign/protocol');
    const jwk = await exportPresenceJwk(stranger.publicKey);
    const answer = await signJws({ typ, jwk }, claimsOf(request), stranger.privateKey);
    refused(
      await phone.call('POST', `/requests/${request.id}/answer`, { answer, webauthn: null }),
      401,
      'invalid_answer',
    );
  });

  test('409: answered before, with the state; the same bytes again too', async () => {
    const { phone, request } = await pending();
    const body = await phone.answerBody(request, 'deny');
    assert.deepEqual((await phone.call('POST', `/requests/${request.id}/answer`, body)).body, {
      state: 'denied',
    });
    for (const again of [body, await phone.answerBody(request, 'approve')]) {
      const late = await phone.call('POST', `/requests/${request.id}/answer`, again);
      refused(late, 409, 'request_already_answered');
      assert.equal(late.body.state, 'denied');
    }
  });

  test('410: too late; and the browser that waits sees it expire', async () => {
    const { phone, request, id, browser } = await pending();
    server.advance(60_001);
    phone.now = server.now;
    refused(await phone.answer(request, 'approve'), 410, 'request_expired');
    assert.equal((await phone.call('GET', `/requests/${request.id}`)).body.state, 'expired');
    const seen = (await browser.get(`/api/v1/authentications/${id}`)).body;
    assert.deepEqual([seen.state, seen.push.state], ['challenge', 'expired']);
    refused(await browser.post(`/api/v1/authentications/${id}/complete`), 409, 'not_ready');
  });

  test('403: user verification missing or not holding leaves it pending five times; the sixth ends it', async () => {
    const { phone, request, id, browser } = await pending({ verification: true });
    assert.equal(request.user_verification, true);
    const own = phone.verificationKey!;
    const path = `/requests/${request.id}/answer`;
    const body = await phone.answerBody(request, 'approve');
    const { answer } = body;
    const ceremony = { rpId: 'localhost', origin: server.url, challenge: '' };
    refused(await phone.call('POST', path, { answer, webauthn: null }), 403, 'user_verification_required');
    const unverified = await phone.answerBody(request, 'approve', { verified: false });
    refused(await phone.call('POST', path, unverified), 403, 'user_verification_failed');
    const overAnother = await phone.answerBody(request, 'approve');
    // ECDSA signs anew each time: the assertion is over other bytes than the answer that it comes with.
    refused(
      await phone.call('POST', path, { answer, webauthn: overAnother.webauthn }),
      403,
      'user_verification_failed',
    );
    const { sha256Base64url } = await import('@countersign/protocol');
    const challenge = await sha256Base64url(answer);
    const stolen = new SoftwareVerificationKey().assert({ ...ceremony, challenge });
    const disguised = { ...stolen, id: own.id.toString('base64url'), rawId: own.id.toString('base64url') };
    refused(await phone.call('POST', path, { answer, webauthn: disguised }), 403, 'user_verification_failed');
    const phished = own.assert({ ...ceremony, origin: 'https://evil.example', challenge });
    refused(await phone.call('POST', path, { answer, webauthn: phished }), 403, 'user_verification_failed');
    assert.equal((await phone.request()).state, 'pending');
    refused(await phone.call('POST', path, { answer, webauthn: {} }), 403, 'user_verification_failed');
    const late = await phone.call('POST', path, await phone.answerBody(request, 'approve'));
    refused(late, 409, 'request_already_answered');
    assert.equal(late.body.state, 'failed');
    assert.equal((await browser.get(`/api/v1/authentications/${id}`)).body.push.state, 'failed');
  });

  test('403: a WebAuthn counter that runs back; deny needs no verification at all', async () => {
    const { phone, request, login, browser } = await pending({ verification: true });
    phone.verificationKey!.counter = 41;
    assert.equal((await phone.answer(request, 'approve')).status, 200);
    const next = await pendingRequest(browser, phone, login);
    phone.verificationKey!.counter = 7;
    refused(await phone.answer(next.request, 'approve'), 403, 'user_verification_failed');
    assert.equal((await phone.answer(next.request, 'deny')).status, 200);
  });

  test('422: the wrong number fails the request at once', async () => {
    const { phone, request, number } = await pending({ familiar: false });
    const wrong = number === '11' ? '12' : '11';
    refused(await phone.answer(request, 'approve', { number: wrong }), 422, 'wrong_number');
    refused(await phone.answer(request, 'approve', { number: number! }), 409, 'request_already_answered');
  });

  test('an app that shows something else than was sent cannot answer', async () => {
    const { phone, request } = await pending();
    const changed = { ...request, context: { ...request.context, ip: '203.0.113.9' } };
    await assert.rejects(phone.answer(changed, 'approve'), /digest/);
  });

  test('401: a revoked phone answers nothing', async () => {
    const { phone, request, browser } = await pending();
    const { items } = (await browser.get('/api/v1/me/authenticators')).body;
    assert.equal((await browser.delete(`/api/v1/me/authenticators/${items[0].id}`)).status, 204);
    refused(await phone.answer(request, 'approve'), 401, 'invalid_proof');
  });

  test('of 50 answers at once exactly one wins, and the sign-in agrees with it', async () => {
    const { phone, request, id, browser } = await pending();
    const decisions = Array.from({ length: 50 }, (_, n) => (n % 2 ? 'approve' : 'deny'));
    const answers = await Promise.all(decisions.map((decision) => phone.answer(request, decision)));
    const won = answers.filter(({ status }) => status === 200);
    assert.equal(won.length, 1);
    for (const lost of answers.filter((answer) => answer !== won[0])) {
      refused(lost, 409, 'request_already_answered');
      assert.equal(lost.body.state, won[0]!.body.state);
    }
    const { state } = (await browser.get(`/api/v1/authentications/${id}`)).body;
    assert.equal(state, won[0]!.body.state === 'approved' ? 'ready' : 'denied');
  });

  test('of 20 completions at once exactly one takes the session', async () => {
    const { phone, request, id, browser } = await pending();
    await phone.answer(request, 'approve');
    const tries = await Promise.all(
      Array.from({ length: 20 }, () => browser.post(`/api/v1/authentications/${id}/complete`)),
    );
    assert.equal(tries.filter(({ status }) => status === 200).length, 1);
    assert.equal(tries.filter(({ body }) => body.code === 'already_complete').length, 19);
  });
});
