import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createPushDevice, type PushDevice } from '../support/push-device.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, enrol, pendingRequest, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';

/** Web Push as the server sends it, and every way in which a push service can fail it. */
forEachEngine((engine) => {
  let server: InProcess;
  let origin: string;
  let device: PushDevice;
  const taken: { request: IncomingMessage; body: Buffer }[] = [];
  /** How the push service answers; a function may keep it waiting. */
  let answer: (count: number) => number | 'hang' = () => 201;
  let retryAfter: string | undefined;
  const service = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      taken.push({ request, body: Buffer.concat(chunks) });
      const status = answer(taken.length);
      if (status === 'hang') return;
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end();
    });
  });

  before(async () => {
    await once(service.listen(0, '127.0.0.1'), 'listening');
    origin = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    device = createPushDevice(`${origin}/device`);
    server = await startInProcess(engine, { COUNTERSIGN_FETCH_ALLOW: origin });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    service.closeAllConnections();
    service.close();
  });

  let people = 0;
  async function person(endpoint = device.subscription.endpoint) {
    const login = `pushed-${(people += 1)}`;
    answer = () => 201;
    await server.addPerson(login);
    const enrolled = await enrol(server, login, { push_subscription: { ...device.subscription, endpoint } });
    await until(() => taken.length > 0 || endpoint !== device.subscription.endpoint);
    await new Promise((resolve) => setTimeout(resolve, 50));
    taken.length = 0;
    return { login, ...enrolled };
  }
  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    for (const giveUp = performance.now() + 8_000; !(await condition());) {
      assert.ok(performance.now() < giveUp, 'in vain');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const healthOf = async (phone: Phone) => (await phone.call('GET', '/me')).body.authenticator.push as string;

  test('RFC 8030, 8291, 8292: what the push service gets, and what it cannot read', async () => {
    const { login, browser, phone } = await person();
    const { request, id } = await pendingRequest(browser, phone, login);
    await until(() => taken.length === 1);
    const { headers, url, method } = taken[0]!.request;
    assert.deepEqual(
      [method, url, headers.urgency, headers.topic, headers['content-encoding']],
      ['POST', '/device', 'high', request.id, 'aes128gcm'],
    );
    assert.ok(Number(headers.ttl) > 50 && Number(headers.ttl) <= 60);
    const [, jwt, k] = /^vapid t=([^,]+), ?k=(.+)$/.exec(headers.authorization!)!;
    const discovery = (await browser.get('/.well-known/countersign')).body;
    assert.equal(k, discovery.vapid_public_key);
    const [head, claims, signature] = jwt!.split('.');
    const point = Buffer.from(k!, 'base64url');
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    };
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const signed = Buffer.from(`${head}.${claims}`);
    assert.ok(
      verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature!, 'base64url')),
    );
    const { aud, sub, exp } = JSON.parse(Buffer.from(claims!, 'base64url').toString());
    assert.deepEqual([aud, sub], [origin, 'mailto:countersign@localhost']);
    assert.ok(exp * 1000 > Date.now() && exp * 1000 < Date.now() + 24 * 3_600_000);
    assert.ok(!taken[0]!.body.includes(login));
    const payload = JSON.parse(device.decrypt(taken[0]!.body));
    assert.deepEqual(payload, {
      v: 1,
      kind: 'request',
      issuer: server.url,
      id: request.id,
      title: 'Sign in to Countersign User Portal?',
      body: `${login} · Firefox on Linux · 127.0.0.1`,
    });
    assert.ok(id);
  });

  test('the number is never in a push', async () => {
    const { login, phone } = await person();
    const { Browser } = await import('../support/browser.ts');
    const { number } = await pendingRequest(new Browser(server.url), phone, login);
    await until(() => taken.length === 1);
    const { id: _, ...payload } = JSON.parse(device.decrypt(taken[0]!.body));
    assert.match(number!, /^\d\d$/);
    assert.ok(
      !`${payload.title} ${payload.body.replace('127.0.0.1', '').replace(login, '')}`.includes(number!),
    );
  });

  for (const status of [404, 410]) {
    test(`${status}: the phone is shown as unreachable, and the sign-in completes through the open app`, async () => {
      const { login, browser, phone } = await person();
      answer = () => status;
      await pendingRequest(browser, phone, login);
      await until(async () => (await healthOf(phone)) === 'unreachable');
      assert.equal((await browser.get('/api/v1/me/authenticators')).body.items[0].push, 'unreachable');
      for (const request of await phone.requests()) await phone.answer(request, 'approve');
      await signIn(browser, phone, login);
      assert.equal(taken.length, 1, 'a dropped subscription is not tried again');
      answer = () => 201;
      await phone.call('PATCH', '/me', { push_subscription: device.subscription });
      assert.equal(await healthOf(phone), 'ok');
    });
  }

  test('429 and 500 are tried again while the request lives', async () => {
    const { login, browser, phone } = await person();
    answer = (count) => (count === 1 ? 429 : count === 2 ? 500 : 201);
    const { request } = await pendingRequest(browser, phone, login);
    await until(() => taken.length === 2);
    const second = performance.now();
    await until(() => taken.length === 3);
    assert.ok(performance.now() - second >= 1_800, 'each pause is twice the one before');
    assert.equal(await healthOf(phone), 'ok');
    assert.equal((await phone.answer(request, 'approve')).status, 200);
  });

  test('400 and 413 are not tried again, and change nothing', async () => {
    const { login, browser, phone } = await person();
    answer = () => 413;
    const { request } = await pendingRequest(browser, phone, login);
    await until(() => taken.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    assert.equal(taken.length, 1);
    assert.equal(await healthOf(phone), 'ok');
    assert.equal((await phone.answer(request, 'approve')).status, 200);
  });

  test('a push service that asks for patience gets it', async () => {
    const { login, browser, phone } = await person();
    answer = (count) => (count === 1 ? 429 : 201);
    retryAfter = '2';
    await pendingRequest(browser, phone, login);
    await until(() => taken.length === 1);
    const first = performance.now();
    retryAfter = undefined;
    await until(() => taken.length === 2);
    assert.ok(performance.now() - first >= 1_900, 'the second came too early');
  });

  test('what was answered meanwhile is pushed no more', async () => {
    const { login, browser, phone } = await person();
    answer = () => 500;
    const { request } = await pendingRequest(browser, phone, login);
    await until(() => taken.length === 1);
    assert.equal((await phone.answer(request, 'deny')).status, 200);
    // The second try would come a second after the first.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(taken.length, 1);
  });

  test('the page that waits is told at once that the phone cannot be woken any more', async () => {
    const { login, browser, phone } = await person();
    const { id } = await begin(browser, login);
    answer = () => 410;
    const health: string[] = [];
    // A reader that nobody told polls after 15 s.
    const signal = AbortSignal.timeout(5_000);
    for await (const { data } of browser.events(`/api/v1/authentications/${id}/events`, signal)) {
      if (health.length === 0) await askPush(browser, id);
      health.push(data.factors[0].push);
      if (health.at(-1) === 'unreachable') break;
    }
    assert.equal(health[0], 'ok');
    assert.equal(await healthOf(phone), 'unreachable');
  });

  test('a push service that hangs, or is not there, holds nobody up', async () => {
    const { login, browser, phone } = await person();
    answer = () => 'hang';
    const start = performance.now();
    await signIn(browser, phone, login);
    assert.ok(performance.now() - start < 3_000);
    const gone = await person('http://127.0.0.1:1/device');
    await signIn(gone.browser, gone.phone, gone.login);
  });

  test('an address that the server may not reach is never connected to', async () => {
    const { login, browser, phone } = await person(`http://localhost:${new URL(origin).port}/device`);
    await until(async () => (await healthOf(phone)) === 'unreachable');
    await signIn(browser, phone, login);
    assert.equal(taken.length, 0);
  });

  test('a test from the portal tells how far it came', async () => {
    const { browser, phone } = await person();
    const [{ id }] = (await browser.get('/api/v1/me/authenticators')).body.items;
    assert.equal((await browser.post(`/api/v1/me/authenticators/${id}/test`)).body.state, 'pending');
    await until(() => taken.length === 1);
    const request = await phone.request('test');
    await phone.call('POST', `/requests/${request.id}/seen`);
    assert.equal((await browser.get(`/api/v1/me/authenticators/${id}/test`)).body.seen, true);
    assert.equal((await phone.answer(request, 'approve')).status, 200);
    assert.equal((await browser.get(`/api/v1/me/authenticators/${id}/test`)).body.state, 'approved');
  });
});
