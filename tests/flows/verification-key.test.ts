import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sha256Base64url } from '@countersign/protocol';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, pendingRequest, refused, signIn } from '../support/people.ts';
import { Phone } from '../support/phone.ts';
import { SoftwareVerificationKey } from '../support/verification-key.ts';

const minute = 60_000; // ms

/** A phone without a verification key gets its first one with a code of the portal, and with nothing less. */
forEachEngine((engine) => {
  let server: InProcess;
  before(async () => {
    server = await startInProcess(engine);
  });
  after(() => server[Symbol.asyncDispose]());

  let people = 0;
  /** Somebody whose phone has no verification key, or has one. */
  async function person({ verification = false } = {}) {
    const login = `keyless-${(people += 1)}`;
    await server.addPerson(login);
    const { browser, phone } = await enrol(server, login, { verification });
    await signIn(browser, phone, login);
    const { id } = (await phone.call('GET', '/me')).body.authenticator as { id: string };
    const ask = (by = browser) => by.post(`/api/v1/me/authenticators/${id}/verification-key`);
    return { login, browser, phone, id, ask };
  }
  async function withCode() {
    const one = await person();
    const asked = await one.ask();
    assert.equal(asked.status, 201, JSON.stringify(asked.body));
    return { ...one, code: asked.body.code as string, asked: asked.body };
  }
  const rows = (text: string, parameters: Record<string, string> = {}) =>
    server.store.query({ text, names: Object.keys(parameters) } as never, parameters);
  const hasKey = async (phone: Phone) => (await phone.call('GET', '/me')).body.webauthn_registered as boolean;

  test('with a code of the portal a phone gets its first key, and every approval needs it from then on', async () => {
    const { login, phone, browser, code, asked } = await withCode();
    assert.match(code, /^([0-9A-Z]{5}-){3}[0-9A-Z]{5}$/);
    assert.equal(asked.verification_key_uri, `${server.url}/authenticator/#/verification-key?code=${code}`);
    assert.equal(await hasKey(phone), false);
    const added = await phone.addVerificationKey(code.toLowerCase().replaceAll('-', ' '));
    assert.equal(added.status, 200, JSON.stringify(added.body));
    assert.equal(added.body.webauthn_registered, true);
    const { request } = await pendingRequest(browser, phone, login);
    assert.equal(request.user_verification, true);
    refused(await phone.answer(request, 'approve', { verify: false }), 403, 'user_verification_required');
    assert.equal((await phone.answer(request, 'approve')).status, 200);
    const mails = await rows('SELECT subject FROM mails WHERE recipient = :to', {
      to: `${login}@example.com`,
    });
    assert.ok(mails.some(({ subject }) => subject === 'Your phone now makes sure that it is you'));
    const events = await rows('SELECT type FROM events WHERE user_login = :login', { login });
    for (const type of ['authenticator.verification_key_begun', 'authenticator.verification_key_added'])
      assert.ok(
        events.some((event) => event.type === type),
        type,
      );
  });

  test('without a code nothing is offered and nothing added', async () => {
    const { phone } = await person();
    refused(await phone.call('POST', '/me/verification-key/options'), 403, 'user_verification_required');
    refused(await phone.call('POST', '/me/verification-key/options', {}), 403, 'user_verification_required');
    const body = { webauthn: {} };
    refused(await phone.call('POST', '/me/verification-key', body), 403, 'user_verification_required');
    const assertion = new SoftwareVerificationKey().assert({
      rpId: 'localhost',
      origin: server.url,
      challenge: 'AAAA',
    });
    refused(
      await phone.call('POST', '/me/verification-key', { ...body, assertion }),
      403,
      'user_verification_required',
    );
    assert.equal(await hasKey(phone), false);
  });

  test('a stolen code is worth nothing on another phone, whoever’s it is', async () => {
    const { phone, code } = await withCode();
    const thief = await person();
    refused(await thief.phone.addVerificationKey(code), 404, 'activation_not_found');
    // With options of a code of its own, too.
    const own = (await thief.ask()).body.code as string;
    const { challenge } = (await thief.phone.call('POST', '/me/verification-key/options', { code: own })).body
      .webauthn;
    const webauthn = new SoftwareVerificationKey().register({
      rpId: 'localhost',
      origin: server.url,
      challenge,
    });
    refused(
      await thief.phone.call('POST', '/me/verification-key', { webauthn, code }),
      404,
      'activation_not_found',
    );
    assert.equal(await hasKey(thief.phone), false);
    assert.equal((await phone.addVerificationKey(code)).status, 200, 'the code is still its own phone’s');
  });

  test('a code is good once, for 10 minutes, and until a newer one; a failed try spends none', async () => {
    const one = await withCode();
    refused(
      await one.phone.addVerificationKey(one.code, { verified: false }),
      403,
      'user_verification_failed',
    );
    const newer = (await one.ask()).body.code as string;
    refused(await one.phone.addVerificationKey(one.code), 404, 'activation_not_found');
    assert.equal((await one.phone.addVerificationKey(newer)).status, 200);
    // There is a key now: the used code does not bring another.
    refused(
      await one.phone.call('POST', '/me/verification-key', { webauthn: {}, code: newer }),
      403,
      'user_verification_required',
    );
    await rows('UPDATE authenticators SET webauthn_credential_id = NULL WHERE id = :id', { id: one.id });
    refused(await one.phone.addVerificationKey(newer), 410, 'activation_used');
    const late = await withCode();
    server.advance(10 * minute + 1);
    late.phone.now = server.now;
    refused(await late.phone.addVerificationKey(late.code), 410, 'activation_expired');
  });

  test('options are good for one try, for this phone, and from this origin', async () => {
    const { phone, code } = await withCode();
    const options = async () =>
      (await phone.call('POST', '/me/verification-key/options', { code })).body.webauthn.challenge as string;
    const register = (challenge: string, origin = server.url) =>
      new SoftwareVerificationKey().register({ rpId: 'localhost', origin, challenge });
    const add = (webauthn: object) => phone.call('POST', '/me/verification-key', { webauthn, code });
    const stale = await options();
    await options();
    refused(await add(register(stale)), 403, 'user_verification_failed');
    refused(await add(register(await options(), 'https://evil.example')), 403, 'user_verification_failed');
    const good = await options();
    refused(await add(register(good, 'https://evil.example')), 403, 'user_verification_failed');
    refused(await add(register(good)), 403, 'user_verification_failed');
    assert.equal((await add(register(await options()))).status, 200);
  });

  test('an existing key is never replaced by a code, only by its own assertion', async () => {
    const { phone, ask, code } = await withCode();
    assert.equal((await phone.addVerificationKey(code)).status, 200);
    refused(await ask(), 409, 'verification_key_exists');
    const first = phone.verificationKey!;
    // A code that was made while there was no key yet, and that nobody used.
    await rows('UPDATE verification_key_codes SET used_at = NULL');
    const { challenge } = (await phone.call('POST', '/me/verification-key/options', { code })).body.webauthn;
    const ceremony = { rpId: 'localhost', origin: server.url };
    const next = new SoftwareVerificationKey();
    const webauthn = next.register({ ...ceremony, challenge });
    refused(
      await phone.call('POST', '/me/verification-key', { webauthn, code }),
      403,
      'user_verification_required',
    );
    const over = await sha256Base64url(Uint8Array.from(next.id));
    const byItself = next.assert({ ...ceremony, challenge: over });
    refused(
      await phone.call('POST', '/me/verification-key', { webauthn, code, assertion: byItself }),
      403,
      'user_verification_failed',
    );
    const again = (await phone.call('POST', '/me/verification-key/options')).body.webauthn.challenge;
    const body = {
      webauthn: next.register({ ...ceremony, challenge: again }),
      assertion: first.assert({ ...ceremony, challenge: over }),
    };
    assert.equal((await phone.call('POST', '/me/verification-key', body)).status, 200);
  });

  test('one code, five tries at once: one key', async () => {
    const { phone, code, id } = await withCode();
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const twin = await Phone.create(server.url, 'Twin', server.now);
        twin.keys = phone.keys;
        return twin.addVerificationKey(code);
      }),
    );
    assert.ok(answers.filter(({ status }) => status === 200).length <= 1);
    for (const { status } of answers) assert.ok([200, 403, 410].includes(status), String(status));
    assert.equal((await rows('SELECT id FROM authenticators WHERE id = :id', { id })).length, 1);
  });

  test('a credential that another phone has is not taken', async () => {
    const other = await person({ verification: true });
    const { phone, code } = await withCode();
    const { challenge } = (await phone.call('POST', '/me/verification-key/options', { code })).body.webauthn;
    const webauthn = other.phone.verificationKey!.register({
      rpId: 'localhost',
      origin: server.url,
      challenge,
    });
    refused(
      await phone.call('POST', '/me/verification-key', { webauthn, code }),
      403,
      'user_verification_failed',
    );
    assert.equal((await phone.addVerificationKey(code)).status, 200, 'and the code is not spent');
  });

  test('the portal gives a code to its own phones, after a step-up, and to nobody without a session', async () => {
    const { browser, phone, login, id, ask } = await person();
    refused(await ask(new Browser(server.url)), 401, 'no_session');
    const other = await person();
    refused(await ask(other.browser), 404, 'not_found');
    refused(
      await browser.post('/api/v1/me/authenticators/AAAAAAAAAAAAAAAAAAAAAA/verification-key'),
      404,
      'not_found',
    );
    server.advance(5 * minute + 1);
    phone.now = server.now;
    const stale = await ask();
    refused(stale, 403, 'step_up_required');
    assert.equal(stale.body.resource, 'act:factors');
    await signIn(browser, phone, login);
    assert.equal((await ask()).status, 201);
    const pending = await Phone.create(server.url, 'Pending', server.now);
    await pending.register((await browser.post('/api/v1/me/activations')).body.code);
    const { id: pendingId } = (await pending.call('GET', '/me')).body.authenticator;
    refused(await browser.post(`/api/v1/me/authenticators/${pendingId}/verification-key`), 404, 'not_found');
    assert.ok(id);
  });

  test('unknown codes are slowed down together with those of activations', async () => {
    server.advance(2 * minute);
    const { phone } = await person();
    const guess = (n: number) => ({ code: `ZZZZZ-ZZZZZ-ZZZZZ-ZZZZ${n}` });
    for (let n = 0; n < 5; n += 1) {
      refused(
        await phone.call('POST', '/me/verification-key/options', guess(n)),
        404,
        'activation_not_found',
      );
      refused(await phone.lookUp(guess(n).code), 404, 'activation_not_found');
    }
    refused(await phone.call('POST', '/me/verification-key/options', guess(7)), 429, 'too_many_requests');
    refused(
      await phone.call('POST', '/me/verification-key', { webauthn: {}, ...guess(8) }),
      429,
      'too_many_requests',
    );
  });
});
