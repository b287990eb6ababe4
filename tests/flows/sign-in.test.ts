import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addPerson, askPush, begin, enrol, password, signIn } from '../support/people.ts';
import { startServer, type RunningServer } from '../support/server.ts';

forEachEngine((engine) => {
  let server: RunningServer;
  before(async () => {
    server = await startServer({ engine });
  });
  after(() => server[Symbol.asyncDispose]());

  test('from nothing to a sign-in approved on the phone', async () => {
    const owner = new Browser(server.url);
    assert.deepEqual((await owner.get('/api/v1/setup')).body, { needed: true });
    const token = new URL(server.setupLink!).hash.replace('#token=', '');
    const setup = {
      token,
      organization: { name: 'Acme' },
      owner: { login: 'olga', email: 'olga@example.com', name: 'Olga Owner', password },
      push_enabled: true,
    };
    assert.equal((await owner.post('/api/v1/setup', setup)).status, 201);
    assert.equal((await owner.post('/api/v1/setup', setup)).body.code, 'setup_done');

    const { browser, phone } = await enrol(server, 'olga');
    const session = await browser.get('/api/v1/session');
    assert.equal(session.body.acr, 'urn:countersign:aal2');
    assert.equal(session.body.enrollment_required, false);

    const elsewhere = new Browser(server.url);
    const { id, factors, preferred } = await begin(elsewhere, 'OLGA@example.com');
    assert.equal(factors[0].kind, 'push');
    assert.equal(preferred, 'push');
    const { push } = await askPush(elsewhere, id);
    assert.match(push.number, /^\d\d$/);
    const request = await phone.request();
    assert.equal(request.context.familiar, false);
    assert.equal(request.context.client, 'Firefox on Linux');
    assert.deepEqual(request.confirmation, { kind: 'number', length: 2 });
    assert.equal((await phone.call('POST', `/requests/${request.id}/seen`)).status, 204);
    assert.equal((await elsewhere.get(`/api/v1/authentications/${id}`)).body.push.seen, true);
    const answered = await phone.answer(request, 'approve', { number: push.number });
    assert.deepEqual([answered.status, answered.body], [200, { state: 'approved' }]);
    assert.equal((await elsewhere.post(`/api/v1/authentications/${id}/complete`)).body.continue, '/');
    const there = (await elsewhere.get('/api/v1/session')).body;
    assert.deepEqual(there.amr, ['pwd', 'swk', 'pop', 'mfa', 'user']);
    assert.equal(
      (await elsewhere.post(`/api/v1/authentications/${id}/complete`)).body.code,
      'already_complete',
    );
    assert.equal((await elsewhere.delete('/api/v1/session')).status, 204);
    assert.equal((await elsewhere.get('/api/v1/session')).body.code, 'no_session');
  });

  test('the browser that waits is told at once, by server-sent events', async () => {
    await addPerson(server, 'stream');
    const { browser, phone } = await enrol(server, 'stream');
    const { id } = await begin(browser, 'stream');
    const states: string[] = [];
    const watching = (async () => {
      for await (const { data } of browser.events(`/api/v1/authentications/${id}/events`)) {
        states.push(`${data.state} ${data.push?.state ?? 'none'} ${data.push?.seen ?? false}`);
        if (data.state === 'ready') break;
      }
    })();
    const { push } = await askPush(browser, id);
    assert.equal(push.number, null, 'the browser that enrolled the phone is familiar: a tap is enough');
    const request = await phone.request();
    await phone.call('POST', `/requests/${request.id}/seen`);
    // A stream tells the newest state, not every one in between: it is given the time to tell this one.
    while (!states.includes('challenge pending true')) await new Promise((resolve) => setTimeout(resolve, 5));
    await phone.answer(request, 'approve');
    await watching;
    assert.equal(states.at(-1), 'ready approved true');
  });

  test('deny ends the sign-in, and the same class of asker cools down', async () => {
    await addPerson(server, 'denier');
    const { browser, phone } = await enrol(server, 'denier');
    const { id } = await begin(browser, 'denier');
    await askPush(browser, id);
    assert.deepEqual((await phone.answer(await phone.request(), 'deny')).body, { state: 'denied' });
    assert.equal((await browser.get(`/api/v1/authentications/${id}`)).body.state, 'denied');
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).body.code, 'not_ready');
    const again = await begin(browser, 'denier');
    const refused = await browser.post(`/api/v1/authentications/${again.id}/push`);
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) > 50);
  });

  test('a wrong number fails the request, and only a new request gives a new try', async () => {
    await addPerson(server, 'guesser');
    const { phone } = await enrol(server, 'guesser');
    const thief = new Browser(server.url);
    const { id } = await begin(thief, 'guesser');
    const { push } = await askPush(thief, id);
    const wrong = push.number === '11' ? '12' : '11';
    const request = await phone.request();
    const refused = await phone.answer(request, 'approve', { number: wrong });
    assert.deepEqual([refused.status, refused.body.code], [422, 'wrong_number']);
    const right = await phone.answer(request, 'approve', { number: push.number });
    assert.deepEqual(
      [right.status, right.body.code, right.body.state],
      [409, 'request_already_answered', 'failed'],
    );
    const after = (await thief.get(`/api/v1/authentications/${id}`)).body;
    assert.deepEqual([after.state, after.push.state], ['challenge', 'failed']);
    assert.equal((await askPush(thief, id)).push.state, 'pending');
  });

  test('giving up cancels what waits on the phone', async () => {
    await addPerson(server, 'quitter');
    const { browser, phone } = await enrol(server, 'quitter');
    const { id } = await begin(browser, 'quitter');
    await askPush(browser, id);
    const request = await phone.request();
    assert.equal((await browser.delete(`/api/v1/authentications/${id}`)).status, 204);
    const late = await phone.answer(request, 'approve');
    assert.deepEqual([late.status, late.body.state], [409, 'cancelled']);
  });

  test('a sign-in belongs to the browser that began it', async () => {
    await addPerson(server, 'bound');
    const { browser } = await enrol(server, 'bound');
    const { id } = await begin(browser, 'bound');
    const other = new Browser(server.url);
    // One that the server knows, with a sign-in of its own: not only browsers without a cookie are turned away.
    await begin(other, 'bound');
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/events'],
      ['POST', '/push'],
      ['POST', '/complete'],
    ] as const) {
      const refused = await other.call(method, `/api/v1/authentications/${id}${path}`);
      assert.deepEqual([refused.status, refused.body.code], [404, 'not_found'], `${method} ${path}`);
    }
  });

  test('administrators sign in to their own portal; others are told so', async () => {
    await addPerson(server, 'chief', 'owner');
    const { browser, phone } = await enrol(server, 'chief');
    assert.equal((await browser.get('/api/v1/admin/users')).status, 401, 'a portal session is not enough');
    await signIn(browser, phone, 'chief', 'admin_login');
    assert.equal((await browser.get('/api/v1/admin/users')).status, 200);
    // Signing out leaves nothing open in this browser.
    assert.equal((await browser.delete('/api/v1/session')).status, 204);
    assert.equal((await browser.get('/api/v1/session')).status, 401);
    assert.equal((await browser.get('/api/v1/admin/users')).status, 401);
    await addPerson(server, 'plain');
    const refused = await browser.post('/api/v1/authentications', {
      purpose: 'admin_login',
      login: 'plain',
      password,
    });
    assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden']);
  });
});
