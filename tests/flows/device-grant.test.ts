import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as client from 'openid-client';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, enrol, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';

/** The device grant (RFC 8628): a device shows a code, and a person signs in for it in their browser. */
const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
  });
  after(() => server[Symbol.asyncDispose]());
  /** As if each came from a place of its own: what is limited by source has a test of its own. */
  const newBrowser = () => (server.advance(60_000), new Browser(server.url));

  async function addDevice({ oidc = {}, ...more }: Record<string, unknown> = {}) {
    const added = await owner.post('/api/v1/admin/applications', {
      kind: 'oidc',
      name: 'Meeting room',
      url: 'https://rooms.example.com/',
      oidc: { grant_types: [grantType], token_endpoint_auth_method: 'none', ...(oidc as object) },
      ...more,
    });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    const configuration = await client.discovery(
      new URL(server.url),
      added.body.oidc.client_id,
      undefined,
      client.None(),
      { execute: [client.allowInsecureRequests] },
    );
    return { application: added.body, clientId: added.body.oidc.client_id as string, configuration };
  }
  type Device = Awaited<ReturnType<typeof addDevice>>;

  const show = ({ configuration }: Device, more: Record<string, string> = {}) =>
    client.initiateDeviceAuthorization(configuration, { scope: 'openid email', ...more });
  async function poll(
    { clientId }: { clientId: string },
    device_code: string,
  ): Promise<{ status: number; body: any }> {
    const body = new URLSearchParams({ grant_type: grantType, device_code, client_id: clientId });
    const response = await fetch(`${server.url}/oidc/token`, { method: 'POST', body });
    return { status: response.status, body: await response.json() };
  }
  const failed = (answer: Awaited<ReturnType<typeof poll>>, error: string) =>
    assert.deepEqual([answer.status, answer.body.error], [400, error], JSON.stringify(answer.body));
  const type = (browser: Browser, user_code: string) => browser.post('/api/v1/sso/device', { user_code });

  let people = 0;
  async function person(): Promise<{ login: string; browser: Browser; phone: Phone }> {
    server.advance(60_000);
    const login = `viewer${people++}`;
    await server.addPerson(login);
    return { login, ...(await enrol(server, login)) };
  }
  const claimsIn = ({ body }: { body: any }) =>
    JSON.parse(Buffer.from(body.id_token.split('.')[1], 'base64url').toString()) as Record<string, unknown>;

  test('the person types the code, confirms in their browser, and the device has its tokens, once', async () => {
    const device = await addDevice();
    const { login, browser } = await person();
    const shown = await show(device);
    assert.match(shown.user_code, /^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/);
    assert.deepEqual(
      [shown.verification_uri, shown.verification_uri_complete, shown.expires_in],
      [`${server.url}/device`, `${server.url}/device?user_code=${shown.user_code}`, 600],
    );
    failed(await poll(device, shown.device_code), 'authorization_pending');
    failed(await poll(device, shown.device_code), 'slow_down');
    const typed = await type(browser, ` ${shown.user_code.toLowerCase().replace('-', ' ')}`);
    assert.equal(typed.status, 200, JSON.stringify(typed.body));
    const { interaction, ...seen } = typed.body;
    assert.deepEqual(seen, {
      user_code: shown.user_code,
      application: { id: device.application.id, name: 'Meeting room', logo_uri: null },
    });
    assert.equal((await browser.get(`/api/v1/sso/${interaction}`)).body.state, 'ready');
    const gone = await browser.post(`/api/v1/sso/${interaction}/continue`);
    assert.deepEqual(gone.body, { url: '/device#done' });
    const tokens = await poll(device, shown.device_code);
    assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
    const { acr, amr, email } = claimsIn(tokens);
    assert.deepEqual([acr, email], ['urn:countersign:aal2', `${login}@example.com`]);
    assert.ok((amr as string[]).includes('mfa'));
    failed(await poll(device, shown.device_code), 'invalid_grant');
    refused(await type(browser, shown.user_code), 422, 'wrong_code');
    refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 404, 'not_found');
  });

  test('a client’s own library waits for the person, to the tokens', async () => {
    const device = await addDevice();
    const { browser } = await person();
    const shown = await show(device);
    const polled = client.pollDeviceAuthorizationGrant(device.configuration, { ...shown, interval: 1 });
    const { interaction } = (await type(browser, shown.user_code)).body;
    assert.equal((await browser.post(`/api/v1/sso/${interaction}/continue`)).status, 200);
    assert.equal((await polled).claims()!['acr'], 'urn:countersign:aal2');
  });

  test('the code alone signs nobody in: a sign-in, a step-up and the groups are asked for as everywhere', async () => {
    const device = await addDevice({ step_up: true });
    const { login, phone } = await person();
    server.advance(10 * 60_000);
    const browser = newBrowser();
    const early = (await type(browser, (await show(device)).user_code)).body.interaction;
    assert.equal((await browser.get(`/api/v1/sso/${early}`)).body.state, 'sign_in');
    refused(await browser.post(`/api/v1/sso/${early}/continue`), 401, 'no_session');
    await signIn(browser, phone, login);
    server.advance(6 * 60_000);
    const { user_code, device_code } = await show(device);
    const { interaction } = (await type(browser, user_code)).body;
    assert.equal((await browser.get(`/api/v1/sso/${interaction}`)).body.state, 'step_up');
    refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 403, 'step_up_required');
    const begun = await browser.post('/api/v1/authentications', { purpose: 'sso', interaction });
    const { push } = await askPush(browser, begun.body.id);
    await phone.answer(await phone.request('sso'), 'approve', { number: push.number ?? undefined });
    assert.equal((await browser.post(`/api/v1/authentications/${begun.body.id}/complete`)).status, 200);
    await owner.patch(`/api/v1/admin/applications/${device.application.id}`, { access: 'groups' });
    refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 403, 'application_not_allowed');
    failed(await poll(device, device_code), 'authorization_pending');
    await owner.patch(`/api/v1/admin/applications/${device.application.id}`, { access: 'everyone' });
    assert.equal((await browser.post(`/api/v1/sso/${interaction}/continue`)).status, 200);
    server.advance(5_000);
    assert.equal((await poll(device, device_code)).status, 200);
  });

  test('whoever typed the code goes on, in that browser only, and of two one', async () => {
    const device = await addDevice();
    const { user_code, device_code } = await show(device);
    const one = await person();
    const two = await person();
    const first = (await type(one.browser, user_code)).body.interaction;
    // Somebody who is led to the page of another's device finds nothing there.
    refused(await two.browser.get(`/api/v1/sso/${first}`), 404, 'not_found');
    refused(await two.browser.post(`/api/v1/sso/${first}/continue`), 404, 'not_found');
    const second = (await type(two.browser, user_code)).body.interaction;
    const ends = await Promise.all([
      one.browser.post(`/api/v1/sso/${first}/continue`),
      two.browser.post(`/api/v1/sso/${second}/continue`),
    ]);
    assert.deepEqual(ends.map(({ status }) => status).sort(), [200, 404]);
    const { email } = claimsIn(await poll(device, device_code));
    assert.equal(email, `${ends[0].status === 200 ? one.login : two.login}@example.com`);
  });

  test('who cancels is asked no more, and the device is told', async () => {
    const device = await addDevice();
    const { browser } = await person();
    const { user_code, device_code } = await show(device);
    const { interaction } = (await type(browser, user_code)).body;
    const cancelled = await browser.post(`/api/v1/sso/${interaction}/cancel`);
    assert.deepEqual(cancelled.body, { url: '/device#cancelled' });
    failed(await poll(device, device_code), 'access_denied');
    refused(await type(browser, user_code), 422, 'wrong_code');
  });

  test('guessing codes is limited by the browser and by the source, right ones included', async () => {
    const device = await addDevice();
    const browser = newBrowser();
    for (let tries = 0; tries < 10; tries++) refused(await type(browser, 'BBBB-BBBB'), 422, 'wrong_code');
    const { user_code } = await show(device);
    const limited = await type(browser, user_code);
    refused(limited, 429, 'too_many_requests');
    assert.ok(limited.body.retry_after > 0);
    // A new browser each time, as somebody who throws cookies away has.
    for (let tries = 0; tries < 19; tries++)
      refused(await type(new Browser(server.url), 'BBBB-BBBB'), 422, 'wrong_code');
    refused(await type(new Browser(server.url), user_code), 429, 'too_many_requests');
    assert.equal((await type(newBrowser(), user_code)).status, 200);
    for (const typed of ['', 'x'.repeat(65), 7, null])
      refused(await newBrowser().post('/api/v1/sso/device', { user_code: typed }), 400, 'malformed');
  });

  test('a code is over in ten minutes, for the person and for the device', async () => {
    const device = await addDevice();
    const { browser } = await person();
    const { user_code, device_code } = await show(device);
    const { interaction } = (await type(browser, user_code)).body;
    server.advance(601_000);
    refused(await type(browser, user_code), 422, 'wrong_code');
    refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 404, 'not_found');
    failed(await poll(device, device_code), 'expired_token');
  });

  test('suspended meanwhile, or polled by another client: no tokens', async () => {
    const device = await addDevice();
    const other = await addDevice();
    const { login, browser } = await person();
    const { user_code, device_code } = await show(device);
    const { interaction } = (await type(browser, user_code)).body;
    assert.equal((await browser.post(`/api/v1/sso/${interaction}/continue`)).status, 200);
    failed(await poll(other, device_code), 'invalid_grant');
    const { items } = (await owner.get(`/api/v1/admin/users?search=${login}`)).body;
    await owner.post(`/api/v1/admin/users/${items[0].id}/suspend`);
    failed(await poll(device, device_code), 'invalid_grant');
  });

  test('a client that was not allowed to gets no code, and devices of one address begin only so often', async () => {
    const plain = await addDevice({
      oidc: { grant_types: ['authorization_code'], redirect_uris: ['https://app.example.com/callback'] },
    });
    await assert.rejects(show(plain), { error: 'invalid_request' });
    for (const client_id of ['nobody', 'a\u0000b', '']) {
      const body = new URLSearchParams({ client_id, scope: 'openid' });
      const { status } = await fetch(`${server.url}/oidc/device_authorization`, { method: 'POST', body });
      assert.ok(status === 400 || status === 401, `${JSON.stringify(client_id)}: ${status}`);
    }
    server.advance(60_000);
    const device = await addDevice();
    const begin = () =>
      fetch(`${server.url}/oidc/device_authorization`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: device.clientId, scope: 'openid' }),
      });
    for (let begun = 0; begun < 60; begun++) assert.equal((await begin()).status, 200);
    const limited = await begin();
    assert.equal(limited.status, 429);
    assert.ok(Number(limited.headers.get('retry-after')) > 0);
  });
});
