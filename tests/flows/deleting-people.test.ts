import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createEvents } from '../../apps/server/src/events/events.ts';
import { removeDeletedPeople } from '../../apps/server/src/users/deletion.ts';
import { deleteDueUser } from '../../apps/server/src/users/store.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, enrol, password, refused, signIn } from '../support/people.ts';

/** Deleting people: suspended at once, gone when their time has come. */
forEachEngine((engine) => {
  const day = 24 * 60 * 60_000;
  let server: InProcess;
  let owner: Browser;
  /** Who has a session that a month does not outlive signs in anew. */
  const signInAgain = async () => {
    const { browser, phone } = boss;
    await signIn(browser, phone, 'olga', 'admin_login');
  };
  let boss: Awaited<ReturnType<typeof enrol>>;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('olga', { role: 'owner' });
    boss = await enrol(server, 'olga');
    owner = boss.browser;
    await signInAgain();
  });
  after(() => server[Symbol.asyncDispose]());

  const path = (id: string) => `/api/v1/admin/users/${id}`;
  const removeDue = () =>
    removeDeletedPeople({
      platform: server.server.platform,
      events: createEvents(server.server.platform),
    });
  const eventsOf = async (type: string) =>
    // The search takes no low line.
    (await owner.get(`/api/v1/admin/events?q=${type.split('_')[0]}`)).body.items.filter(
      (event: { type: string }) => event.type === type,
    );

  test('a deleted person is signed out and shut out at once, and gone with everything after the days of the settings', async () => {
    const { id } = await server.addPerson('leaver');
    const { browser, phone } = await enrol(server, 'leaver');
    const group = (await owner.post('/api/v1/admin/groups', { name: 'Leavers' })).body;
    await owner.call('PUT', `/api/v1/admin/groups/${group.id}/members/${id}`);
    const deleted = await owner.delete(path(id));
    assert.equal(deleted.status, 200, JSON.stringify(deleted.body));
    assert.equal(deleted.body.state, 'suspended');
    const wait = Date.parse(deleted.body.delete_at) - server.now();
    assert.ok(Math.abs(wait - 30 * day) < 60_000, String(wait / day));
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    assert.equal((await phone.call('GET', '/requests')).status, 401);
    const sign = { purpose: 'portal_login', login: 'leaver', password };
    refused(await new Browser(server.url).post('/api/v1/authentications', sign), 401, 'invalid_credentials');
    const again = { login: 'leaver', email: 'new@example.com', name: 'New', invite: true };
    refused(await owner.post('/api/v1/admin/users', again), 409, 'login_taken');

    server.advance(30 * day - 60_000);
    await removeDue();
    await signInAgain();
    assert.equal((await owner.get(path(id))).status, 200, 'a minute before');
    server.advance(2 * 60_000);
    await removeDue();
    refused(await owner.get(path(id)), 404, 'not_found');
    refused(await owner.post(`${path(id)}/activate`), 404, 'not_found');
    assert.equal((await owner.get(`/api/v1/admin/groups/${group.id}`)).body.member_count, 0);
    const [gone] = await eventsOf('user.deleted');
    assert.deepEqual(
      [gone.user.login, gone.actor, gone.details.before.email],
      ['leaver', null, 'leaver@example.com'],
    );
    assert.equal((await eventsOf('user.deletion_begun'))[0].actor.login, 'olga');
    assert.equal((await owner.post('/api/v1/admin/users', again)).status, 201, 'the name is free again');
  });

  test('until then it is undone, with the phone and the password of before', async () => {
    const { id } = await server.addPerson('stayer');
    const { phone } = await enrol(server, 'stayer');
    await owner.delete(path(id));
    assert.equal((await owner.delete(path(id))).status, 200, 'twice is once');
    assert.equal(
      (await eventsOf('user.deletion_begun')).filter(({ user }: any) => user.login === 'stayer').length,
      1,
    );
    const undone = await owner.post(`${path(id)}/activate`);
    assert.deepEqual([undone.body.state, undone.body.delete_at], ['active', null]);
    assert.equal((await eventsOf('user.deletion_undone')).length, 1);
    // As if it were undone just when the time came.
    const late = { id, now: server.now() + 31 * day };
    assert.equal(await deleteDueUser.get(server.store, late), undefined);
    await signIn(new Browser(server.url), phone, 'stayer');
    server.advance(31 * day);
    await removeDue();
    await signInAgain();
    assert.equal((await owner.get(path(id))).status, 200);
  });

  test('a sign-in that was approved before is not completed after it', async () => {
    const { id } = await server.addPerson('quick');
    const { browser, phone } = await enrol(server, 'quick');
    const { id: signingIn } = await begin(browser, 'quick');
    await askPush(browser, signingIn);
    await phone.answer(await phone.request(), 'approve');
    await owner.delete(path(id));
    refused(await browser.post(`/api/v1/authentications/${signingIn}/complete`), 409, 'not_ready');
  });

  test('the days are a setting', async () => {
    await server.patchSettings({ people: { deletion_days: 1 } });
    const { id } = await server.addPerson('short');
    const { body } = await owner.delete(path(id));
    assert.ok(Math.abs(Date.parse(body.delete_at) - server.now() - day) < 60_000);
    refused(await owner.patch('/api/v1/admin/settings', { people: { deletion_days: 0 } }), 400, 'malformed');
    await server.patchSettings({ people: null });
  });

  test('never the last owner, nobody above oneself, and no help desk', async () => {
    const { body: session } = await owner.get('/api/v1/session');
    refused(await owner.delete(path(session.user.id)), 409, 'last_owner');
    for (const [login, role] of [
      ['ada', 'admin'],
      ['hanna', 'help_desk'],
    ] as const) {
      await server.addPerson(login, { role });
      const { browser, phone } = await enrol(server, login);
      await signIn(browser, phone, login, 'admin_login');
      refused(await browser.delete(path(session.user.id)), 403, 'forbidden');
      const { id } = await server.addPerson(`of-${login}`);
      const answer = await browser.delete(path(id));
      assert.equal(answer.status, role === 'admin' ? 200 : 403);
    }
    refused(await owner.delete(path('nobody')), 404, 'not_found');
    const { id } = await server.addPerson('second', { role: 'owner' });
    assert.equal((await owner.delete(path(id))).status, 200);
    refused(await owner.delete(path(session.user.id)), 409, 'last_owner');
  });
});
