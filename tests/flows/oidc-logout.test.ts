import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { openidClients } from '../support/openid-clients.ts';
import { enrol, password, signIn } from '../support/people.ts';

/** Back-channel logout: what applications are told when a session ends, and that nobody waits for them. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let site: Server;
  let origin: string;
  /** What the application was sent, and what it answers. */
  const told: string[] = [];
  let answer: number | 'nothing' = 200;
  let calls = 0;

  before(async () => {
    site = createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => (body += piece));
      request.on('end', () => {
        calls += 1;
        if (answer === 'nothing') return;
        if (answer === 200) told.push(new URLSearchParams(body).get('logout_token')!);
        response.writeHead(answer).end();
      });
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    origin = `http://localhost:${(site.address() as AddressInfo).port}`;
    server = await startInProcess(engine, { COUNTERSIGN_FETCH_ALLOW: origin });
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    site.closeAllConnections();
    site.close();
  });
  const { addClient, ask, follow, redeem } = openidClients(
    () => server,
    () => owner,
  );

  let people = 0;
  /** Somebody who has opened an application that wants to be told. */
  async function opened(uri = `${origin}/out`) {
    const login = `person${people++}`;
    const { id } = await server.addPerson(login);
    const { browser, phone } = await enrol(server, login);
    const { configuration } = await addClient({ backchannel_logout_uri: uri });
    const asked = await ask(configuration);
    const tokens = await redeem(configuration, asked, await follow(browser, asked.url));
    return { id, login, browser, phone, configuration, claims: tokens.claims()!, tokens };
  }

  async function until(happened: () => boolean): Promise<void> {
    for (let tries = 0; tries < 300 && !happened(); tries += 1) await sleep(20);
    assert.ok(happened());
  }

  async function verified(audience: string): Promise<JWTPayload> {
    const keys = createRemoteJWKSet(new URL(`${server.url}/oidc/jwks`));
    const { payload } = await jwtVerify(told.at(-1)!, keys, {
      issuer: server.url,
      audience,
      typ: 'logout+jwt',
    });
    return payload;
  }

  type Opened = Awaited<ReturnType<typeof opened>>;
  const endings: Record<string, (of: Opened) => Promise<unknown>> = {
    'signing out of the portal': ({ browser }) => browser.delete('/api/v1/session'),
    'a suspension': ({ id }) => owner.post(`/api/v1/admin/users/${id}/suspend`),
    'an administrator who resets all factors': ({ id }) => owner.post(`/api/v1/admin/users/${id}/reset-mfa`),
  };
  for (const [how, end] of Object.entries(endings)) {
    test(`${how} tells the applications of the session, with a token that says which`, async () => {
      answer = 200;
      const one = await opened();
      const before = told.length;
      await end(one);
      await until(() => told.length > before);
      const payload = await verified(one.configuration.clientMetadata().client_id);
      assert.deepEqual([payload.sub, payload.sid, payload.nonce], [one.id, one.claims.sid, undefined]);
      assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
      await sleep(700);
      assert.equal(told.length, before + 1, 'once');
    });
  }

  test('another password keeps the session in which it was chosen: no application is told', async () => {
    answer = 200;
    const { browser } = await opened();
    const before = told.length;
    const change = { current: password, new: 'another passphrase of theirs' };
    assert.equal((await browser.post('/api/v1/me/password', change)).status, 204);
    await sleep(1500);
    assert.equal(told.length, before);
  });

  test('signing out from the application itself tells each application once', async () => {
    answer = 200;
    const one = await opened();
    const before = told.length;
    const { client_id } = one.configuration.clientMetadata();
    const page = await one.browser.get(
      `/oidc/logout?client_id=${client_id}&id_token_hint=${one.tokens.id_token}`,
    );
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)![1]!;
    await one.browser.call('POST', '/oidc/logout/confirm', `xsrf=${xsrf}&logout=yes`, {
      'content-type': 'application/x-www-form-urlencoded',
    });
    await until(() => told.length > before);
    await sleep(1500);
    assert.equal(told.length, before + 1);
  });

  test('an application that hangs delays no sign-out, and no other application', async () => {
    answer = 'nothing';
    const one = await opened();
    const first = calls;
    const began = performance.now();
    assert.equal((await one.browser.delete('/api/v1/session')).status, 204);
    assert.ok(performance.now() - began < 2_000);
    await until(() => calls > first);
    answer = 200;
    const other = await opened();
    const before = told.length;
    await other.browser.delete('/api/v1/session');
    await until(() => told.length > before);
    site.closeAllConnections();
  });

  test('one that fails is told again later', async () => {
    answer = 500;
    const one = await opened();
    const before = told.length;
    const first = calls;
    await one.browser.delete('/api/v1/session');
    await until(() => calls > first);
    await sleep(300);
    answer = 200;
    server.advance(60_000);
    // Any session that ends wakes those who tell.
    const { browser } = await opened();
    await browser.delete('/api/v1/session');
    await until(() => told.length >= before + 2);
  });

  test('no address of the inside is called', async () => {
    let connections = 0;
    const inside = createTcpServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(inside, 'listening');
    const one = await opened(`https://127.0.0.1:${(inside.address() as AddressInfo).port}/out`);
    await one.browser.delete('/api/v1/session');
    await sleep(1500);
    inside.close();
    assert.equal(connections, 0);
  });
});
