import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addPerson, askPush, begin, enrol, password, refused } from '../support/people.ts';
import { Phone } from '../support/phone.ts';
import { startServer, type RunningServer } from '../support/server.ts';

/** Forced enrolment, and what somebody needs who has lost every factor. */
forEachEngine((engine) => {
  let server: RunningServer;
  before(async () => {
    server = await startServer({ engine });
    await addPerson(server, 'owner', 'owner');
  });
  after(() => server[Symbol.asyncDispose]());

  async function passwordOnly(login: string) {
    await addPerson(server, login);
    const browser = new Browser(server.url);
    const { id, state, factors } = await begin(browser, login);
    assert.deepEqual([state, factors], ['enrollment_required', []]);
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    return browser;
  }

  test('a session that must enrol reaches /session and the enrolment calls, and nothing else', async () => {
    const browser = await passwordOnly('skipper');
    const session = (await browser.get('/api/v1/session')).body;
    assert.deepEqual(
      [session.acr, session.amr, session.enrollment_required],
      ['urn:countersign:aal1', ['pwd'], true],
    );
    const { paths } = (await browser.get('/api/openapi.json')).body as { paths: Record<string, object> };
    const mine = Object.entries(paths).filter(
      ([path]) => path.startsWith('/api/v1/me') && !path.includes('activations'),
    );
    assert.ok(mine.length >= 6);
    const enrolling = [
      'get /api/v1/me/factors',
      'post /api/v1/me/totp',
      'post /api/v1/me/totp/{id}/confirm',
      'post /api/v1/me/passkeys/options',
      'post /api/v1/me/passkeys',
    ];
    // What is not of its form is refused for that.
    const bodies: Record<string, object> = {
      'post /api/v1/me/password': { current: password, new: 'another good passphrase' },
      'post /api/v1/me/totp/reset': { code: '123456' },
      'patch /api/v1/me/passkeys/{id}': { name: 'Mine' },
    };
    for (const [path, methods] of mine) {
      for (const method of Object.keys(methods)) {
        if (enrolling.includes(`${method} ${path}`)) continue;
        const url = path.replaceAll('{id}', 'AAAAAAAAAAAAAAAAAAAAAA');
        const body = bodies[`${method} ${path}`] ?? {};
        const answer = await browser.call(method.toUpperCase(), url, method === 'get' ? undefined : body);
        refused(answer, 403, 'enrollment_required');
      }
    }
    refused(await browser.get('/api/v1/admin/users'), 401, 'no_session');
    const step = await browser.post('/api/v1/authentications', {
      purpose: 'step_up',
      resource: 'act:factors',
    });
    refused(step, 403, 'enrollment_required');
  });

  test('as soon as a phone is active the same session is full; its token changes once', async () => {
    const browser = await passwordOnly('riser');
    const old = new Browser(server.url);
    for (const [name, value] of browser.cookies) old.cookies.set(name, value);
    const { body } = await browser.post('/api/v1/me/activations');
    await (await Phone.create(server.url)).activate(body.code);
    assert.equal((await browser.get('/api/v1/me')).status, 200);
    assert.notEqual(browser.cookies.get('countersign-session'), old.cookies.get('countersign-session'));
    refused(await old.get('/api/v1/session'), 401, 'no_session');
    assert.equal((await browser.get('/api/v1/session')).body.acr, 'urn:countersign:aal2');
  });

  test('reset-mfa: sessions end, the phone is dead, and enrolling again needs the one-time code', async () => {
    await addPerson(server, 'loser');
    const { browser, phone } = await enrol(server, 'loser');
    const first = await server.cli(['user', 'reset-mfa', 'loser']);
    assert.equal(first.code, 0, first.stderr);
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    refused(await phone.call('GET', '/me'), 401, 'invalid_proof');
    const newer = (await server.cli(['user', 'reset-mfa', 'loser@example.com'])).stdout.trim();

    const { id, state, factors } = await begin(browser, 'loser');
    assert.deepEqual([state, factors], ['enrollment_required', []]);
    refused(await browser.post(`/api/v1/authentications/${id}/complete`), 409, 'not_ready');
    const give = (code: string) => browser.post(`/api/v1/authentications/${id}/enrollment-code`, { code });
    refused(await give('ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ'), 422, 'wrong_code');
    refused(await give(first.stdout.trim()), 422, 'wrong_code');
    assert.equal((await give(newer.toLowerCase())).status, 200);
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    const { body } = await browser.post('/api/v1/me/activations');
    await (await Phone.create(server.url, 'New one')).activate(body.code);
    assert.equal((await browser.get('/api/v1/session')).body.enrollment_required, false);

    await server.cli(['user', 'reset-mfa', 'loser']);
    const again = await begin(browser, 'loser');
    refused(
      await browser.post(`/api/v1/authentications/${again.id}/enrollment-code`, { code: newer }),
      422,
      'code_already_used',
    );
  });

  test('reset-mfa: every browser is a stranger again, but for the one that enrols anew', async () => {
    await addPerson(server, 'intruded');
    const { browser: intruder } = await enrol(server, 'intruded');
    const { stdout } = await server.cli(['user', 'reset-mfa', 'intruded']);
    const own = new Browser(server.url);
    const { id } = await begin(own, 'intruded');
    const code = { code: stdout.trim() };
    assert.equal((await own.post(`/api/v1/authentications/${id}/enrollment-code`, code)).status, 200);
    assert.equal((await own.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    const { body } = await own.post('/api/v1/me/activations');
    await (await Phone.create(server.url, 'New one')).activate(body.code);
    const numberOf = async (browser: Browser) =>
      (await askPush(browser, (await begin(browser, 'intruded')).id)).push.number;
    assert.match(await numberOf(intruder), /^[0-9]{2}$/);
    assert.equal(await numberOf(own), null);
  });

  test('wrong enrolment codes count for the user, whatever sign-in they come by', async () => {
    await addPerson(server, 'locked');
    await enrol(server, 'locked');
    const { stdout } = await server.cli(['user', 'reset-mfa', 'locked']);
    for (let n = 0; n < 5; n += 1) {
      const browser = new Browser(server.url);
      const { id } = await begin(browser, 'locked');
      refused(
        await browser.post(`/api/v1/authentications/${id}/enrollment-code`, { code: 'no such code' }),
        422,
        'wrong_code',
      );
    }
    const browser = new Browser(server.url);
    const { id } = await begin(browser, 'locked');
    const locked = await browser.post(`/api/v1/authentications/${id}/enrollment-code`, {
      code: stdout.trim(),
    });
    refused(locked, 423, 'factor_locked');
    assert.ok(Number(locked.headers.get('retry-after')) > 0);
    await server.cli(['user', 'unlock', 'locked']);
    assert.equal(
      (await browser.post(`/api/v1/authentications/${id}/enrollment-code`, { code: stdout.trim() })).status,
      200,
    );
  });

  test('who deletes the last factor does not fall back to the password', async () => {
    await addPerson(server, 'deleter');
    const { browser, phone } = await enrol(server, 'deleter');
    assert.equal((await phone.call('DELETE', '/me')).status, 204);
    const { id } = await begin(browser, 'deleter');
    refused(await browser.post(`/api/v1/authentications/${id}/complete`), 409, 'not_ready');
  });
});
