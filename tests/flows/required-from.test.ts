import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sendReminders } from '../../apps/server/src/enrollment/reminders.ts';
import { createOutbox } from '../../apps/server/src/mail/outbox.ts';
import { openAndMigrate } from '../../apps/server/src/platform/store/open.ts';
import { readEnvironment } from '../../apps/server/src/platform/environment.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { begin, enrol, password, refused, signIn } from '../support/people.ts';
import { Phone } from '../support/phone.ts';
import { totpCode } from '../support/totp.ts';

const minute = 60_000; // ms
const day = 24 * 60 * minute;

/** A second factor that is required from a date on: of the organisation, of a group, of one person. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let ownerPhone: Phone;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('boss', { role: 'owner' });
    ({ browser: owner, phone: ownerPhone } = await enrol(server, 'boss', { verification: false }));
    await signIn(owner, ownerPhone, 'boss', 'admin_login');
  });
  after(() => server[Symbol.asyncDispose]());
  beforeEach(() => patch({ required: false, required_from: null }));

  const patch = async (mfa: { required: boolean; required_from: number | null }) => {
    const answer = await owner.patch('/api/v1/admin/settings', { mfa });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  };
  const text = (at: number) => new Date(at).toISOString();
  let made = 0;
  async function person(role?: 'admin') {
    const login = `enrollee${(made += 1)}`;
    const { id } = await server.addPerson(login, role && { role });
    return { id, login, at: `/api/v1/admin/users/${id}` };
  }
  async function groupOf(...people: { id: string }[]) {
    const { body } = await owner.post('/api/v1/admin/groups', { name: `Group ${(made += 1)}` });
    const at = `/api/v1/admin/groups/${body.id}`;
    for (const { id } of people) assert.equal((await owner.call('PUT', `${at}/members/${id}`)).status, 204);
    return { id: body.id as string, at };
  }
  async function signInByPassword(login: string) {
    const browser = new Browser(server.url);
    const { id, state } = await begin(browser, login);
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    return { browser, state, session: (await browser.get('/api/v1/session')).body };
  }
  const stateOf = async (login: string) => (await begin(new Browser(server.url), login)).state;
  const set = async (at: string, mfa_required_from: number | null) => {
    const answer = await owner.patch(at, {
      mfa_required_from: mfa_required_from === null ? null : text(mfa_required_from),
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  /** Time passes, and the owner is still there. */
  async function pass(by: number): Promise<void> {
    for (let left = by; left > 0; left -= 50 * minute) {
      server.advance(Math.min(left, 50 * minute));
      if ((await owner.get('/api/v1/admin/session')).status === 200) continue;
      ownerPhone.now = server.now;
      await signIn(owner, ownerPhone, 'boss', 'admin_login');
    }
  }

  test('before the date a person is told and may put it off; from it on, nobody signs in without', async () => {
    const { login } = await person();
    const from = server.now() + 3 * day;
    await patch({ required: true, required_from: from });
    const early = await signInByPassword(login);
    assert.equal(early.state, 'ready');
    assert.deepEqual([early.session.enrollment_required, early.session.enrollment_due], [false, text(from)]);
    assert.equal((await early.browser.get('/api/v1/me')).status, 200);
    await pass(3 * day);
    const late = await signInByPassword(login);
    assert.equal(late.state, 'enrollment_required');
    assert.deepEqual([late.session.enrollment_required, late.session.enrollment_due], [true, null]);
    refused(await late.browser.get('/api/v1/me'), 403, 'enrollment_required');
  });

  test('a group’s date and a person’s own count too, the earliest of all; none lets anybody off', async () => {
    const [inGroup, alone, other] = [await person(), await person(), await person()];
    const group = await groupOf(inGroup);
    await set(group.at, server.now() - 1);
    await set(alone.at, server.now() - 1);
    assert.deepEqual(
      [await stateOf(inGroup.login), await stateOf(alone.login), await stateOf(other.login)],
      ['enrollment_required', 'enrollment_required', 'ready'],
    );
    // Later dates of their own weaken nothing.
    await set(inGroup.at, server.now() + day);
    assert.equal(await stateOf(inGroup.login), 'enrollment_required');
    await set(other.at, server.now() + day);
    await patch({ required: true, required_from: null });
    assert.equal(await stateOf(other.login), 'enrollment_required');
    // Whoever is put into the group must from then on; whoever is taken out need not.
    await patch({ required: false, required_from: null });
    await set(inGroup.at, null);
    await set(other.at, null);
    await owner.call('PUT', `${group.at}/members/${other.id}`);
    await owner.delete(`${group.at}/members/${inGroup.id}`);
    assert.deepEqual(
      [await stateOf(inGroup.login), await stateOf(other.login)],
      ['ready', 'enrollment_required'],
    );
  });

  test('an administrator needs a second factor for the Admin Portal whatever the date', async () => {
    const { login } = await person('admin');
    await patch({ required: true, required_from: server.now() + 30 * day });
    const { state } = await begin(new Browser(server.url), login, 'admin_login');
    assert.equal(state, 'enrollment_required');
  });

  test('a session from before the date must enrol at its next step, in every process, and is full again then', async () => {
    const { login } = await person();
    await patch({ required: true, required_from: server.now() + 10 * minute });
    const { browser } = await signInByPassword(login);
    assert.equal((await browser.get('/api/v1/me')).status, 200);
    await pass(10 * minute);
    refused(await browser.get('/api/v1/me'), 403, 'enrollment_required');
    const change = { current: password, new: 'another good passphrase' };
    refused(await browser.post('/api/v1/me/password', change), 403, 'enrollment_required');
    const begun = (await browser.post('/api/v1/me/activations')).body;
    await (await Phone.create(server.url, 'Late', server.now)).activate(begun.code);
    const { acr, enrollment_required } = (await browser.get('/api/v1/session')).body;
    assert.deepEqual([acr, enrollment_required], ['urn:countersign:aal2', false]);
  });

  test('a sign-in that was begun before the date and is completed after it opens no way past it', async () => {
    const { login } = await person();
    const from = server.now() + minute;
    await patch({ required: true, required_from: from });
    const browser = new Browser(server.url);
    const { id, state } = await begin(browser, login);
    assert.equal(state, 'ready');
    await pass(minute);
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
    refused(await browser.get('/api/v1/me'), 403, 'enrollment_required');
    // Nor does beginning anew, once or often (as it did in Keycloak).
    for (let round = 0; round < 3; round += 1) {
      const again = await begin(browser, login);
      assert.equal(again.state, 'enrollment_required');
      await browser.post('/api/v1/me/activations');
      refused(await browser.get('/api/v1/me/sessions'), 403, 'enrollment_required');
      assert.equal((await browser.post(`/api/v1/authentications/${again.id}/complete`)).status, 200);
      refused(await browser.get('/api/v1/me/applications'), 403, 'enrollment_required');
    }
  });

  test('whoever gives up a factor before the date does not sign in by the password alone, before or after', async () => {
    const { login } = await person();
    await patch({ required: true, required_from: server.now() + 30 * minute });
    const { browser } = await signInByPassword(login);
    const totp = (await browser.post('/api/v1/me/totp')).body;
    const code = totpCode(totp.secret, server.now());
    assert.equal((await browser.post(`/api/v1/me/totp/${totp.id}/confirm`, { code })).status, 200);
    const next = totpCode(totp.secret, server.now(), 1);
    assert.equal((await browser.post('/api/v1/me/totp/reset', { code: next })).status, 204);
    assert.equal((await browser.get('/api/v1/me')).status, 200);
    const again = await begin(new Browser(server.url), login);
    assert.equal(again.state, 'enrollment_required');
    const stranger = new Browser(server.url);
    const begun = await begin(stranger, login);
    refused(await stranger.post(`/api/v1/authentications/${begun.id}/complete`), 409, 'not_ready');
    // The session itself, which proved no more than the password, ends with the date.
    await pass(30 * minute);
    refused(await browser.get('/api/v1/me'), 401, 'no_session');
  });

  test('put off by an administrator, the date is as if it had never been the earlier one; both are in the log', async () => {
    const { login } = await person();
    const from = server.now() - 1;
    await patch({ required: true, required_from: from });
    assert.equal(await stateOf(login), 'enrollment_required');
    await patch({ required: true, required_from: from + day });
    assert.equal(await stateOf(login), 'ready');
    const { items } = (await owner.get('/api/v1/admin/events?type=settings.changed&limit=1')).body;
    assert.deepEqual(
      [items[0].details.before.mfa.required_from, items[0].details.after.mfa.required_from],
      [from, from + day],
    );
    const group = await groupOf();
    await set(group.at, from);
    const changed = (await owner.get('/api/v1/admin/events?type=group.changed&limit=1')).body.items[0];
    assert.deepEqual(
      [changed.details.before.mfa_required_from, changed.details.after.mfa_required_from],
      [null, text(from)],
    );
    for (const at of [group.at, `/api/v1/admin/users/${(await person()).id}`])
      for (const no of ['x', '5', '2027-01-01T00:00', '+271238-01-01T00:00:00Z'])
        refused(await owner.patch(at, { mfa_required_from: no }), 400, 'malformed');
  });

  test('a password is long until everybody must have a second factor', async () => {
    const { login } = await person();
    await patch({ required: true, required_from: server.now() + 10 * minute });
    const { browser } = await signInByPassword(login);
    const change = { current: password, new: 'nine char' };
    refused(await browser.post('/api/v1/me/password', change), 422, 'weak_password');
    await patch({ required: true, required_from: null });
    const { phone: _, browser: enrolled } = await enrol(server, (await person()).login);
    assert.equal((await enrolled.post('/api/v1/me/password', change)).status, 204);
  });

  test('who has none is told to administrators only, page by page, and kept true as factors come and go', async () => {
    const people = [await person(), await person(), await person()];
    const group = await groupOf(...people);
    const [first, second, third] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]];
    const from = server.now() + 5 * day;
    await set(group.at, from);
    const at = `/api/v1/admin/enrollment`;
    const ids = async (more = '') =>
      (await owner.get(`${at}/people?group_id=${group.id}${more}`)).body.items.map(
        ({ id }: { id: string }) => id,
      ) as string[];
    assert.deepEqual((await ids()).sort(), [first.id, second.id, third.id].sort());
    assert.deepEqual(await ids(`&q=${second.login}`), [second.id]);
    const page = (await owner.get(`${at}/people?group_id=${group.id}&limit=2`)).body;
    assert.equal(page.items.length, 2);
    assert.deepEqual([page.items[0].required, page.items[0].required_from], [true, text(from)]);
    const rest = (await owner.get(`${at}/people?group_id=${group.id}&limit=2&cursor=${page.next_cursor}`))
      .body;
    assert.deepEqual([rest.items.length, rest.next_cursor], [1, null]);

    const { browser } = await signInByPassword(first.login);
    const totp = (await browser.post('/api/v1/me/totp')).body;
    const code = totpCode(totp.secret, server.now());
    await browser.post(`/api/v1/me/totp/${totp.id}/confirm`, { code });
    const counts = async () => {
      const { with_factor, without_factor } = (await owner.get(`${at}?group_id=${group.id}`)).body;
      return [with_factor, without_factor];
    };
    assert.deepEqual(await counts(), [1, 2]);
    assert.deepEqual((await ids()).sort(), [second.id, third.id].sort());
    await browser.post('/api/v1/me/totp/reset', { code: totpCode(totp.secret, server.now(), 1) });
    assert.deepEqual(await counts(), [0, 3]);
    // Suspended people cannot sign in, with or without.
    await owner.post(`${third.at}/suspend`);
    assert.deepEqual(await counts(), [0, 2]);
    assert.deepEqual((await ids()).sort(), [first.id, second.id].sort());
    await owner.post(`${third.at}/activate`);
    // Nor can whoever has not answered the invitation; once they have, they count.
    const invited = {
      login: `invited${(made += 1)}`,
      name: 'In Vited',
      email: `i${made}@example.com`,
      invite: true,
    };
    const guest = (await owner.post('/api/v1/admin/users', invited)).body;
    await owner.call('PUT', `/api/v1/admin/groups/${group.id}/members/${guest.id}`);
    assert.deepEqual(await counts(), [0, 3]);
    const { items } = (await owner.get(`/api/v1/admin/outbox?q=${invited.email}`)).body;
    const token = /#token=([\w-]+)/.exec(items[0].text)![1];
    const accepted = await new Browser(server.url).post('/api/v1/invitations/accept', { token, password });
    assert.equal(accepted.status, 204, JSON.stringify(accepted.body));
    assert.deepEqual(await counts(), [0, 4]);
    await owner.delete(`/api/v1/admin/groups/${group.id}/members/${guest.id}`);
    // A phone that comes, and goes by an administrator's hand.
    const { phone } = await activatePhone(second.login);
    assert.deepEqual(await counts(), [1, 2]);
    await owner.delete(`/api/v1/admin/authenticators/${phone.id}`);
    assert.deepEqual(await counts(), [0, 3]);
    const all = (await owner.get(at)).body;
    assert.ok(all.with_factor >= 1 && all.without_factor >= 3, JSON.stringify(all));

    const csv = await owner.get(`${at}/export?group_id=${group.id}`);
    const lines = (csv.body as string).trim().split('\r\n');
    assert.match(lines[0]!, /login,email,name,required,required_from,had_factor,reminded_at$/);
    assert.equal(lines.length, 4);
    refused(await browser.get(at), 401, 'no_session');
    refused(await browser.get(`${at}/people`), 401, 'no_session');
    refused(await owner.get(`${at}/people?group_id=nobody`), 404, 'not_found');
  });

  async function activatePhone(login: string) {
    const { browser } = await signInByPassword(login);
    const { body } = await browser.post('/api/v1/me/activations');
    const phone = await Phone.create(server.url, 'Its phone', server.now);
    await phone.activate(body.code);
    const { items } = (await browser.get('/api/v1/me/authenticators')).body;
    return { phone: { id: items[0].id as string } };
  }

  /** As many processes as are asked for, each with a store of its own, go over everybody at once. */
  async function remindByCalendar(processes = 1): Promise<void> {
    const stores = await Promise.all(
      Array.from({ length: processes }, () => openAndMigrate(readEnvironment(server.env))),
    );
    await pass(6 * minute);
    await Promise.all(
      stores.map(async (store) => {
        const platform = { ...server.server.platform, store };
        await sendReminders({ platform, outbox: createOutbox(platform, undefined) });
        await store.close();
      }),
    );
  }
  const reminders = async (login: string) =>
    (await server.mailsTo(login)).filter((subject) => /second factor|zweiten Faktor/.test(subject)).length;

  test('reminders go out at the announcement, a week and a day before, each once however many processes send', async () => {
    const [late, has, suspended, freed] = [await person(), await person(), await person(), await person()];
    await activatePhone(has.login);
    await owner.post(`${suspended.at}/suspend`);
    const group = await groupOf(late, has, suspended);
    await set(group.at, server.now() + 20 * day);
    await remindByCalendar(3);
    assert.deepEqual(
      [
        await reminders(late.login),
        await reminders(has.login),
        await reminders(suspended.login),
        await reminders(freed.login),
      ],
      [1, 0, 0, 0],
    );
    await remindByCalendar(2);
    assert.equal(await reminders(late.login), 1);
    await pass(12 * day + 23 * 60 * minute);
    await remindByCalendar();
    assert.equal(await reminders(late.login), 1, 'a week before, and not earlier');
    await pass(60 * minute);
    await remindByCalendar(3);
    await remindByCalendar();
    assert.equal(await reminders(late.login), 2);
    await pass(6 * day);
    await remindByCalendar(3);
    await remindByCalendar();
    assert.equal(await reminders(late.login), 3);
    await pass(2 * day);
    await remindByCalendar();
    assert.equal(await reminders(late.login), 3, 'none once it holds');
    // Moved about within a day, the date is announced once; the day after, the new one is.
    await set(group.at, server.now() + 30 * day);
    await remindByCalendar();
    await set(group.at, server.now() + 31 * day);
    await remindByCalendar();
    await set(group.at, server.now() + 32 * day);
    await remindByCalendar();
    assert.equal(await reminders(late.login), 4);
    await pass(day);
    await remindByCalendar();
    assert.equal(await reminders(late.login), 5);
    await set(group.at, null);
  });

  test('an administrator reminds one person, or all of a group, and nobody gets two within a day', async () => {
    const [one, two, has] = [await person(), await person(), await person()];
    await activatePhone(has.login);
    const group = await groupOf(one, two, has);
    assert.equal((await owner.post(`${one.at}/remind`)).status, 204);
    const again = await owner.post(`${one.at}/remind`);
    refused(again, 429, 'too_many_requests');
    refused(await owner.post(`${has.at}/remind`), 409, 'reminder_not_needed');
    refused(await owner.post(`${one.at.replace(one.id, 'nobody')}/remind`), 404, 'not_found');
    const all = { group_id: group.id };
    assert.equal((await owner.post('/api/v1/admin/enrollment/reminders', all)).status, 204);
    assert.equal((await owner.post('/api/v1/admin/enrollment/reminders', all)).status, 204);
    const asked = `/api/v1/admin/events?type=enrollment.reminders_asked&limit=5`;
    const of = (await owner.get(asked)).body.items.filter(
      ({ details }: { details: { group?: string } }) => details.group === group.id,
    );
    assert.equal(of.length, 1, 'what goes on already is not asked for twice');
    assert.equal((await owner.get(`/api/v1/admin/enrollment?group_id=${group.id}`)).body.reminding, true);
    await remindByCalendar(3);
    assert.deepEqual(
      [await reminders(one.login), await reminders(two.login), await reminders(has.login)],
      [1, 1, 0],
    );
    assert.equal((await owner.get(`/api/v1/admin/enrollment?group_id=${group.id}`)).body.reminding, false);
    await owner.post('/api/v1/admin/enrollment/reminders', all);
    await remindByCalendar();
    assert.deepEqual([await reminders(one.login), await reminders(two.login)], [1, 1]);
    // Two at once are one.
    await pass(day);
    const both = await Promise.all([owner.post(`${one.at}/remind`), owner.post(`${one.at}/remind`)]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [204, 429]);
    assert.equal(await reminders(one.login), 2);
    const { enrollment } = (await owner.get(one.at)).body;
    assert.deepEqual([enrollment.has_factor, enrollment.required], [false, false]);
    assert.ok(Math.abs(Date.parse(enrollment.reminded_at) - server.now()) < minute);
  });
});
