import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { begin, enrol, password, refused, signIn } from '../support/people.ts';
import { totpCode } from '../support/totp.ts';
import { SoftwareVerificationKey, type Ceremony } from '../support/verification-key.ts';

const minute = 60_000; // ms

/** Passkeys: a factor that resists phishing, a whole sign-in by themselves, and the highest level of whoever has one. */
forEachEngine((engine) => {
  let server: InProcess;
  let ceremony: Pick<Ceremony, 'rpId' | 'origin'>;
  before(async () => {
    server = await startInProcess(engine);
    ceremony = { rpId: 'localhost', origin: server.url };
  });
  after(() => server[Symbol.asyncDispose]());

  let people = 0;
  async function newcomer() {
    const login = `keyed-${(people += 1)}`;
    const user = await server.addPerson(login);
    const browser = new Browser(server.url);
    const { id } = await begin(browser, login);
    await browser.post(`/api/v1/authentications/${id}/complete`);
    return { login, browser, user };
  }
  async function addPasskey(
    browser: Browser,
    key = new SoftwareVerificationKey(),
    more: Partial<Ceremony> = {},
  ) {
    const asked = await browser.post('/api/v1/me/passkeys/options');
    assert.equal(asked.status, 200, JSON.stringify(asked.body));
    const { challenge } = asked.body.webauthn;
    const webauthn = key.register({ ...ceremony, challenge, ...more });
    return { key, answer: await browser.post('/api/v1/me/passkeys', { name: 'Laptop', webauthn }), webauthn };
  }
  /** Somebody whose only factor is a passkey. */
  async function keyed() {
    const one = await newcomer();
    const { key, answer } = await addPasskey(one.browser);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return { ...one, key, passkey: answer.body.id as string };
  }
  async function assertion(
    browser: Browser,
    id: string,
    key: SoftwareVerificationKey,
    more: Partial<Ceremony> = {},
  ) {
    const asked = await browser.post(`/api/v1/authentications/${id}/passkey/options`);
    assert.equal(asked.status, 200, JSON.stringify(asked.body));
    const { challenge } = asked.body.webauthn;
    return key.assert({ ...ceremony, challenge, ...more });
  }
  const answer = (browser: Browser, id: string, webauthn: object) =>
    browser.post(`/api/v1/authentications/${id}/passkey`, { webauthn });
  async function alone(browser: Browser, key: SoftwareVerificationKey, purpose = 'portal_login') {
    const { webauthn } = (await browser.post('/api/v1/authentications/passkey-options')).body;
    const passkey = key.assert({ ...ceremony, challenge: webauthn.challenge });
    return { passkey, begun: await browser.post('/api/v1/authentications', { purpose, passkey }) };
  }

  test('as a first factor: the session is full, at the highest level; it is shown, renamed, mailed', async () => {
    const { browser, login } = await newcomer();
    const { webauthn } = (await browser.post('/api/v1/me/passkeys/options')).body;
    assert.deepEqual(webauthn.authenticatorSelection.userVerification, 'required');
    assert.deepEqual(webauthn.authenticatorSelection.residentKey, 'required');
    assert.ok(!Buffer.from(webauthn.user.id, 'base64url').toString().includes(login));
    const { answer: added } = await addPasskey(browser);
    assert.deepEqual([added.status, added.body.name], [201, 'Laptop']);
    const { acr, amr } = (await browser.get('/api/v1/session')).body;
    assert.deepEqual([acr, amr], ['urn:countersign:phr', ['pwd', 'swk', 'pop', 'user', 'mfa']]);
    const path = `/api/v1/me/passkeys/${added.body.id}`;
    assert.equal((await browser.patch(path, { name: ' Work laptop ' })).body.name, 'Work laptop');
    refused(await browser.patch(path, { name: ' ' }), 400, 'malformed');
    const [item] = (await browser.get('/api/v1/me/passkeys')).body.items;
    assert.deepEqual([item.name, item.last_used_at], ['Work laptop', null]);
    const mails = await server.mailsTo(login);
    assert.deepEqual(mails, ['A passkey was added to your account']);
  });

  test('after the password: phishing-resistant', async () => {
    const { login, key, browser: known } = await keyed();
    const browser = new Browser(server.url);
    const { id, factors, preferred } = await begin(browser, login);
    assert.deepEqual([factors, preferred], [[{ kind: 'passkey' }], 'passkey']);
    const ready = await answer(browser, id, await assertion(browser, id, key));
    assert.deepEqual([ready.status, ready.body.state], [200, 'ready']);
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    assert.equal((await browser.get('/api/v1/session')).body.acr, 'urn:countersign:phr');
    assert.notEqual((await known.get('/api/v1/me/passkeys')).body.items[0].last_used_at, null);
  });

  test('by itself, without login or password; in the Admin Portal for those who administer', async () => {
    const { key } = await keyed();
    const browser = new Browser(server.url);
    const { begun, passkey } = await alone(browser, key);
    assert.deepEqual([begun.status, begun.body.state], [201, 'ready']);
    assert.equal((await browser.post(`/api/v1/authentications/${begun.body.id}/complete`)).status, 200);
    const { acr, amr } = (await browser.get('/api/v1/session')).body;
    assert.deepEqual([acr, amr], ['urn:countersign:phr', ['swk', 'pop', 'user', 'mfa']]);
    // The same assertion again, here and elsewhere.
    const again = { purpose: 'portal_login', passkey };
    refused(await browser.post('/api/v1/authentications', again), 422, 'passkey_failed');
    refused(await new Browser(server.url).post('/api/v1/authentications', again), 422, 'passkey_failed');
    refused((await alone(browser, key, 'admin_login')).begun, 403, 'forbidden');
  });

  test('suspended, removed, unknown: one answer', async () => {
    const suspended = await keyed();
    await server.store.query(
      { text: "UPDATE users SET state = 'suspended' WHERE id = :id", names: ['id'] } as never,
      { id: suspended.user.id },
    );
    const removed = await keyed();
    assert.equal((await removed.browser.delete(`/api/v1/me/passkeys/${removed.passkey}`)).status, 204);
    const bodies = [];
    for (const key of [suspended.key, removed.key, new SoftwareVerificationKey()]) {
      const { begun } = await alone(new Browser(server.url), key);
      refused(begun, 422, 'passkey_failed');
      bodies.push({ ...begun.body, server_time: '' });
    }
    assert.deepEqual(bodies[0], bodies[1]);
    assert.deepEqual(bodies[1], bodies[2]);
  });

  test('an assertion holds for this challenge, this browser, this origin, this person, and with the person verified', async () => {
    const { login, key } = await keyed();
    const other = await keyed();
    const browser = new Browser(server.url);
    const { id } = await begin(browser, login);
    const fails = async (webauthn: object, where = id) =>
      refused(await answer(browser, where, webauthn), 422, 'passkey_failed');
    await fails(await assertion(browser, id, key, { verified: false }));
    await fails(await assertion(browser, id, key, { origin: 'https://evil.example' }));
    await fails(await assertion(browser, id, key, { rpId: 'evil.example' }));
    await fails(await assertion(browser, id, key, { challenge: Buffer.alloc(32).toString('base64url') }));
    await fails(await assertion(browser, id, other.key));
    // The challenge of another sign-in, and of one that nobody has begun yet.
    const second = await begin(browser, login);
    await fails(await assertion(browser, second.id, key));
    const { webauthn } = (await browser.post('/api/v1/authentications/passkey-options')).body;
    await fails(key.assert({ ...ceremony, challenge: webauthn.challenge }));
    // Given to one browser, used from another.
    const thief = new Browser(server.url);
    await thief.post('/api/v1/authentications/passkey-options');
    const passkey = key.assert({ ...ceremony, challenge: webauthn.challenge });
    refused(
      await thief.post('/api/v1/authentications', { purpose: 'portal_login', passkey }),
      422,
      'passkey_failed',
    );
    for (const odd of [
      {},
      { id: 1 },
      { id: 'x'.repeat(5_000) },
      { id: 'ab', response: {} },
      { id: key.id.toString('base64url'), response: [] },
    ])
      await fails(odd);
    refused(await browser.post(`/api/v1/authentications/${id}/passkey`, { webauthn: 'x' }), 400, 'malformed');
    // Too late.
    const late = await assertion(browser, id, key);
    server.advance(5 * minute + 1);
    await fails(late);
    const right = await assertion(browser, id, key);
    assert.equal((await answer(browser, id, right)).status, 200);
  });

  test('one assertion, ten tries at once: one is taken', async () => {
    const { key } = await keyed();
    const browser = new Browser(server.url);
    const { webauthn } = (await browser.post('/api/v1/authentications/passkey-options')).body;
    const passkey = key.assert({ ...ceremony, challenge: webauthn.challenge });
    const body = { purpose: 'portal_login', passkey };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => browser.post('/api/v1/authentications', body)),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  });

  test('of a passkey that counts nothing, as synchronized ones do, an assertion is taken once all the same', async () => {
    const { login, key } = await keyed();
    const browser = new Browser(server.url);
    const uncounted = (challenge: string) => {
      key.counter = -1; // 0 in the assertion, as at the registration
      return key.assert({ ...ceremony, challenge });
    };
    const { webauthn } = (await browser.post('/api/v1/authentications/passkey-options')).body;
    const body = { purpose: 'portal_login', passkey: uncounted(webauthn.challenge) };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => browser.post('/api/v1/authentications', body)),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    refused(await browser.post('/api/v1/authentications', body), 422, 'passkey_failed');
    const { id } = await begin(browser, login);
    const asked = await browser.post(`/api/v1/authentications/${id}/passkey/options`);
    assert.equal((await answer(browser, id, uncounted(asked.body.webauthn.challenge))).status, 200);
  });

  test('a counter that ran back is a copy of the key', async () => {
    const { login, key } = await keyed();
    const browser = new Browser(server.url);
    const first = await begin(browser, login);
    assert.equal((await answer(browser, first.id, await assertion(browser, first.id, key))).status, 200);
    key.counter = 0;
    const second = await begin(browser, login);
    refused(
      await answer(browser, second.id, await assertion(browser, second.id, key)),
      422,
      'passkey_failed',
    );
  });

  test('a registration holds for this challenge and origin, with the person verified; a credential is one person’s', async () => {
    const { browser } = await newcomer();
    for (const more of [
      { verified: false },
      { origin: 'https://evil.example' },
      { rpId: 'evil.example' },
      { challenge: Buffer.alloc(32).toString('base64url') },
    ]) {
      refused((await addPasskey(browser, undefined, more)).answer, 422, 'passkey_failed');
    }
    const other = await keyed();
    refused((await addPasskey(browser, other.key)).answer, 409, 'factor_exists');
    // The challenge of another session.
    const { webauthn } = (await other.browser.post('/api/v1/me/passkeys/options')).body;
    const { answer: stolen } = await addPasskey(browser, undefined, { challenge: webauthn.challenge });
    refused(stolen, 422, 'passkey_failed');
    // A registration is no sign-in, and is taken once.
    const { answer: added, webauthn: registration } = await addPasskey(browser);
    assert.equal(added.status, 201);
    const again = await browser.post('/api/v1/me/passkeys', { name: 'Twice', webauthn: registration });
    assert.equal(again.status, 422);
  });

  test('two sessions that the password alone opened enrol at the same moment: one of them does', async () => {
    for (let n = 0; n < 5; n += 1) {
      const { login, browser } = await newcomer();
      const other = new Browser(server.url);
      const { id } = await begin(other, login);
      assert.equal((await other.post(`/api/v1/authentications/${id}/complete`)).status, 200);
      const bodies = [];
      for (const each of [browser, other]) {
        const { challenge } = (await each.post('/api/v1/me/passkeys/options')).body.webauthn;
        const webauthn = new SoftwareVerificationKey().register({ ...ceremony, challenge });
        bodies.push({ name: 'First', webauthn });
      }
      const answers = await Promise.all([
        browser.post('/api/v1/me/passkeys', bodies[0]),
        other.post('/api/v1/me/passkeys', bodies[1]),
      ]);
      assert.equal(answers.filter(({ status }) => status === 201).length, 1);
      const still = await Promise.all([browser.get('/api/v1/session'), other.get('/api/v1/session')]);
      assert.deepEqual(still.map(({ status }) => status).sort(), [200, 401]);
    }
  });

  test('who has a passkey changes factors with it, not with a phone; a lost one is made up for by a recovery code', async () => {
    const login = `keyed-${(people += 1)}`;
    await server.addPerson(login);
    const { browser, phone } = await enrol(server, login);
    await browser.get('/api/v1/session');
    const { key, answer: added } = await addPasskey(browser);
    assert.equal(added.status, 201);
    refused(await browser.post('/api/v1/me/recovery-codes'), 403, 'step_up_required');
    await signIn(browser, phone, login);
    const change = { current: password, new: 'another good passphrase' };
    refused(await browser.post('/api/v1/me/password', change), 403, 'step_up_required');
    const begun = await browser.post('/api/v1/authentications', {
      purpose: 'step_up',
      resource: 'act:factors',
    });
    assert.deepEqual(begun.body.factors, [{ kind: 'passkey' }]);
    refused(await browser.post(`/api/v1/authentications/${begun.body.id}/push`), 409, 'factor_not_offered');
    const { id } = begun.body;
    assert.equal((await answer(browser, id, await assertion(browser, id, key))).status, 200);
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    const { codes } = (await browser.post('/api/v1/me/recovery-codes')).body;
    server.advance(5 * minute + 1);
    phone.now = server.now;
    await signIn(browser, phone, login);
    refused(await browser.delete(`/api/v1/me/passkeys/${added.body.id}`), 403, 'step_up_required');
    const next = await browser.post('/api/v1/authentications', {
      purpose: 'step_up',
      resource: 'act:factors',
    });
    const path = `/api/v1/authentications/${next.body.id}`;
    assert.equal((await browser.post(`${path}/recovery-code`, { code: codes[0] })).status, 200);
    assert.equal((await browser.post(`${path}/complete`)).status, 200);
    assert.equal((await browser.delete(`/api/v1/me/passkeys/${added.body.id}`)).status, 204);
    // Without it the phone is the highest level again.
    await signIn(browser, phone, login);
    assert.equal((await browser.post('/api/v1/me/recovery-codes')).status, 201);
  });

  test('a code that clears the codes of somebody who has a passkey raises the session for codes alone', async () => {
    const { browser } = await keyed();
    const { id, secret } = (await browser.post('/api/v1/me/totp')).body;
    const code = (steps = 0) => ({ code: totpCode(secret, server.now(), steps) });
    assert.equal((await browser.post(`/api/v1/me/totp/${id}/confirm`, code())).status, 200);
    server.advance(5 * minute + 1);
    assert.equal((await browser.post('/api/v1/me/totp/reset', code())).status, 204);
    for (const path of ['/me/passkeys/options', '/me/activations', '/me/recovery-codes']) {
      refused(await browser.post(`/api/v1${path}`), 403, 'step_up_required');
    }
    assert.equal((await browser.post('/api/v1/me/totp')).status, 201);
  });

  test('removing one wants a fresh proof with it, is told by mail, and leaves no way back by the password alone', async () => {
    const { browser, login, passkey, key } = await keyed();
    await browser.get('/api/v1/session');
    server.advance(5 * minute + 1);
    refused(await browser.delete(`/api/v1/me/passkeys/${passkey}`), 403, 'step_up_required');
    refused(await browser.post('/api/v1/me/passkeys/options'), 403, 'step_up_required');
    const { begun } = await alone(browser, key);
    assert.equal((await browser.post(`/api/v1/authentications/${begun.body.id}/complete`)).status, 200);
    assert.equal((await browser.delete(`/api/v1/me/passkeys/${passkey}`)).status, 204);
    assert.ok((await server.mailsTo(login)).includes('A passkey was removed from your account'));
    const stranger = new Browser(server.url);
    const { id, state } = await begin(stranger, login);
    assert.equal(state, 'enrollment_required');
    refused(await stranger.post(`/api/v1/authentications/${id}/complete`), 409, 'not_ready');
  });

  test('options that were given before the proof grew old add no passkey after it', async () => {
    const { browser } = await keyed();
    await browser.get('/api/v1/session');
    server.advance(3 * minute);
    const { challenge } = (await browser.post('/api/v1/me/passkeys/options')).body.webauthn;
    server.advance(2 * minute + 1);
    const webauthn = new SoftwareVerificationKey().register({ ...ceremony, challenge });
    refused(await browser.post('/api/v1/me/passkeys', { name: 'Late', webauthn }), 403, 'step_up_required');
  });

  test('twenty passkeys a person, and no more', async () => {
    const { browser } = await keyed();
    for (let n = 1; n < 20; n += 1) assert.equal((await addPasskey(browser)).answer.status, 201);
    refused(await browser.post('/api/v1/me/passkeys/options'), 409, 'factor_exists');
  });

  test('somebody else’s passkey is nobody’s', async () => {
    const one = await keyed();
    const other = await keyed();
    refused(await other.browser.delete(`/api/v1/me/passkeys/${one.passkey}`), 404, 'not_found');
    refused(await other.browser.patch(`/api/v1/me/passkeys/${one.passkey}`, { name: 'x' }), 404, 'not_found');
  });

  test('a reset of the factors takes passkeys and verification codes along', async () => {
    const { browser, login, key, user } = await keyed();
    const { id, secret } = (await browser.post('/api/v1/me/totp')).body;
    const confirm = { code: totpCode(secret, server.now(), 0) };
    assert.equal((await browser.post(`/api/v1/me/totp/${id}/confirm`, confirm)).status, 200);
    await server.addPerson('resetter', { role: 'owner' });
    const { browser: owner, phone } = await enrol(server, 'resetter');
    await signIn(owner, phone, 'resetter', 'admin_login');
    assert.equal((await owner.post(`/api/v1/admin/users/${user.id}/reset-mfa`)).status, 200);
    refused((await alone(new Browser(server.url), key)).begun, 422, 'passkey_failed');
    const { state, factors } = await begin(new Browser(server.url), login);
    assert.deepEqual([state, factors], ['enrollment_required', []]);
    assert.deepEqual((await owner.get(`/api/v1/admin/users/${user.id}`)).body.factors, []);
  });

  test('the organisation does not use passkeys: none is added, and none signs in', async () => {
    const { key, login } = await keyed();
    const { browser } = await newcomer();
    await server.patchSettings({ mfa: { factors: ['push', 'totp'] } });
    try {
      refused(await browser.post('/api/v1/me/passkeys/options'), 403, 'factor_disabled');
      refused((await alone(new Browser(server.url), key)).begun, 403, 'no_allowed_factor');
      refused(
        await new Browser(server.url).post('/api/v1/authentications', {
          purpose: 'portal_login',
          login,
          password,
        }),
        403,
        'no_allowed_factor',
      );
    } finally {
      await server.patchSettings({ mfa: { factors: null } });
    }
  });
});
