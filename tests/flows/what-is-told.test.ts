import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, enrol, pendingRequest, refused, signIn } from '../support/people.ts';

/** What is over stays over; whoever waits is told at once; and what happened is in the log, once. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  const told = 5000; // ms; a reader that nobody told polls after 15 s
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('olga', { role: 'owner' });
    const enrolled = await enrol(server, 'olga');
    owner = enrolled.browser;
    await signIn(owner, enrolled.phone, 'olga', 'admin_login');
  });
  after(() => server[Symbol.asyncDispose]());

  async function person(login: string, options?: Parameters<typeof enrol>[2]) {
    await server.addPerson(login);
    return enrol(server, login, options);
  }
  /** Newest first. */
  async function eventsOf(login: string, type: string): Promise<{ details: Record<string, unknown> }[]> {
    const { body } = await owner.get('/api/v1/admin/events?limit=200');
    const items = body.items as {
      type: string;
      user: { login: string } | null;
      details: Record<string, unknown>;
    }[];
    return items.filter((event) => event.type === type && event.user?.login === login);
  }
  /** The last that a stream tells before the server ends it. @throws where it goes on longer than `told`. */
  async function lastOf(browser: Browser, path: string, meanwhile: () => Promise<unknown>) {
    const signal = AbortSignal.timeout(told);
    let last: { event: string; data: any } | undefined;
    let acted = false;
    for await (const event of browser.events(path, signal)) {
      last = event;
      if (!acted) await meanwhile();
      acted = true;
    }
    return last!.data;
  }

  test('a sign-in that ended or ran out takes no push and no enrolment code', async () => {
    const { browser, phone } = await person('over');
    const denied = await pendingRequest(browser, phone, 'over');
    await phone.answer(denied.request, 'deny');
    const elsewhere = new Browser(server.url);
    const { id: left } = await begin(elsewhere, 'over');
    assert.equal((await elsewhere.delete(`/api/v1/authentications/${left}`)).status, 204);
    server.advance(2 * 60_000);
    phone.now = server.now;
    for (const [who, id] of [
      [browser, denied.id],
      [elsewhere, left],
    ] as const) {
      refused(await who.post(`/api/v1/authentications/${id}/push`), 409, 'authentication_over');
      const code = await who.post(`/api/v1/authentications/${id}/enrollment-code`, { code: 'x' });
      refused(code, 409, 'authentication_over');
    }
    const { id: late } = await begin(browser, 'over');
    server.advance(10 * 60_000);
    refused(await browser.post(`/api/v1/authentications/${late}/push`), 409, 'authentication_over');
    phone.now = server.now;
    assert.deepEqual(await phone.requests(), []);
  });

  test('one that was approved and not completed in time runs out too', async () => {
    const { browser, phone } = await person('dawdler');
    const { id, request } = await pendingRequest(browser, phone, 'dawdler');
    await phone.answer(request, 'approve');
    assert.equal((await browser.get(`/api/v1/authentications/${id}`)).body.state, 'ready');
    server.advance(10 * 60_000);
    assert.equal((await browser.get(`/api/v1/authentications/${id}`)).body.state, 'expired');
    refused(await browser.post(`/api/v1/authentications/${id}/complete`), 409, 'not_ready');
  });

  test('giving up is told to other pages at once, and logged once', async () => {
    const { browser } = await person('quitter');
    const { id } = await begin(browser, 'quitter');
    const path = `/api/v1/authentications/${id}`;
    const last = await lastOf(browser, `${path}/events`, () => browser.delete(path));
    assert.equal(last.state, 'expired');
    assert.equal((await browser.delete(path)).status, 204, 'again, and nothing happens');
    const cancelled = await eventsOf('quitter', 'authentication.cancelled');
    assert.deepEqual(
      cancelled.map(({ details }) => details),
      [{ authentication: id }],
    );
  });

  test('giving up what was denied changes nothing', async () => {
    const { browser, phone } = await person('denier');
    const { id, request } = await pendingRequest(browser, phone, 'denier');
    await phone.answer(request, 'deny');
    assert.equal((await browser.delete(`/api/v1/authentications/${id}`)).status, 204);
    assert.equal((await browser.get(`/api/v1/authentications/${id}`)).body.state, 'denied');
    assert.deepEqual(await eventsOf('denier', 'authentication.cancelled'), []);
  });

  test('a page that waits is told when the time of its sign-in is over', async () => {
    const { browser } = await person('waiter');
    const { id } = await begin(browser, 'waiter');
    server.advance(10 * 60_000 - 1000);
    const last = await lastOf(browser, `/api/v1/authentications/${id}/events`, async () => {});
    assert.equal(last.state, 'expired');
  });

  test('each beginning is logged: by whom, for what, and why it needs what it needs', async () => {
    const { browser } = await person('beginner');
    const { id } = await begin(browser, 'beginner');
    const stepUp = { purpose: 'step_up', resource: 'act:factors' };
    const { body } = await browser.post('/api/v1/authentications', stepUp);
    const reason = 'a second factor is enrolled';
    const basis = { target: 'portal', familiar: true, had_factor: true, phones: [true], others: [] };
    const begun = (await eventsOf('beginner', 'authentication.begun')).map(({ details }) => details);
    assert.deepEqual(begun.slice(0, 2), [
      {
        authentication: body.id,
        purpose: 'step_up',
        resource: 'act:factors',
        amr: ['pwd', 'swk', 'pop', 'mfa'],
        reason,
        basis: { purpose: 'step_up', ...basis, act: true },
      },
      {
        authentication: id,
        purpose: 'portal_login',
        amr: ['pwd'],
        reason,
        basis: { purpose: 'portal_login', ...basis },
      },
    ]);
  });

  test('the phone shows which portal asks, and the browser goes on to it', async () => {
    await server.addPerson('chief', { role: 'admin' });
    const { browser, phone } = await enrol(server, 'chief');
    const faces = {
      portal_login: ['portal', 'User Portal', '/'],
      admin_login: ['admin', 'Admin Portal', '/admin/'],
    };
    for (const [purpose, [kind, name, home]] of Object.entries(faces)) {
      const { id } = await begin(browser, 'chief', purpose);
      await askPush(browser, id);
      const request = await phone.request(purpose as 'portal_login');
      assert.deepEqual(request.resource, { kind, name: `Countersign ${name}`, logo_uri: null });
      await phone.answer(request, 'approve');
      const completed = await browser.post(`/api/v1/authentications/${id}/complete`);
      assert.equal(completed.body.continue, home);
    }
    const acts = { 'act:factors': '/security', 'act:password': '/security', 'act:admin': '/admin/' };
    for (const [resource, home] of Object.entries(acts)) {
      const { body } = await browser.post('/api/v1/authentications', { purpose: 'step_up', resource });
      await askPush(browser, body.id);
      await phone.answer(await phone.request('step_up'), 'approve');
      const completed = await browser.post(`/api/v1/authentications/${body.id}/complete`);
      assert.equal(completed.body.continue, home, resource);
    }
  });

  test('a phone is told of each request once, and of its end once, whether it was answered or ran out', async () => {
    const { browser, phone } = await person('listener');
    const seen: string[] = [];
    const signal = AbortSignal.timeout(3 * told);
    const answered = await pendingRequest(browser, phone, 'listener');
    let second: Awaited<ReturnType<typeof pendingRequest>> | undefined;
    for await (const { event, data } of phone.events(signal)) {
      seen.push(`${event} ${data.id} ${data.state}`);
      if (seen.length === 1) await phone.answer(answered.request, 'approve');
      if (seen.length === 2) {
        second = await pendingRequest(browser, phone, 'listener');
        // The stream has counted on a whole minute; another sign-in makes it look at the clock again.
        server.advance(58_000);
        phone.now = server.now;
        await pendingRequest(browser, phone, 'listener');
      }
      if (data.id === second?.request.id && event === 'resolved') break;
    }
    const [first, other] = [answered.request.id, second!.request.id];
    const third = seen.find(
      (line) => line.startsWith('request ') && !line.includes(first) && !line.includes(other),
    )!;
    assert.deepEqual(seen, [
      `request ${first} pending`,
      `resolved ${first} approved`,
      `request ${other} pending`,
      third,
      `resolved ${other} expired`,
    ]);
  });

  test('each answer is logged under its name, with what it answered', async () => {
    const decisions = { approve: 'approved', deny: 'denied', report: 'reported' } as const;
    for (const [decision, name] of Object.entries(decisions)) {
      const login = `answers-${decision}`;
      const { browser, phone } = await person(login);
      const { id, request } = await pendingRequest(browser, phone, login);
      assert.equal((await phone.answer(request, decision as 'approve')).body.state, name);
      const [event] = await eventsOf(login, `push.${name}`);
      const { authenticator, ...details } = event!.details;
      assert.deepEqual(details, { request: request.id, purpose: 'portal_login', authentication: id });
      assert.equal(authenticator, (await phone.call('GET', '/me')).body.authenticator.id);
    }
    const { phone } = await person('answers-wrong');
    const { request, number } = await pendingRequest(new Browser(server.url), phone, 'answers-wrong');
    await phone.answer(request, 'approve', { number: number === '11' ? '12' : '11' });
    const [event] = await eventsOf('answers-wrong', 'push.wrong_number');
    assert.equal(event!.details.request, request.id);
  });

  test('a failed proof of user verification is logged with its count, and the end that it makes is told at once', async () => {
    const { browser, phone } = await person('faceless', { verification: true });
    const { id, request } = await pendingRequest(browser, phone, 'faceless');
    const fail = async () => phone.answer(request, 'approve', { verified: false });
    for (let n = 1; n <= 5; n += 1) refused(await fail(), 403, 'user_verification_failed');
    const signal = AbortSignal.timeout(told);
    let state = '';
    for await (const { data } of browser.events(`/api/v1/authentications/${id}/events`, signal)) {
      state = data.push.state;
      if (state === 'failed') break;
      await fail();
    }
    assert.equal(state, 'failed');
    const failures = await eventsOf('faceless', 'push.verification_failed');
    assert.deepEqual(
      failures.map(({ details }) => details.in_a_row),
      [6, 5, 4, 3, 2, 1],
    );
  });

  test('of 20 failed proofs at once six count, and the rest come too late', async () => {
    const { browser, phone } = await person('hasty', { verification: true });
    const { request } = await pendingRequest(browser, phone, 'hasty');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => phone.answer(request, 'approve', { verified: false })),
    );
    for (const { status, body } of answers) {
      assert.ok(status === 403 || status === 409, `${status} ${JSON.stringify(body)}`);
    }
    assert.equal((await eventsOf('hasty', 'push.verification_failed')).length, 6);
    assert.equal((await phone.call('GET', `/requests/${request.id}`)).body.state, 'failed');
  });

  test('the sessions that a report ends are logged with the reason, and their streams end at once', async () => {
    const { browser, phone } = await person('reporter');
    const activation = await browser.post('/api/v1/me/activations');
    assert.equal(activation.status, 201, JSON.stringify(activation.body));
    const { request, id } = await pendingRequest(browser, phone, 'reporter');
    const stream = `/api/v1/me/activations/${activation.body.id}/events`;
    await lastOf(browser, stream, () => phone.answer(request, 'report'));
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    const ended = (await eventsOf('reporter', 'session.ended')).map(({ details }) => details);
    assert.deepEqual(ended, [{ why: 'reported', authentication: id }]);
  });

  test('who is not signed in cannot sign out', async () => {
    refused(await new Browser(server.url).delete('/api/v1/session'), 401, 'no_session');
  });
});
