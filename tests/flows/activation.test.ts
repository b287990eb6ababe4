import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { generatePresenceKey, signRegistration } from '@countersign/protocol';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, refused, signIn } from '../support/people.ts';
import { Phone } from '../support/phone.ts';
import { totpCode } from '../support/totp.ts';
import { SoftwareVerificationKey } from '../support/verification-key.ts';

/** Binding a phone to an account: the code, the registration, the phone's own answer. */
forEachEngine((engine) => {
  let server: InProcess;
  before(async () => {
    server = await startInProcess(engine);
  });
  after(() => server[Symbol.asyncDispose]());

  let people = 0;
  /** Somebody new who has signed in with the password and asked for a code. */
  async function waiting() {
    const login = `active-${(people += 1)}`;
    await server.addPerson(login);
    const browser = new Browser(server.url);
    const { id } = await begin(browser, login);
    await browser.post(`/api/v1/authentications/${id}/complete`);
    const { body: activation } = await browser.post('/api/v1/me/activations');
    return { login, browser, activation, phone: await Phone.create(server.url, 'New phone', server.now) };
  }
  const stateOf = async (browser: Browser, id: string) =>
    (await browser.get(`/api/v1/me/activations/${id}`)).body;
  test('a look-up spends nothing and may be repeated; spelling does not matter', async () => {
    const { phone, activation } = await waiting();
    assert.equal(activation.state, 'waiting');
    assert.equal(activation.activation_uri, `${server.url}/authenticator/#/activate?code=${activation.code}`);
    const first = await phone.lookUp(activation.code);
    const again = await phone.lookUp(
      activation.code.toLowerCase().replaceAll('-', ' ').replaceAll('1', 'l').replaceAll('0', 'o'),
    );
    assert.equal(first.status, 200);
    assert.deepEqual(again.body, first.body, 'the same nonce and the same WebAuthn options');
    assert.equal(first.body.user_verification, 'preferred');
  });

  test('404, 410 expired, 410 used, and 429 at the eleventh failure of a minute', async () => {
    const { phone, activation } = await waiting();
    server.advance(10 * 60_000 + 1);
    refused(await phone.lookUp(activation.code), 410, 'activation_expired');
    const other = await waiting();
    other.phone.now = server.now;
    await other.phone.activate(other.activation.code);
    refused(await phone.lookUp(other.activation.code), 410, 'activation_used');
    server.advance(61_000);
    for (let n = 0; n < 10; n += 1)
      refused(await phone.lookUp(`ZZZZZ-ZZZZZ-ZZZZZ-ZZZZ${n}`), 404, 'activation_not_found');
    const limited = await phone.lookUp('nonsense');
    refused(limited, 429, 'too_many_requests');
    assert.ok(Number(limited.headers.get('retry-after')) > 0);
    server.advance(61_000);
    refused(await phone.lookUp('nonsense'), 404, 'activation_not_found');
  });

  test('a newer code ends an older one', async () => {
    const { phone, browser, activation } = await waiting();
    const newer = await browser.post('/api/v1/me/activations');
    assert.equal(newer.status, 201);
    refused(await phone.lookUp(activation.code), 410, 'activation_expired');
    assert.equal((await stateOf(browser, activation.id)).state, 'expired');
  });

  test('401 invalid_registration leaves the code unspent', async () => {
    const { phone, activation } = await waiting();
    for (const change of [
      { aud: 'https://elsewhere.example' },
      { nonce: 'AAAAAAAAAAAAAAAAAAAAAA' },
      { device: { name: '', platform: 'ios', app_version: '1' } },
      { device: { name: 'x', platform: 'windows', app_version: '1' } },
      { device: undefined },
      { push_subscription: { endpoint: 'not an address', keys: {} } },
      { webauthn: 'yes' },
    ]) {
      refused(await phone.register(activation.code, { change }), 401, 'invalid_registration');
    }
    phone.now = () => server.now() - 62_000;
    refused(await phone.register(activation.code), 401, 'invalid_registration');
    phone.now = server.now;
    const { body: found } = await phone.lookUp(activation.code);
    const stranger = await generatePresenceKey();
    const claims = {
      aud: found.issuer,
      nonce: found.nonce,
      device: { name: 'x', platform: 'ios', app_version: '1' } as const,
      push_subscription: null,
      webauthn: null,
    };
    const mixed = await signRegistration(
      claims,
      { publicKey: phone.keys.publicKey, privateKey: stranger.privateKey },
      server.now(),
    );
    refused(
      await phone.call(
        'POST',
        '/activations',
        { code: activation.code, registration: mixed },
        { proof: null },
      ),
      401,
      'invalid_registration',
    );
    assert.equal((await phone.register(activation.code)).status, 201);
  });

  test('403 for a verification key that does not hold: UV unset, another challenge, another origin', async () => {
    const { phone, activation } = await waiting();
    const { body: found } = await phone.lookUp(activation.code);
    const { challenge } = found.webauthn as { challenge: string };
    const ceremony = { rpId: 'localhost', origin: server.url, challenge };
    const key = new SoftwareVerificationKey();
    for (const webauthn of [
      key.register({ ...ceremony, verified: false }),
      key.register({ ...ceremony, challenge: 'AAAA' }),
      key.register({ ...ceremony, origin: 'https://evil.example' }),
      key.register({ ...ceremony, rpId: 'evil.example' }),
      {},
    ]) {
      refused(
        await phone.register(activation.code, { change: { webauthn } }),
        403,
        'user_verification_failed',
      );
    }
    assert.equal((await phone.register(activation.code)).status, 201);
  });

  const ends = {
    'signed out from another browser': async (own: Browser) => {
      const { items } = (await own.get('/api/v1/me/sessions')).body;
      const { id } = items.find(({ current }: { current: boolean }) => !current);
      assert.equal((await own.delete(`/api/v1/me/sessions/${id}`)).status, 204);
    },
    'signed out by itself': async (_own: Browser, thief: Browser) => {
      assert.equal((await thief.delete('/api/v1/session')).status, 204);
    },
    'reported from the phone': async (_own: Browser, thief: Browser, phone: Phone, login: string) => {
      const { id } = await begin(thief, login);
      await askPush(thief, id);
      assert.equal((await phone.answer(await phone.request(), 'report')).status, 200);
    },
  };
  for (const [how, end] of Object.entries(ends)) {
    test(`a session that has ended enrols no phone any more: ${how}`, async () => {
      const { login, browser: own, phone, activation } = await waiting();
      await phone.activate(activation.code);
      await own.get('/api/v1/session');
      const thief = new Browser(server.url);
      await signIn(thief, phone, login);
      const { code } = (await thief.post('/api/v1/me/activations')).body;
      const another = await Phone.create(server.url, 'Phone of a thief', server.now);
      assert.equal((await another.register(code)).status, 201);
      const request = await another.request('activation');
      await end(own, thief, phone, login);
      const answer = await another.answer(request, 'approve');
      refused(answer, 409, 'request_already_answered');
      assert.equal(answer.body.state, 'cancelled');
      assert.equal((await phone.call('GET', '/me')).status, 200, 'the phone is in its place');
      const { items } = (await own.get('/api/v1/me/authenticators')).body;
      const active = items.filter(({ state }: { state: string }) => state === 'active');
      assert.deepEqual(
        active.map(({ device }: { device: { name: string } }) => device.name),
        ['New phone'],
      );
    });
  }

  test('409 key_in_use: a key is enrolled once, also after it was revoked', async () => {
    const first = await waiting();
    await first.phone.activate(first.activation.code);
    const second = await waiting();
    second.phone.keys = first.phone.keys;
    refused(await second.phone.register(second.activation.code), 409, 'key_in_use');
    assert.equal((await first.phone.call('DELETE', '/me')).status, 204);
    refused(await second.phone.register(second.activation.code), 409, 'key_in_use');
    assert.equal((await stateOf(second.browser, second.activation.id)).state, 'waiting');
  });

  test('two phones with one code at once: one takes it', async () => {
    const { activation } = await waiting();
    const phones = await Promise.all(
      Array.from({ length: 6 }, () => Phone.create(server.url, 'Racer', server.now)),
    );
    const answers = await Promise.all(phones.map((phone) => phone.register(activation.code)));
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    for (const lost of answers.filter(({ status }) => status !== 201)) refused(lost, 410, 'activation_used');
  });

  test('a pending phone reaches its requests and itself, and nothing else', async () => {
    const { phone, browser, activation } = await waiting();
    assert.equal((await phone.register(activation.code)).status, 201);
    const pending = await stateOf(browser, activation.id);
    assert.deepEqual([pending.state, pending.authenticator.device.name], ['pending', 'New phone']);
    assert.equal((await phone.call('GET', '/me')).body.authenticator.state, 'pending');
    assert.equal((await phone.requests()).length, 1);
    for (const [method, path] of [
      ['POST', '/me/test'],
      ['POST', '/me/verification-key/options'],
    ] as const) {
      refused(await phone.call(method, path), 403, 'authenticator_pending');
    }
    const bad = { push_subscription: { endpoint: 'nonsense', keys: { p256dh: 'x', auth: 'y' } } };
    refused(await phone.call('PATCH', '/me', bad), 400, 'malformed');
    // It may think better of it: then the activation is over.
    assert.equal((await phone.call('DELETE', '/me')).status, 204);
    assert.equal((await stateOf(browser, activation.id)).state, 'expired');
  });

  test('the phone denies: it is dropped; nobody answers: dropped when the code would have ended', async () => {
    const denied = await waiting();
    await denied.phone.register(denied.activation.code);
    assert.equal((await denied.phone.answer((await denied.phone.requests())[0]!, 'deny')).status, 200);
    assert.equal((await stateOf(denied.browser, denied.activation.id)).state, 'expired');
    refused(await denied.phone.call('GET', '/me'), 401, 'invalid_proof');
    const late = await waiting();
    await late.phone.register(late.activation.code);
    const [request] = await late.phone.requests();
    server.advance(10 * 60_000 + 1);
    late.phone.now = server.now;
    refused(await late.phone.answer(request!, 'approve'), 410, 'request_expired');
    assert.equal((await stateOf(late.browser, late.activation.id)).state, 'expired');
  });

  test('the portal that watches sees waiting, pending, active', async () => {
    const { phone, browser, activation } = await waiting();
    const states: string[] = [];
    const watching = (async () => {
      for await (const { event, data } of browser.events(`/api/v1/me/activations/${activation.id}/events`)) {
        states.push(`${event} ${data.state}`);
      }
    })();
    await phone.activate(activation.code);
    await watching;
    assert.equal(states.at(-1), 'activation active');
    // The stream, which can carry no cookie, has not taken the new token with it.
    assert.equal((await browser.get('/api/v1/session')).body.enrollment_required, false);
  });

  test('another phone needs a step-up, and replaces the first only when it is active itself; both are mailed', async () => {
    const { phone, browser, login, activation } = await waiting();
    await phone.activate(activation.code);
    server.advance(5 * 60_000 + 1);
    phone.now = server.now;
    const asked = await browser.post('/api/v1/me/activations');
    refused(asked, 403, 'step_up_required');
    assert.equal(asked.body.resource, 'act:factors');
    await signIn(browser, phone, login);
    const next = (await browser.post('/api/v1/me/activations')).body;
    assert.equal(next.replaces.device.name, 'New phone');
    const second = await Phone.create(server.url, 'Second phone', server.now);
    await second.register(next.code);
    assert.equal(
      (await phone.call('GET', '/me')).status,
      200,
      'the old one is there until the new one is active',
    );
    await second.answer((await second.requests())[0]!, 'approve');
    refused(await phone.call('GET', '/me'), 401, 'invalid_proof');
    assert.equal((await browser.get('/api/v1/me/authenticators')).body.items.length, 1);
    // Two of one moment have no order.
    assert.deepEqual((await server.mailsTo(login)).sort(), [
      'A phone was added to your account',
      'A phone was added to your account',
      'Your phone was replaced',
    ]);
  });

  test('a session that only the password opened cannot enrol once somebody else has', async () => {
    const thief = await waiting();
    const real = new Browser(server.url);
    const { id } = await begin(real, thief.login);
    await real.post(`/api/v1/authentications/${id}/complete`);
    // Both hold a code. The thief's phone is even registered when the real one becomes active.
    await thief.phone.register(thief.activation.code);
    const own = await Phone.create(server.url, 'Real phone', server.now);
    await own.activate((await real.post('/api/v1/me/activations')).body.code);
    const [request] = await thief.phone.requests();
    refused(await thief.phone.answer(request!, 'approve'), 409, 'request_already_answered');
    assert.equal((await thief.phone.call('GET', `/requests/${request!.id}`)).body.state, 'cancelled');
    refused(await thief.browser.post('/api/v1/me/activations'), 401, 'no_session');
    const { items } = (await real.get('/api/v1/me/authenticators')).body;
    assert.deepEqual(
      items
        .filter(({ state }: { state: string }) => state === 'active')
        .map(({ device }: any) => device.name),
      ['Real phone'],
    );
  });

  test('what was begun with the password alone is worth nothing once a factor has been there, even if it is gone again', async () => {
    const thief = await waiting();
    const stale = new Browser(server.url);
    const held = await begin(stale, thief.login);
    const real = new Browser(server.url);
    const { id } = await begin(real, thief.login);
    await real.post(`/api/v1/authentications/${id}/complete`);
    const own = await Phone.create(server.url, 'Real phone', server.now);
    const code = (await real.post('/api/v1/me/activations')).body.code as string;
    await thief.phone.register(thief.activation.code).then(({ status }) => assert.equal(status, 410));
    await own.activate(code);
    assert.equal((await own.call('DELETE', '/me')).status, 204);
    // A sign-in that was begun before: its session would have been let in to enrol.
    refused(await stale.post(`/api/v1/authentications/${held.id}/complete`), 409, 'not_ready');
    refused(await thief.browser.post('/api/v1/me/activations'), 401, 'no_session');
  });

  test('“Not my phone” removes it without a step-up, and the session may enrol again', async () => {
    const { phone, browser, activation } = await waiting();
    await phone.activate(activation.code);
    server.advance(6 * 60_000);
    const { authenticator } = await stateOf(browser, activation.id);
    assert.equal((await browser.delete(`/api/v1/me/authenticators/${authenticator.id}`)).status, 204);
    assert.equal((await browser.post('/api/v1/me/activations')).status, 201);
  });

  test('a phone removed as not one’s own raises no session of somebody who has another factor to step up with', async () => {
    const { phone, browser, activation } = await waiting();
    await phone.activate(activation.code);
    const { id, secret } = (await browser.post('/api/v1/me/totp')).body;
    const code = { code: totpCode(secret, server.now()) };
    assert.equal((await browser.post(`/api/v1/me/totp/${id}/confirm`, code)).status, 200);
    server.advance(6 * 60_000);
    const { authenticator } = await stateOf(browser, activation.id);
    assert.equal((await browser.delete(`/api/v1/me/authenticators/${authenticator.id}`)).status, 204);
    refused(await browser.post('/api/v1/me/activations'), 403, 'step_up_required');
    refused(await browser.delete(`/api/v1/me/totp/${id}`), 403, 'step_up_required');
  });

  test('push_disabled: by the organisation, and by the person’s own setting', async () => {
    const { browser, login } = await waiting();
    await server.patchSettings({ push: { enabled: false } });
    refused(await browser.post('/api/v1/me/activations'), 403, 'push_disabled');
    await server.store.query(
      { text: 'UPDATE users SET push_override = 1 WHERE login = :login', names: ['login'] } as never,
      { login },
    );
    assert.equal((await browser.post('/api/v1/me/activations')).status, 201);
    await server.patchSettings({ push: { enabled: null } });
    await server.store.query(
      { text: 'UPDATE users SET push_override = 0 WHERE login = :login', names: ['login'] } as never,
      { login },
    );
    refused(await browser.post('/api/v1/me/activations'), 403, 'push_disabled');
  });

  test('user verification required: no phone without a key, and one without gets no push', async () => {
    const { phone, activation } = await waiting();
    const before = await waiting();
    await before.phone.activate(before.activation.code, { verification: false });
    await server.patchSettings({ push: { user_verification: 'required' } });
    refused(
      await phone.register(activation.code, { verification: false }),
      403,
      'user_verification_required',
    );
    assert.equal((await phone.register(activation.code)).status, 201);
    const login = await new Browser(server.url).post('/api/v1/authentications', {
      purpose: 'portal_login',
      login: before.login,
      password: 'correct horse battery staple',
    });
    refused(login, 403, 'no_allowed_factor');
    await server.patchSettings({ push: { user_verification: null } });
  });

  test('how to get the app is mailed, and the code is not in it', async () => {
    const { browser, login, activation } = await waiting();
    assert.equal((await browser.post(`/api/v1/me/activations/${activation.id}/mail-link`)).status, 202);
    assert.deepEqual(await server.mailsTo(login), ['Get Countersign Authenticator']);
  });

  test('the phone replaces its verification key, approved by the present one', async () => {
    const { phone, activation, login } = await waiting();
    await phone.activate(activation.code);
    const { webauthn } = (await phone.call('POST', '/me/verification-key/options')).body;
    const next = new SoftwareVerificationKey();
    const ceremony = { rpId: 'localhost', origin: server.url };
    const registration = next.register({ ...ceremony, challenge: webauthn.challenge });
    const { sha256Base64url } = await import('@countersign/protocol');
    const challenge = await sha256Base64url(Uint8Array.from(next.id));
    const byItself = next.assert({ ...ceremony, challenge });
    refused(
      await phone.call('POST', '/me/verification-key', { webauthn: registration, assertion: byItself }),
      403,
      'user_verification_failed',
    );
    const options = (await phone.call('POST', '/me/verification-key/options')).body.webauthn;
    const again = next.register({ ...ceremony, challenge: options.challenge });
    const assertion = phone.verificationKey!.assert({ ...ceremony, challenge });
    assert.equal(
      (await phone.call('POST', '/me/verification-key', { webauthn: again, assertion })).status,
      200,
    );
    assert.ok((await server.mailsTo(login)).includes('The check of your phone was replaced'));
  });

  test('the assertion of an approval replaces no verification key, whatever the new one is called', async () => {
    const { phone, activation } = await waiting();
    await phone.activate(activation.code);
    const { webauthn } = (await phone.call('POST', '/me/verification-key/options')).body;
    const answer = ['{"typ":"countersign-answer+jwt"}', '{"decision":"approve"}', 'x'.repeat(64)]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    const thief = new SoftwareVerificationKey(Buffer.from(answer));
    const ceremony = { rpId: 'localhost', origin: server.url };
    const registration = thief.register({ ...ceremony, challenge: webauthn.challenge });
    const { sha256Base64url } = await import('@countersign/protocol');
    const assertion = phone.verificationKey!.assert({
      ...ceremony,
      challenge: await sha256Base64url(answer),
    });
    refused(
      await phone.call('POST', '/me/verification-key', { webauthn: registration, assertion }),
      403,
      'user_verification_failed',
    );
  });

  test('each verification key has a user handle of its own, so that no device drops one for another', async () => {
    const { phone, activation } = await waiting();
    const handleIn = ({ user }: any) => user.id as string;
    const first = handleIn((await phone.lookUp(activation.code)).body.webauthn);
    await phone.activate(activation.code);
    const { webauthn } = (await phone.call('POST', '/me/verification-key/options')).body;
    assert.notEqual(handleIn(webauthn), first);
  });

  test('with the first factor, whatever was opened with the password alone ends elsewhere', async () => {
    await server.patchSettings({ mfa: { required: false } });
    const login = `active-${(people += 1)}`;
    await server.addPerson(login);
    const open = async () => {
      const browser = new Browser(server.url);
      const { id } = await begin(browser, login);
      assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
      return browser;
    };
    const [own, others] = [await open(), await open()];
    const totp = (await own.post('/api/v1/me/totp')).body;
    assert.equal((await others.get('/api/v1/session')).status, 200);
    const confirmed = await own.post(`/api/v1/me/totp/${totp.id}/confirm`, {
      code: totpCode(totp.secret, server.now()),
    });
    assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body));
    refused(await others.get('/api/v1/session'), 401, 'no_session');
    assert.equal((await own.get('/api/v1/session')).status, 200);
    await server.patchSettings({ mfa: { required: null } });
  });

  test('what a phone has approved is worth nothing once it is removed', async () => {
    const { login, browser, activation, phone } = await waiting();
    await phone.activate(activation.code);
    const stranger = new Browser(server.url);
    const { id } = await begin(stranger, login);
    const { push } = await askPush(stranger, id);
    await phone.answer(await phone.request(), 'approve', { number: push.number });
    assert.equal((await stranger.get(`/api/v1/authentications/${id}`)).body.state, 'ready');
    const { items } = (await browser.get('/api/v1/me/authenticators')).body;
    assert.equal((await browser.delete(`/api/v1/me/authenticators/${items[0].id}`)).status, 204);
    assert.equal((await stranger.get(`/api/v1/authentications/${id}`)).body.state, 'expired');
    refused(await stranger.post(`/api/v1/authentications/${id}/complete`), 409, 'not_ready');
  });
});
