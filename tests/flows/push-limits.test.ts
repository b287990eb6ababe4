import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, enrol, pendingRequest, refused, signIn } from '../support/people.ts';

/** Push bombing: the limits of each class of asker, by a clock that the test moves. */
forEachEngine((engine) => {
  let server: InProcess;
  before(async () => {
    server = await startInProcess(engine);
  });
  after(() => server[Symbol.asyncDispose]());

  const push = (browser: Browser, id: string) => browser.post(`/api/v1/authentications/${id}/push`);
  const waitOf = (answer: { headers: Headers }) => Number(answer.headers.get('retry-after'));
  async function person(login: string) {
    await server.addPerson(login);
    return enrol(server, login);
  }

  test('one pending at a time from all unfamiliar browsers together, and 409 within one sign-in', async () => {
    await person('one-pending');
    const [thief, accomplice] = [new Browser(server.url), new Browser(server.url)];
    const { id } = await begin(thief, 'one-pending');
    await askPush(thief, id);
    refused(await push(thief, id), 409, 'push_pending');
    const other = await begin(accomplice, 'one-pending');
    refused(await push(accomplice, other.id), 429, 'too_many_requests');
  });

  test('two at once for one sign-in: one goes out', async () => {
    await person('double-click');
    const thief = new Browser(server.url);
    const { id } = await begin(thief, 'double-click');
    const answers = await Promise.all(Array.from({ length: 10 }, () => push(thief, id)));
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.ok(answers.every(({ status }) => [201, 409, 429].includes(status)));
  });

  test('a flood by somebody who knows the password reaches the phone three times a quarter of an hour, while the real user signs in', async () => {
    const { browser, phone } = await person('flooded');
    let reached = 0;
    const start = server.now();
    while (server.now() < start + 14 * 60_000) {
      const thief = new Browser(server.url);
      const { id } = await begin(thief, 'flooded');
      if ((await push(thief, id)).status === 201) reached += 1;
      server.advance(20_000);
      phone.now = server.now;
      // The real user, in their own browser, in the middle of it.
      if (reached === 2) {
        await signIn(browser, phone, 'flooded');
        reached += 10;
      }
    }
    assert.equal(reached - 10, 3);
    await signIn(browser, phone, 'flooded');
  });

  test('after one that nobody answered the next waits 5 seconds, then 10', async () => {
    const { browser } = await person('back-off');
    const first = await begin(browser, 'back-off');
    await askPush(browser, first.id);
    server.advance(60_000);
    const tooSoon = await push(browser, first.id);
    refused(tooSoon, 429, 'too_many_requests');
    assert.equal(waitOf(tooSoon), 5);
    server.advance(5_001);
    await askPush(browser, first.id);
    server.advance(60_000);
    assert.equal(waitOf(await push(browser, first.id)), 10);
  });

  test('a denial cools the class down for 60 seconds, and no other class', async () => {
    const { browser, phone } = await person('cooling');
    const thief = new Browser(server.url);
    const { request } = await pendingRequest(thief, phone, 'cooling');
    await phone.answer(request, 'deny');
    const again = await begin(new Browser(server.url), 'cooling');
    assert.equal(again.state, 'challenge');
    const thiefAgain = await begin(thief, 'cooling');
    const refusal = await push(thief, thiefAgain.id);
    refused(refusal, 429, 'too_many_requests');
    assert.ok(waitOf(refusal) > 55 && waitOf(refusal) <= 60);
    await signIn(browser, phone, 'cooling');
    server.advance(61_000);
    assert.equal((await push(thief, thiefAgain.id)).status, 201);
  });

  test('after a report: 423 for unfamiliar browsers for 30 minutes, a number for familiar ones; its sessions end', async () => {
    const { browser, phone } = await person('reporter');
    const thief = new Browser(server.url);
    await signIn(thief, phone, 'reporter');
    assert.equal((await thief.get('/api/v1/session')).status, 200);
    // The thief's browser has become familiar; the report takes that away, and the session with it.
    const { request } = await pendingRequest(thief, phone, 'reporter');
    assert.equal(request.context.familiar, true);
    assert.deepEqual((await phone.answer(request, 'report')).body, { state: 'reported' });
    refused(await thief.get('/api/v1/session'), 401, 'no_session');
    const { id } = await begin(thief, 'reporter');
    const locked = await push(thief, id);
    refused(locked, 423, 'push_locked');
    assert.ok(waitOf(locked) > 29 * 60 && waitOf(locked) <= 30 * 60, String(waitOf(locked)));
    const own = await pendingRequest(browser, phone, 'reporter');
    assert.match(own.number ?? '', /^\d\d$/, 'familiar, but for now with a number');
    server.advance(31 * 60_000);
    phone.now = server.now;
    const later = await begin(thief, 'reporter');
    assert.equal((await push(thief, later.id)).status, 201);
  });

  test('a report ends all that its browser had begun, what was approved before too', async () => {
    const { phone } = await person('tricked');
    const thief = new Browser(server.url);
    const first = await begin(thief, 'tricked');
    const { push: asked } = await askPush(thief, first.id);
    const answered = await phone.answer(await phone.request(), 'approve', { number: asked.number });
    assert.equal(answered.status, 200, JSON.stringify(answered.body));
    const { request } = await pendingRequest(thief, phone, 'tricked');
    const elsewhere = new Browser(server.url);
    const apart = await begin(elsewhere, 'tricked');
    assert.equal((await phone.answer(request, 'report')).status, 200);
    refused(await thief.post(`/api/v1/authentications/${first.id}/complete`), 409, 'not_ready');
    refused(await thief.get('/api/v1/session'), 401, 'no_session');
    const other = await elsewhere.get(`/api/v1/authentications/${apart.id}`);
    assert.equal(other.body.state, 'challenge', 'another browser goes on');
  });

  test('a familiar browser: three pending and ten a quarter of an hour', async () => {
    const { browser, phone } = await person('busy');
    for (let n = 0; n < 3; n += 1) await askPush(browser, (await begin(browser, 'busy')).id);
    refused(await push(browser, (await begin(browser, 'busy')).id), 429, 'too_many_requests');
    assert.equal((await phone.requests()).length, 3, 'a refusal cancels no other request');
    for (const request of await phone.requests()) await phone.answer(request, 'approve');
    for (let n = 3; n < 10; n += 1) await signIn(browser, phone, 'busy');
    refused(await push(browser, (await begin(browser, 'busy')).id), 429, 'too_many_requests');
    server.advance(15 * 60_000);
    phone.now = server.now;
    await signIn(browser, phone, 'busy');
  });

  test('a forwarded address from nobody that is trusted changes nothing', async () => {
    const { phone } = await person('forwarded');
    const thief = new Browser(server.url);
    const headers = { 'x-forwarded-for': '198.51.100.7' };
    const begun = await thief.call(
      'POST',
      '/api/v1/authentications',
      { purpose: 'portal_login', login: 'forwarded', password: 'correct horse battery staple' },
      headers,
    );
    await thief.call('POST', `/api/v1/authentications/${begun.body.id}/push`, undefined, headers);
    assert.equal((await phone.request()).context.ip, '127.0.0.1');
  });
});
