import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addPerson, askPush, begin, enrol, password, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { startServer, type RunningServer } from '../support/server.ts';

/** The administrators' API: people, settings, outbox, events. */
forEachEngine((engine) => {
  let server: RunningServer;
  let owner: Browser;
  before(async () => {
    server = await startServer({ engine });
    owner = await administrator('olga', 'owner');
  });
  after(() => server[Symbol.asyncDispose]());

  async function administrator(login: string, role: string): Promise<Browser> {
    await addPerson(server, login, role);
    const { browser, phone } = await enrol(server, login);
    await signIn(browser, phone, login, 'admin_login');
    return browser;
  }
  const idOf = async (login: string) =>
    (await owner.get(`/api/v1/admin/users?q=${login}`)).body.items[0].id as string;
  const act = async (who: Browser, login: string, name: string) =>
    who.post(`/api/v1/admin/users/${await idOf(login)}/${name}`);

  test('creating with an initial password: it must be replaced before anything else', async () => {
    const person = { login: 'fresh', email: 'fresh@example.com', name: 'Fresh Person' };
    refused(await owner.post('/api/v1/admin/users', person), 400, 'malformed');
    refused(await owner.post('/api/v1/admin/users', { ...person, password, invite: true }), 400, 'malformed');
    refused(
      await owner.post('/api/v1/admin/users', { ...person, password: 'password1' }),
      422,
      'weak_password',
    );
    const created = await owner.post('/api/v1/admin/users', { ...person, password });
    assert.equal(created.status, 201);
    assert.deepEqual([created.body.role, created.body.state, created.body.factors], ['user', 'active', []]);
    const { browser } = await enrol(server, 'fresh');
    assert.equal((await browser.get('/api/v1/session')).body.password_change_required, true);
    refused(await browser.get('/api/v1/me/sessions'), 403, 'password_change_required');
    const changed = await browser.post('/api/v1/me/password', {
      current: password,
      new: 'a password of my own',
    });
    assert.equal(changed.status, 204);
    assert.equal((await browser.get('/api/v1/me/sessions')).status, 200);
  });

  test('login and e-mail address belong to one person, whatever the case', async () => {
    await addPerson(server, 'taken');
    for (const [login, email] of [
      ['TAKEN', 'other@example.com'],
      ['other', 'Taken@Example.com'],
      ['taken@example.com', 'x@example.com'],
      ['y', 'taken@example.com'],
    ]) {
      const answer = await owner.post('/api/v1/admin/users', { login, email, name: 'X', password });
      refused(answer, 409, 'login_taken');
    }
    refused(
      await owner.patch(`/api/v1/admin/users/${await idOf('taken')}`, { email: 'olga@example.com' }),
      409,
      'login_taken',
    );
  });

  test('inviting: a mailed link, once; then signing in with the chosen password', async () => {
    const person = { login: 'invited', email: 'invited@example.com', name: 'In Vited', invite: true };
    assert.equal((await owner.post('/api/v1/admin/users', person)).body.state, 'invited');
    const [mail] = (await owner.get('/api/v1/admin/outbox?q=invited@example.com')).body.items;
    assert.equal(mail.state, 'kept');
    const link = /https?:\/\/\S+/.exec(mail.text)![0];
    assert.ok(link.startsWith(`${server.url}/invite#token=`), link);
    assert.ok(mail.html.includes(link));
    const token = link.split('token=')[1];
    const browser = new Browser(server.url);
    assert.equal((await browser.post('/api/v1/invitations/lookup', { token })).body.login, 'invited');
    refused(await browser.post('/api/v1/invitations/lookup', { token: 'x' }), 404, 'invitation_not_found');
    refused(
      await browser.post('/api/v1/invitations/accept', { token, password: 'short' }),
      422,
      'weak_password',
    );
    const both = await Promise.all(
      [1, 2].map(() => browser.post('/api/v1/invitations/accept', { token, password })),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), [204, 410]);
    refused(await browser.post('/api/v1/invitations/accept', { token, password }), 410, 'invitation_used');
    assert.equal((await begin(browser, 'invited')).state, 'enrollment_required');
  });

  test('suspending ends sessions, sign-ins, requests and streams at once; activating lets in again', async () => {
    await addPerson(server, 'suspect');
    const { browser, phone } = await enrol(server, 'suspect');
    const { id } = await begin(browser, 'suspect');
    await askPush(browser, id);
    const request = await phone.request();
    const stream = phone.events();
    assert.equal((await stream.next()).value.event, 'request');
    assert.equal((await act(owner, 'suspect', 'suspend')).body.state, 'suspended');
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    refused(await phone.answer(request, 'approve'), 401, 'invalid_proof');
    refused(await browser.post(`/api/v1/authentications/${id}/complete`), 409, 'not_ready');
    // What is left of the stream is told, and then it is over.
    for await (const { event } of stream) assert.equal(event, 'resolved');
    refused(
      await browser.post('/api/v1/authentications', { purpose: 'portal_login', login: 'suspect', password }),
      401,
      'invalid_credentials',
    );
    assert.equal((await act(owner, 'suspect', 'activate')).body.state, 'active');
    assert.equal((await begin(browser, 'suspect')).state, 'challenge');
  });

  test('a sign-in that was approved before the suspension cannot be completed after it', async () => {
    await addPerson(server, 'quick');
    const { browser, phone } = await enrol(server, 'quick');
    const { id } = await begin(browser, 'quick');
    await askPush(browser, id);
    await phone.answer(await phone.request(), 'approve');
    await act(owner, 'quick', 'suspend');
    refused(await browser.post(`/api/v1/authentications/${id}/complete`), 409, 'not_ready');
  });

  test('another e-mail address is told to both mailboxes, and a reset of the factors to the person', async () => {
    await addPerson(server, 'moving');
    const id = await idOf('moving');
    await owner.patch(`/api/v1/admin/users/${id}`, { email: 'elsewhere@example.com' });
    await act(owner, 'moving', 'reset-mfa');
    const { items } = (await owner.get('/api/v1/admin/outbox')).body;
    const to = (subject: string) =>
      items
        .filter((mail: { subject: string }) => mail.subject === subject)
        .map((mail: { to: string }) => mail.to);
    assert.deepEqual(to('Your e-mail address was changed').sort(), [
      'elsewhere@example.com',
      'moving@example.com',
    ]);
    assert.deepEqual(to('Your sign-in methods were removed').slice(0, 1), ['elsewhere@example.com']);
  });

  test('reset-mfa gives a code; unlock lifts a lock', async () => {
    await addPerson(server, 'helped');
    const { browser } = await enrol(server, 'helped');
    const reset = await act(owner, 'helped', 'reset-mfa');
    assert.match(reset.body.enrollment_code, /^([0-9A-Z]{5}-){3}[0-9A-Z]{5}$/);
    const { id } = await begin(browser, 'helped');
    const given = await browser.post(`/api/v1/authentications/${id}/enrollment-code`, {
      code: reset.body.enrollment_code,
    });
    assert.equal(given.status, 200);
    const stranger = new Browser(server.url);
    for (let n = 0; n < 6; n += 1)
      await stranger.post('/api/v1/authentications', {
        purpose: 'portal_login',
        login: 'helped',
        password: 'x',
      });
    assert.equal((await owner.get(`/api/v1/admin/users/${await idOf('helped')}`)).body.locked, true);
    assert.equal((await act(owner, 'helped', 'unlock')).body.locked, false);
    assert.equal((await begin(stranger, 'helped')).state, 'enrollment_required');
  });

  test('signed out everywhere by the help desk: sessions and what is under way end at once, tokens and factors stay', async () => {
    const helper = await administrator('hanna', 'help_desk');
    await addPerson(server, 'everywhere', 'admin');
    const { browser, phone } = await enrol(server, 'everywhere');
    await signIn(browser, phone, 'everywhere', 'admin_login');
    const made = await browser.post('/api/v1/admin/tokens', {
      name: 'a program',
      scopes: ['users:read'],
      expires_at: null,
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    refused(await act(helper, 'everywhere', 'end-sessions'), 403, 'forbidden');
    const other = new Browser(server.url);
    const { id } = await begin(other, 'everywhere');
    await askPush(other, id);
    const ended = await act(owner, 'everywhere', 'end-sessions');
    assert.equal(ended.status, 200, JSON.stringify(ended.body));
    assert.deepEqual([ended.body.state, ended.body.factors], ['active', ['push']]);
    for (const path of ['/api/v1/session', '/api/v1/admin/session'])
      refused(await browser.get(path), 401, 'no_session');
    assert.deepEqual((await phone.call('GET', '/requests')).body.requests, []);
    refused(await other.post(`/api/v1/authentications/${id}/push`), 409, 'authentication_over');
    const program = new Browser(server.url);
    program.headers = { authorization: `Bearer ${made.body.token}` };
    assert.equal((await program.get('/api/v1/admin/users')).status, 200);
    const { items } = (await owner.get('/api/v1/admin/events?type=user.sessions_ended')).body;
    assert.deepEqual([items[0].user.login, items[0].actor.login], ['everywhere', 'olga']);
    await signIn(browser, phone, 'everywhere');
  });

  test('an activation code that waits ends with a reset of the factors, a suspension, and the session that began it', async () => {
    const ended = async ({ phone }: { phone: Phone }, code: string) =>
      refused(await phone.lookUp(code), 410, 'activation_expired');
    for (const name of ['reset-mfa', 'suspend']) {
      const login = `waiting-${name}`;
      await addPerson(server, login);
      const enrolled = await enrol(server, login);
      await signIn(enrolled.browser, enrolled.phone, login);
      const { code } = (await enrolled.browser.post('/api/v1/me/activations')).body;
      assert.equal((await enrolled.phone.lookUp(code)).status, 200);
      assert.equal((await act(owner, login, name)).status, 200);
      if (name === 'suspend') assert.equal((await act(owner, login, 'activate')).status, 200);
      await ended(enrolled, code);
    }
    await addPerson(server, 'waiting-change');
    const enrolled = await enrol(server, 'waiting-change');
    const thief = new Browser(server.url);
    await signIn(thief, enrolled.phone, 'waiting-change');
    const { code } = (await thief.post('/api/v1/me/activations')).body;
    await signIn(enrolled.browser, enrolled.phone, 'waiting-change');
    const change = { current: password, new: 'quite another pass phrase' };
    assert.equal((await enrolled.browser.post('/api/v1/me/password', change)).status, 204);
    await ended(enrolled, code);
  });

  test('nobody touches those above them, or gives what they have not', async () => {
    const admin = await administrator('adam', 'admin');
    const helper = await administrator('helga', 'help_desk');
    const reader = await administrator('rita', 'read_only');
    await addPerson(server, 'worker');
    for (const name of ['suspend', 'unlock', 'reset-mfa']) {
      refused(await act(admin, 'olga', name), 403, 'forbidden');
      refused(await act(helper, 'adam', name), 403, 'forbidden');
      refused(await act(reader, 'worker', name), 403, 'forbidden');
    }
    assert.equal((await act(helper, 'worker', 'reset-mfa')).status, 200);
    refused(await act(helper, 'worker', 'suspend'), 403, 'forbidden');
    refused(
      await admin.patch(`/api/v1/admin/users/${await idOf('worker')}`, { role: 'owner' }),
      403,
      'forbidden',
    );
    refused(
      await admin.post('/api/v1/admin/users', {
        login: 'n',
        email: 'n@example.com',
        name: 'N',
        role: 'owner',
        password,
      }),
      403,
      'forbidden',
    );
    const [phone] = (await owner.get(`/api/v1/admin/users/${await idOf('olga')}`)).body.authenticators;
    refused(await helper.delete(`/api/v1/admin/authenticators/${phone.id}`), 403, 'forbidden');
    refused(await admin.get('/api/v1/admin/outbox'), 403, 'forbidden');
    refused(await reader.patch('/api/v1/admin/settings', { organization: { name: 'X' } }), 403, 'forbidden');
    // The role of now counts, not that of the sign-in.
    await owner.patch(`/api/v1/admin/users/${await idOf('rita')}`, { role: 'user' });
    refused(await reader.get('/api/v1/admin/users'), 403, 'forbidden');
  });

  test('the last owner cannot be suspended or given another role', async () => {
    refused(await act(owner, 'olga', 'suspend'), 409, 'last_owner');
    refused(
      await owner.patch(`/api/v1/admin/users/${await idOf('olga')}`, { role: 'user' }),
      409,
      'last_owner',
    );
  });

  test('lists: paging with a cursor, words by their beginning, filters', async () => {
    for (let n = 0; n < 5; n += 1) {
      await owner.post('/api/v1/admin/users', {
        login: `page-${n}`,
        email: `page-${n}@example.org`,
        name: `Ödön Page${n}`,
        password,
      });
    }
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await owner.get(
        `/api/v1/admin/users?q=%C3%B6d%20page&limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...body.items.map(({ login }: { login: string }) => login));
      cursor = body.next_cursor;
    } while (cursor);
    assert.deepEqual(
      seen.sort(),
      [0, 1, 2, 3, 4].map((n) => `page-${n}`),
    );
    assert.equal(
      (await owner.get('/api/v1/admin/users?q=dön')).body.items.length,
      0,
      'not from the middle of a word',
    );
    assert.equal((await owner.get('/api/v1/admin/users?q=%25')).status, 200);
    const owners = (await owner.get('/api/v1/admin/users?role=owner')).body.items;
    assert.ok(owners.every(({ role }: { role: string }) => role === 'owner'));
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=x',
      'cursor=zzz',
      'cursor=9999999999999999.a',
      'state=asleep',
    ]) {
      refused(await owner.get(`/api/v1/admin/users?${query}`), 400, 'malformed');
    }
  });

  test('settings: a merge patch, null restores, out of range and mistyped are refused whole', async () => {
    const before = (await owner.get('/api/v1/admin/settings')).body;
    assert.deepEqual(before.push, {
      enabled: true,
      lifetime_s: 60,
      confirmation: 'adaptive',
      number_length: 2,
      nist_profile: false,
      user_verification: 'preferred',
      authenticators_per_user: 1,
      approve_from_notification: false,
      transfer: true,
    });
    assert.deepEqual(before.mfa, {
      required: true,
      required_from: null,
      factors: ['push', 'totp', 'passkey', 'recovery_code'],
    });
    const patched = await owner.call(
      'PATCH',
      '/api/v1/admin/settings',
      JSON.stringify({ push: { lifetime_s: 90 }, unknown: 1 }),
      { 'content-type': 'application/merge-patch+json' },
    );
    assert.equal(patched.body.push.lifetime_s, 90);
    assert.equal((await owner.get('/.well-known/countersign')).body.request_lifetime_s, 90);
    for (const wrong of [
      { push: { lifetime_s: 29 } },
      { push: { lifetime_s: 301 } },
      { push: { lifetime_s: '60' } },
      { push: { number_length: 7 } },
      { push: 7 },
      { organization: { name: ' ' } },
      { mfa: { factors: ['sms'] } },
    ]) {
      const answer = await owner.patch('/api/v1/admin/settings', {
        ...wrong,
        telemetry: { usage_default: false },
      });
      refused(answer, 400, 'malformed');
      assert.ok(answer.body.errors[0].path.startsWith('/'), JSON.stringify(answer.body));
    }
    const restored = await owner.patch('/api/v1/admin/settings', { push: { lifetime_s: null } });
    assert.deepEqual(restored.body, before, 'nothing of the refused patches was applied');
    const both = await Promise.all([
      owner.patch('/api/v1/admin/settings', { push: { number_length: 6 } }),
      owner.patch('/api/v1/admin/settings', { telemetry: { usage_default: false } }),
    ]);
    assert.deepEqual(
      both.map(({ status }) => status),
      [200, 200],
    );
    const after = (await owner.get('/api/v1/admin/settings')).body;
    assert.deepEqual([after.push.number_length, after.telemetry.usage_default], [6, false]);
    await owner.patch('/api/v1/admin/settings', { push: null, telemetry: null });
  });

  test('switching push off: nobody falls back to the password; the person’s own setting goes before the organisation’s', async () => {
    await addPerson(server, 'switched');
    const { browser } = await enrol(server, 'switched');
    const user = `/api/v1/admin/users/${await idOf('switched')}`;
    assert.equal((await owner.patch(user, { push_enabled: false })).body.push.enabled, false);
    refused(
      await browser.post('/api/v1/authentications', { purpose: 'portal_login', login: 'switched', password }),
      403,
      'no_allowed_factor',
    );
    assert.deepEqual((await owner.patch(user, { push_enabled: null })).body.push, {
      override: null,
      enabled: true,
    });
    assert.equal((await begin(browser, 'switched')).state, 'challenge');
  });

  test('MFA not required and no factor: ready at once', async () => {
    await owner.patch('/api/v1/admin/settings', { mfa: { required: false } });
    await addPerson(server, 'simple');
    const browser = new Browser(server.url);
    const { id, state } = await begin(browser, 'simple');
    assert.equal(state, 'ready');
    await browser.post(`/api/v1/authentications/${id}/complete`);
    assert.equal((await browser.get('/api/v1/session')).body.acr, 'urn:countersign:aal1');
    await owner.patch('/api/v1/admin/settings', { mfa: null });
  });

  test('events tell who did what to whom, with before and after; no secret is in them, in the log or in a subject', async () => {
    const { items } = (await owner.get('/api/v1/admin/events?limit=200')).body;
    const changed = items.find(({ type }: { type: string }) => type === 'settings.changed');
    assert.equal(changed.actor.login, 'olga');
    assert.ok(changed.details.before && changed.details.after);
    const types = new Set(items.map(({ type }: { type: string }) => type));
    for (const type of [
      'user.created',
      'user.suspended',
      'user.mfa_reset',
      'push.approved',
      'authentication.completed',
      'activation.completed',
    ]) {
      assert.ok(types.has(type), `${type} in ${[...types].join(' ')}`);
    }
    const everything = JSON.stringify(items) + server.output();
    const code = (await act(owner, 'helped', 'reset-mfa')).body.enrollment_code as string;
    const setupToken = server.setupLink?.split('token=')[1];
    for (const secret of [password, 'a password of my own', code, ...owner.cookies.values()]) {
      assert.ok(!everything.includes(secret), 'a secret is in the events or the log');
    }
    assert.ok(!setupToken || !JSON.stringify(items).includes(setupToken));
  });
});
