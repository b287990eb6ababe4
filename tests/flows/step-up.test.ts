import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, enrol, password, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';

/** Acts that want a fresh proof, and what a denial of one does. */
forEachEngine((engine) => {
  let server: InProcess;
  before(async () => {
    server = await startInProcess(engine);
  });
  after(() => server[Symbol.asyncDispose]());

  let people = 0;
  /** Somebody whose sign-in is older than five minutes. */
  async function signedInForAWhile() {
    const login = `stepper-${(people += 1)}`;
    await server.addPerson(login);
    const { browser, phone } = await enrol(server, login);
    await browser.get('/api/v1/session');
    server.advance(5 * 60_000 + 1);
    phone.now = server.now;
    return { login, browser, phone };
  }
  async function stepUp(
    browser: Browser,
    phone: Phone,
    resource: string,
    decision: 'approve' | 'deny' | 'report',
  ) {
    const begun = await browser.post('/api/v1/authentications', { purpose: 'step_up', resource });
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    await askPush(browser, begun.body.id);
    const request = await phone.request('step_up');
    assert.equal(request.resource.kind, 'act');
    assert.equal((await phone.answer(request, decision)).status, 200);
    return begun.body.id as string;
  }

  test('an act is refused with the resource to step up for, and done after the step-up, once the token has changed', async () => {
    const { browser, phone } = await signedInForAWhile();
    const first = await browser.post('/api/v1/me/activations');
    refused(first, 403, 'step_up_required');
    const before = browser.cookies.get('countersign-session');
    const id = await stepUp(browser, phone, first.body.resource, 'approve');
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    assert.notEqual(browser.cookies.get('countersign-session'), before);
    assert.equal((await browser.post('/api/v1/me/activations')).status, 201);
    // For that resource only, and for five minutes.
    const change = { current: password, new: 'another good passphrase' };
    const other = await browser.post('/api/v1/me/password', change);
    refused(other, 403, 'step_up_required');
    assert.equal(other.body.resource, 'act:password');
    server.advance(5 * 60_000 + 1);
    refused(await browser.post('/api/v1/me/activations'), 403, 'step_up_required');
  });

  test('completed before a factor has answered, it raises nothing', async () => {
    const { browser } = await signedInForAWhile();
    const stepUp = { purpose: 'step_up', resource: 'act:factors' };
    const { id } = (await browser.post('/api/v1/authentications', stepUp)).body;
    refused(await browser.post(`/api/v1/authentications/${id}/complete`), 409, 'not_ready');
    await askPush(browser, id);
    refused(await browser.post(`/api/v1/authentications/${id}/complete`), 409, 'not_ready');
    refused(await browser.post('/api/v1/me/activations'), 403, 'step_up_required');
  });

  test('with no factor to prove there is no step-up: neither for who lost the last one, nor for who never had any', async () => {
    const { browser, phone } = await signedInForAWhile();
    assert.equal((await phone.call('DELETE', '/me')).status, 204);
    for (const resource of ['act:factors', 'act:password']) {
      const begun = await browser.post('/api/v1/authentications', { purpose: 'step_up', resource });
      refused(begun, 403, 'no_allowed_factor');
    }
    refused(await browser.post('/api/v1/me/activations'), 403, 'step_up_required');
    await server.patchSettings({ mfa: { required: false } });
    try {
      const login = `stepper-${(people += 1)}`;
      await server.addPerson(login);
      const bare = new Browser(server.url);
      const signingIn = await bare.post('/api/v1/authentications', {
        purpose: 'portal_login',
        login,
        password,
      });
      assert.equal((await bare.post(`/api/v1/authentications/${signingIn.body.id}/complete`)).status, 200);
      const stepUp = { purpose: 'step_up', resource: 'act:factors' };
      refused(await bare.post('/api/v1/authentications', stepUp), 403, 'no_allowed_factor');
    } finally {
      await server.patchSettings({ mfa: { required: null } });
    }
  });

  test('it raises the session that asked for it, and no other of the same person', async () => {
    const { browser, phone, login } = await signedInForAWhile();
    const elsewhere = new Browser(server.url);
    await signIn(elsewhere, phone, login);
    server.advance(5 * 60_000 + 1);
    phone.now = server.now;
    const id = await stepUp(browser, phone, 'act:factors', 'approve');
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    refused(await elsewhere.post('/api/v1/me/activations'), 403, 'step_up_required');
    assert.equal((await browser.post('/api/v1/me/activations')).status, 201);
  });

  test('removing the phone wants it too', async () => {
    const { browser } = await signedInForAWhile();
    server.advance(20 * 60_000);
    const [phone] = (await browser.get('/api/v1/me/authenticators')).body.items;
    refused(await browser.delete(`/api/v1/me/authenticators/${phone.id}`), 403, 'step_up_required');
  });

  for (const decision of ['deny', 'report'] as const) {
    test(`${decision}: the portal session ends`, async () => {
      const { browser, phone } = await signedInForAWhile();
      const id = await stepUp(browser, phone, 'act:factors', decision);
      refused(await browser.get('/api/v1/session'), 401, 'no_session');
      assert.equal((await browser.get(`/api/v1/authentications/${id}`)).body.state, 'denied');
      refused(await browser.post(`/api/v1/authentications/${id}/complete`), 409, 'not_ready');
    });
  }

  test('only in a session, only for what the server has named, only by the browser that began it', async () => {
    const { browser, phone } = await signedInForAWhile();
    const begin = (who: Browser, resource: unknown) =>
      who.post('/api/v1/authentications', { purpose: 'step_up', resource });
    refused(await begin(new Browser(server.url), 'act:factors'), 401, 'no_session');
    refused(await begin(browser, 'act:everything'), 400, 'malformed');
    refused(await begin(browser, 7), 400, 'malformed');
    const id = await stepUp(browser, phone, 'act:factors', 'approve');
    refused(await new Browser(server.url).post(`/api/v1/authentications/${id}/complete`), 404, 'not_found');
  });

  test('in a browser that is signed in to both portals, an administrative act raises the Admin Portal’s session', async () => {
    await server.addPerson('both-portals', { role: 'admin' });
    const { browser, phone } = await enrol(server, 'both-portals');
    await signIn(browser, phone, 'both-portals', 'admin_login');
    const before = new Map(browser.cookies);
    const id = await stepUp(browser, phone, 'act:admin', 'approve');
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    assert.notEqual(browser.cookies.get('countersign-admin'), before.get('countersign-admin'));
    assert.equal(browser.cookies.get('countersign-session'), before.get('countersign-session'));
  });

  test('a session that ended meanwhile is not raised from the dead', async () => {
    const { browser, phone } = await signedInForAWhile();
    const id = await stepUp(browser, phone, 'act:factors', 'approve');
    assert.equal((await browser.delete('/api/v1/session')).status, 204);
    refused(await browser.post(`/api/v1/authentications/${id}/complete`), 401, 'no_session');
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
  });

  test('idle for an hour, or a day old: the session is over', async () => {
    const { browser } = await signedInForAWhile();
    server.advance(61 * 60_000);
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    const busy = await signedInForAWhile();
    for (let n = 0; n < 30; n += 1) {
      server.advance(50 * 60_000);
      if ((await busy.browser.get('/api/v1/session')).status === 401) break;
      assert.ok(n < 28, 'a day is the longest');
    }
    refused(await busy.browser.get('/api/v1/session'), 401, 'no_session');
  });
});
