import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { purgeAuthentications } from '../../apps/server/src/authentication/store.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, enrol, pendingRequest, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';

/** The help desk asks a person's phone whether it is them who is calling. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let hanna: Browser;
  before(async () => {
    server = await startInProcess(engine);
    owner = await administrator('olga', 'owner');
    hanna = await administrator('hanna', 'help_desk');
  });
  after(() => server[Symbol.asyncDispose]());

  async function administrator(login: string, role: 'owner' | 'admin' | 'help_desk' | 'read_only') {
    await server.addPerson(login, { role });
    const { browser, phone } = await enrol(server, login);
    await signIn(browser, phone, login, 'admin_login');
    return browser;
  }
  let people = 0;
  async function person(options?: Parameters<typeof enrol>[2]) {
    const login = `caller${people++}`;
    const { id } = await server.addPerson(login);
    return { id, login, ...(await enrol(server, login, options)) };
  }
  const path = (id: string) => `/api/v1/admin/users/${id}/verification-push`;
  async function asked(id: string, by = hanna) {
    const answer = await by.post(path(id));
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return { ...answer.body, at: `${path(id)}/${answer.body.id}` };
  }
  const stateOf = async ({ at }: { at: string }) => (await hanna.get(at)).body.state;
  const approve = async (phone: Phone, number: string) =>
    phone.answer(await phone.request('verification'), 'approve', { number });
  const eventsOf = async (type: string, login: string) =>
    (await owner.get(`/api/v1/admin/events?q=${type}`)).body.items.filter(
      ({ user }: { user: { login: string } | null }) => user?.login === login,
    );

  test('the phone shows who asks and why; with the number the help desk is told that it is them', async () => {
    const { id, login, phone } = await person();
    const push = await asked(id);
    assert.match(push.number, /^\d{2}$/);
    assert.deepEqual([push.state, push.seen, push.device], ['pending', false, `Phone of ${login}`]);
    const request = await phone.request('verification');
    assert.deepEqual(request.resource, { kind: 'act', name: 'Countersign Help Desk', logo_uri: null });
    assert.deepEqual(
      [request.context.client, request.context.ip, request.context.familiar],
      ['Test hanna', null, false],
    );
    assert.deepEqual(request.confirmation, { kind: 'number', length: 2 });
    assert.equal(request.approve_from_notification, false);
    assert.ok(!JSON.stringify(request).includes(`"${push.number}"`), 'the phone does not know the number');
    assert.equal((await phone.call('POST', `/requests/${request.id}/seen`)).status, 204);
    assert.equal((await hanna.get(push.at)).body.seen, true);
    assert.equal((await approve(phone, push.number)).status, 200);
    const ended = (await hanna.get(push.at)).body;
    assert.deepEqual([ended.state, ended.number], ['approved', null]);
    const [event] = await eventsOf('verification.asked', login);
    assert.equal(event.actor.login, 'hanna');
    const [answer] = await eventsOf('push.approved', login);
    assert.deepEqual([answer.details.purpose, answer.details.authentication], ['verification', push.id]);
  });

  test('the answer comes by a stream, which then ends', async () => {
    const { id, phone } = await person();
    const push = await asked(id);
    const states: string[] = [];
    for await (const { event, data } of hanna.events(`${push.at}/events`)) {
      assert.equal(event, 'verification-push');
      states.push(data.state);
      if (states.length === 1) await approve(phone, push.number);
    }
    assert.deepEqual([states[0], states.at(-1)], ['pending', 'approved']);
  });

  test('it opens nothing: no session, no browser that grows familiar, nothing to complete', async () => {
    const { id, login, phone } = await person();
    const lastSignIn = async () => (await owner.get(`/api/v1/admin/users/${id}`)).body.last_sign_in_at;
    const before = await lastSignIn();
    const push = await asked(id);
    await approve(phone, push.number);
    for (const browser of [hanna, new Browser(server.url)]) {
      for (const call of ['complete', 'push', 'totp', 'recovery-code', 'passkey/options']) {
        const body = call === 'totp' || call === 'recovery-code' ? { code: '123456' } : {};
        refused(await browser.post(`/api/v1/authentications/${push.id}/${call}`, body), 404, 'not_found');
      }
      refused(await browser.get(`/api/v1/authentications/${push.id}`), 404, 'not_found');
    }
    const rows = await server.store.query(
      { text: 'SELECT state FROM authentications WHERE id = :id', names: ['id'] } as never,
      { id: push.id },
    );
    assert.equal(rows[0]!.state, 'complete', 'nobody can claim it any more');
    assert.equal(await lastSignIn(), before);
    const elsewhere = await begin(new Browser(server.url), login);
    assert.equal(elsewhere.state, 'challenge', 'a sign-in asks for a factor as ever');
  });

  test('an always-tap organisation and a familiar person still type the number', async () => {
    await server.patchSettings({ push: { confirmation: 'tap', approve_from_notification: true } });
    const { id, phone } = await person({ verification: false });
    await asked(id);
    const request = await phone.request('verification');
    assert.equal(request.confirmation.kind, 'number');
    assert.equal(request.approve_from_notification, false);
    refused(await phone.answer(request, 'approve'), 400, 'malformed');
    await server.patchSettings({ push: { confirmation: null, approve_from_notification: null } });
  });

  test('a wrong number ends it: the caller is not who they say', async () => {
    const { id, phone } = await person();
    const push = await asked(id);
    const wrong = push.number === '11' ? '12' : '11';
    refused(await approve(phone, wrong), 422, 'wrong_number');
    assert.equal(await stateOf(push), 'failed');
  });

  test('Deny tells the help desk, and it waits before it may ask again', async () => {
    const { id, phone } = await person();
    const push = await asked(id);
    await phone.answer(await phone.request('verification'), 'deny');
    assert.equal(await stateOf(push), 'denied');
    const again = await owner.post(path(id));
    refused(again, 429, 'too_many_requests');
    assert.ok(again.body.retry_after > 50 && again.body.retry_after <= 60, String(again.body.retry_after));
    server.advance(61_000);
    await asked(id);
  });

  test('"This wasn’t me" tells the administrators who asked, and pauses the next questions until unlocked', async () => {
    const { id, login, phone, browser } = await person();
    const push = await asked(id);
    await phone.answer(await phone.request('verification'), 'report');
    assert.equal(await stateOf(push), 'reported');
    assert.ok((await server.mailsTo('olga')).includes(`${login} did not call the help desk`));
    server.advance(61_000);
    refused(await hanna.post(path(id)), 423, 'push_locked');
    assert.equal((await browser.get('/api/v1/session')).status, 200, 'who is signed in stays so');
    assert.equal((await hanna.post(`/api/v1/admin/users/${id}/unlock`)).status, 200);
    await asked(id);
  });

  test('who asked does not close the report of it, nor does the help desk, nor a token, nor whom it is of', async () => {
    const { id, login, phone, browser } = await person();
    const adam = await administrator('adam', 'admin');
    const reports = async (by: Browser, q = login) =>
      (await by.get(`/api/v1/admin/fraud-reports?q=${q}`)).body.items as {
        id: string;
        reviewable: boolean;
      }[];
    const review = (by: Browser, report: { id: string }) =>
      by.post(`/api/v1/admin/fraud-reports/${report.id}/review`);
    const token = async (maker: Browser) => {
      const scopes = ['events:read', 'events:write', 'users:read'];
      const made = await maker.post('/api/v1/admin/tokens', { name: 'Events', scopes });
      const program = new Browser(server.url);
      program.headers = { authorization: `Bearer ${made.body.token}`, origin: '' };
      return program;
    };
    await server.addPerson('hugo', { role: 'help_desk' });
    const { browser: hugo, phone: hugosPhone } = await enrol(server, 'hugo');
    await signIn(hugo, hugosPhone, 'hugo', 'admin_login');
    await asked(id, owner);
    await phone.answer(await phone.request('verification'), 'report');
    // As an hour later: what was asked is known by the log alone.
    await purgeAuthentications.run(server.store, { before: server.now() + 60_000 });
    const [report] = await reports(adam);
    for (const by of [owner, hanna, hugo, await token(owner), await token(adam)]) {
      refused(await review(by, report!), 403, 'forbidden');
      assert.equal((await reports(by))[0]!.reviewable, false);
    }
    assert.equal(report!.reviewable, true);

    // Nor by way of their recent activity.
    await signIn(browser, phone, login);
    const activity = (await browser.get('/api/v1/me/activity')).body.items;
    const question = activity.find(({ type }: { type: string }) => type === 'push.reported');
    assert.equal((await browser.post(`/api/v1/me/activity/${question.id}/report`)).status, 204);
    const both = await reports(adam);
    assert.equal(both.length, 2);
    for (const each of both) {
      for (const by of [owner, hugo]) refused(await review(by, each), 403, 'forbidden');
      const { status, body } = await review(adam, each);
      assert.deepEqual([status, body.reviewed_by], [200, 'adam'], JSON.stringify(body));
    }

    // Whom it is of, of whatever rank; of anything else, the help desk and tokens go on.
    const { request: strange } = await pendingRequest(new Browser(server.url), hugosPhone, 'hugo');
    assert.equal((await hugosPhone.answer(strange, 'report')).status, 200);
    const [hugos] = await reports(hanna, 'hugo');
    refused(await review(hugo, hugos!), 403, 'forbidden');
    assert.deepEqual([(await reports(hugo, 'hugo'))[0]!.reviewable, hugos!.reviewable], [false, true]);
    assert.equal((await review(await token(adam), hugos!)).status, 200);
  });

  test('the whole help desk together has one request at a time and three in a quarter of an hour, and takes no sign-in’s place', async () => {
    const { id, login, phone, browser } = await person();
    const first = await asked(id);
    refused(await owner.post(path(id)), 429, 'too_many_requests');
    const { id: signingIn } = await begin(browser, login);
    await askPush(browser, signingIn);
    await approve(phone, first.number);
    for (const by of [hanna, owner]) await approve(phone, (await asked(id, by)).number);
    refused(await owner.post(path(id)), 429, 'too_many_requests');
  });

  test('who asked sees it and takes it back; nobody else does', async () => {
    const { id, login, phone } = await person();
    const other = await person();
    const push = await asked(id);
    refused(await owner.get(push.at), 404, 'not_found');
    refused(await owner.delete(push.at), 404, 'not_found');
    refused(await hanna.get(`${path(other.id)}/${push.id}`), 404, 'not_found');
    const { id: signIn } = await begin(new Browser(server.url), login);
    refused(await hanna.get(`${path(id)}/${signIn}`), 404, 'not_found');
    assert.equal((await phone.requests()).length, 1);
    assert.equal((await hanna.delete(push.at)).status, 204);
    assert.deepEqual(await phone.requests(), []);
    assert.equal(await stateOf(push), 'cancelled');
    const [event] = await eventsOf('verification.cancelled', login);
    assert.equal(event.actor.login, 'hanna');
  });

  test('it ends with its time, and with the person’s suspension', async () => {
    const { id } = await person();
    const push = await asked(id);
    server.advance(61_000);
    assert.equal(await stateOf(push), 'expired');
    const other = await person();
    const second = await asked(other.id);
    assert.equal((await owner.post(`/api/v1/admin/users/${other.id}/suspend`)).status, 200);
    assert.equal(await stateOf(second), 'cancelled');
    refused(await hanna.post(path(other.id)), 403, 'no_allowed_factor');
  });

  test('nobody below the help desk asks, and nobody those above them', async () => {
    const { id, browser } = await person();
    const reader = await administrator('rita', 'read_only');
    refused(await reader.post(path(id)), 403, 'forbidden');
    refused(await browser.post(path(id)), 401, 'no_session');
    refused(await new Browser(server.url).post(path(id)), 401, 'no_session');
    const { id: boss } = await server.addPerson('boss', { role: 'admin' });
    await enrol(server, 'boss');
    refused(await hanna.post(path(boss)), 403, 'forbidden');
    await asked(boss, owner);
    refused(await hanna.post(path('nobody')), 404, 'not_found');
  });

  test('who has no phone that may be asked is not asked', async () => {
    const { id } = await server.addPerson('phoneless');
    refused(await hanna.post(path(id)), 403, 'no_allowed_factor');
    const enrolled = await person({ verification: false });
    await server.patchSettings({ push: { user_verification: 'required' } });
    refused(await hanna.post(path(enrolled.id)), 403, 'no_allowed_factor');
    await server.patchSettings({ push: { user_verification: null } });
  });
});
