import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attention, AttentionKind, DayOfSignIns, Role } from '@countersign/protocol/wire';
import { countEvents } from '../../apps/server/src/events/counts.ts';
import { findUnsealed } from '../../apps/server/src/events/store.ts';
import type { Statement, Value } from '../../apps/server/src/platform/store/store.ts';
import { notePeopleCounts } from '../../apps/server/src/users/counts.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addHost } from '../support/host.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, pendingRequest, refused, signIn } from '../support/people.ts';

const base = '/api/v1/admin';
const day = 24 * 60 * 60_000;

/** Home of the Admin Portal: what needs attention, each with the list that shows exactly these, and the charts. */
forEachEngine((engine) => {
  let server: InProcess;
  const browsers = {} as Record<Exclude<Role, 'user'>, Browser>;
  before(async () => {
    // Nobody listens there: what is posted fails.
    server = await startInProcess(engine, { SMTP_URL: 'smtp://127.0.0.1:9' });
    for (const role of ['owner', 'admin', 'help_desk', 'read_only'] as const) {
      await server.addPerson(role, { role });
      const { browser, phone } = await enrol(server, role);
      await signIn(browser, phone, role, 'admin_login');
      browsers[role] = browser;
    }
  });
  after(() => server[Symbol.asyncDispose]());

  /** Changes the store as time, or the world outside, would. */
  const change = (text: string, values: Record<string, Value> = {}) =>
    server.store.query({ text, names: Object.keys(values) } as unknown as Statement, values);
  const itemsOf = async (path: string, browser = browsers.owner) => {
    const answer = await browser.get(`${base}${path}`);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body.items;
  };
  const told = async (browser = browsers.owner) =>
    Object.fromEntries(
      (await itemsOf('/home/attention', browser)).map(({ kind, count, more }: Attention) => [
        kind,
        more ? `${count}+` : count,
      ]),
    ) as Partial<Record<AttentionKind, number | string | null>>;
  const logins = (items: { login?: string; user?: { login: string } }[]) =>
    items.map((item) => item.login ?? item.user!.login).sort();
  /** All that happened has its seal, and is counted. */
  async function today(): Promise<DayOfSignIns> {
    while (await findUnsealed.get(server.store)) await sleep(50);
    await countEvents(server.server.platform);
    await notePeopleCounts(server.server.platform);
    const { status, body } = await browsers.owner.get(`${base}/home/statistics`);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.days.length, 30);
    assert.equal(body.counting, false);
    return body.days.at(-1);
  }

  test('where nothing is the matter nothing is told, and there are thirty days', async () => {
    await change(`DELETE FROM mails`);
    // The phones of the tests take no notifications.
    await change(`UPDATE authenticators SET push = 'ok'`);
    assert.deepEqual(await told(), {});
    const { succeeded, people, people_without_factor } = await today();
    assert.deepEqual([succeeded, people, people_without_factor], [8, 4, 0]);
    const { body } = await browsers.owner.get(`${base}/home/statistics`);
    const [first, second] = body.days as DayOfSignIns[];
    assert.equal(Date.parse(second!.day) - Date.parse(first!.day), day);
    assert.deepEqual(
      [first!.succeeded, first!.people],
      [0, null],
      'of a day when nobody looked nothing is known',
    );
  });

  test('each end of a sign-in is counted once, by what it was, with the factor', async () => {
    const { id } = await server.addPerson('counted');
    const before = await today();
    const { browser, phone } = await enrol(server, 'counted');
    await signIn(browser, phone, 'counted');
    const wrong = { purpose: 'portal_login', login: 'counted', password: 'not this one' };
    refused(await new Browser(server.url).post('/api/v1/authentications', wrong), 401, 'invalid_credentials');
    const denied = await pendingRequest(browser, phone, 'counted');
    assert.equal((await phone.answer(denied.request, 'deny')).status, 200);
    // A push that tries the phone is no sign-in.
    const [authenticator] = (await browser.get('/api/v1/me/authenticators')).body.items;
    assert.equal((await browser.post(`/api/v1/me/authenticators/${authenticator.id}/test`)).status, 202);
    await phone.answer(await phone.request('test'), 'approve');
    const after = await today();
    assert.equal(after.succeeded - before.succeeded, 2, 'the enrolment, and the sign-in');
    assert.equal(after.failed - before.failed, 2);
    assert.equal(after.factors.push - before.factors.push, 1);
    assert.deepEqual([before.people, before.people_without_factor], [5, 1]);
    assert.deepEqual([after.people, after.people_without_factor], [5, 0]);
    assert.deepEqual(await today(), after, 'nothing is counted again');
    await change(`UPDATE users SET state = 'suspended' WHERE id = :id`, { id });
  });

  test('people without a factor, unless nobody must have one', async () => {
    await server.addPerson('bare');
    const both = async () => {
      const { people_without_factor, mfa_not_required } = await told();
      return [people_without_factor, mfa_not_required];
    };
    assert.deepEqual(await both(), [1, undefined]);
    const bare = '/users?without_factor=true';
    assert.deepEqual(logins(await itemsOf(bare)), ['bare']);
    assert.deepEqual(logins(await itemsOf(`${bare}&role=user&state=active&q=ba`)), ['bare']);
    for (const none of ['&role=owner', '&state=suspended', '&q=owner', '&factor_locked=true'])
      assert.deepEqual(await itemsOf(`${bare}${none}`), [], none);
    await server.patchSettings({ mfa: { required: false } });
    assert.deepEqual(await both(), [undefined, null]);
    await server.patchSettings({ mfa: { required: null } });
    await change(`UPDATE users SET state = 'suspended' WHERE login = 'bare'`);
    assert.deepEqual(await both(), [undefined, undefined]);
  });

  test('a report stays until somebody has looked into it, whoever says so first; it is an event', async () => {
    const victim = await server.addPerson('victim');
    const { browser, phone } = await enrol(server, 'victim');
    const stranger = new Browser(server.url);
    const { request, id } = await pendingRequest(stranger, phone, 'victim');
    assert.equal((await phone.answer(request, 'report')).status, 200);
    const { fraud_reports } = await told(browsers.read_only);
    assert.equal(fraud_reports, 1);
    const reviewedNot = '/fraud-reports?reviewed=false';
    const [report] = await itemsOf(reviewedNot, browsers.read_only);
    assert.deepEqual(
      [report.what, report.user.login, report.authentication_id, report.reviewed_at],
      ['sign_in', 'victim', id, null],
    );
    assert.equal((await itemsOf('/fraud-reports?q=nobody')).length, 0);
    // A search looks through names and addresses: a program does where it may read people.
    for (const [scopes, status] of [
      [['events:read'], 403],
      [['events:read', 'users:read'], 200],
    ] as const) {
      const { token } = (await browsers.owner.post(`${base}/tokens`, { name: 'Reports', scopes })).body;
      const program = new Browser(server.url);
      program.headers = { authorization: `Bearer ${token}`, origin: '' };
      assert.equal((await program.get(`${base}/fraud-reports`)).status, 200);
      const searched = await program.get(`${base}/fraud-reports?q=victim`);
      assert.equal(searched.status, status, JSON.stringify(searched.body));
      if (status === 403) refused(searched, 403, 'insufficient_scope');
    }

    const review = `${base}/fraud-reports/${report.id}/review`;
    refused(await browsers.read_only.post(review), 403, 'forbidden');
    refused(await browsers.owner.post(`${base}/fraud-reports/nothing/review`), 404, 'not_found');
    const both = await Promise.all([browsers.help_desk.post(review), browsers.admin.post(review)]);
    const [one, other] = both.map(({ status, body }) => [status, body.reviewed_by]);
    assert.deepEqual(one, other);
    const events = await itemsOf('/events?type=fraud_report.reviewed');
    assert.deepEqual(
      events.map((event: { actor: { login: string }; user: object; details: object }) => [
        event.actor.login,
        event.user,
        event.details,
      ]),
      [
        [
          one![1],
          { id: victim.id, login: 'victim' },
          { fraud_report: report.id, what: 'sign_in', authentication: id },
        ],
      ],
    );
    assert.deepEqual(await itemsOf(reviewedNot), []);
    assert.equal((await itemsOf('/fraud-reports?reviewed=true'))[0].id, report.id);
    // What was theirs is paused for half an hour: that is told by itself.
    const { fraud_reports: left, factors_locked } = await told();
    assert.deepEqual([left, factors_locked], [undefined, 1]);
    assert.deepEqual(logins(await itemsOf('/users?factor_locked=true')), ['victim']);
    assert.equal((await today()).reported, 1);

    // From the activity, too.
    await signIn(browser, phone, 'victim');
    const [activity] = (await browser.get('/api/v1/me/activity')).body.items;
    assert.equal((await browser.post(`/api/v1/me/activity/${activity.id}/report`)).status, 204);
    assert.equal((await itemsOf(reviewedNot))[0].what, 'activity');
    await change(`DELETE FROM fraud_reports`);
    await change(`UPDATE users SET push_locked_until = 0`);
  });

  test('a factor that is locked after wrong codes, until it is unlocked', async () => {
    const { id } = await server.addPerson('forgetful');
    await enrol(server, 'forgetful');
    await change(
      `INSERT INTO attempts (key, failures, blocked_until, forget_at) VALUES (:key, 5, :until, :until)`,
      { key: `totp:${id}`, until: server.now() + day },
    );
    // A stranger who guesses at a password shuts nobody out who signs in where they always do.
    await change(
      `INSERT INTO attempts (key, failures, blocked_until, forget_at) VALUES ('password:x:unfamiliar', 9, :until, :until)`,
      { until: server.now() + day },
    );
    assert.equal((await told()).factors_locked, 1);
    const [person] = await itemsOf('/users?factor_locked=true');
    assert.deepEqual([person.login, person.locked], ['forgetful', true], 'it is marked as locked');
    assert.deepEqual(logins(await itemsOf('/users?factor_locked=true&q=forg&state=active')), ['forgetful']);
    assert.deepEqual(await itemsOf('/users?factor_locked=true&role=owner'), []);
    assert.equal((await browsers.help_desk.post(`${base}/users/${id}/unlock`)).status, 200);
    assert.equal((await told()).factors_locked, undefined);
    assert.deepEqual(await itemsOf('/users?factor_locked=true'), []);
  });

  test('phones that no push reaches, until they tell where they are reached', async () => {
    const path = '/authenticators/unreachable';
    await change(`UPDATE authenticators SET push = 'ok'`);
    assert.equal((await told()).phones_unreachable, undefined);
    await change(`UPDATE authenticators SET push = 'unreachable'
      WHERE user_id IN (SELECT id FROM users WHERE login IN ('counted', 'victim'))`);
    assert.equal((await told()).phones_unreachable, 2);
    const [phone, next] = await itemsOf(path);
    assert.deepEqual(
      [phone.user.login, phone.device, phone.push, next.user.login],
      ['victim', 'Phone of victim', 'unreachable', 'counted'],
    );
    assert.deepEqual(logins(await itemsOf(`${path}?q=coun`)), ['counted']);
    const { next_cursor } = (await browsers.owner.get(`${base}${path}?limit=1`)).body;
    assert.deepEqual(logins(await itemsOf(`${path}?limit=1&cursor=${next_cursor}`)), ['counted']);
    await change(`UPDATE authenticators SET state = 'revoked' WHERE push = 'unreachable'`);
    assert.equal((await told()).phones_unreachable, undefined);
    assert.deepEqual(await itemsOf(path), []);
  });

  test('mail that is not taken is for owners to know; what was taken at last, and what is old, is not told', async () => {
    // From now on nothing is sent, and so far all was taken.
    await change(`UPDATE mails SET last_error = NULL, next_attempt_at = :later`, {
      later: server.now() + 99 * day,
    });
    assert.equal((await told()).mails_failing, undefined);
    const mails = (await itemsOf('/outbox')) as { id: string }[];
    assert.ok(mails.length > 2);
    for (const [at, age] of [6, 8].entries())
      await change(`UPDATE mails SET last_error = 'no such mailbox', created_at = :at WHERE id = :id`, {
        id: mails[at]!.id,
        at: server.now() - age * day,
      });
    assert.equal((await told()).mails_failing, 1);
    assert.equal((await told(browsers.admin)).mails_failing, undefined);
    const failing = (await itemsOf('/outbox?failing=true')) as { id: string }[];
    assert.deepEqual(
      failing.map(({ id }) => id),
      [mails[0]!.id],
    );
    assert.deepEqual(await itemsOf('/outbox?failing=true&q=nobody'), []);
    await change(`UPDATE mails SET state = 'sent', last_error = NULL`);
    assert.equal((await told()).mails_failing, undefined);
  });

  test('hosts that have not been heard of for half an hour, webhooks that fail, tokens that end, rules that are off', async () => {
    const { host } = await addHost(server, browsers.owner);
    assert.deepEqual(await itemsOf('/hosts?silent=true'), []);
    await change(`UPDATE hosts SET last_seen_at = :at`, { at: server.now() - 31 * 60_000 });
    assert.equal((await told()).hosts_silent, 1);
    assert.deepEqual(
      (await itemsOf('/hosts?silent=true')).map(({ id }: { id: string }) => id),
      [host.id],
    );
    await browsers.owner.post(`${base}/hosts/${host.id}/revoke`);
    assert.equal((await told()).hosts_silent, undefined, 'one that is out is not missed');

    const { body: webhook } = await browsers.owner.post(`${base}/webhooks`, {
      url: 'https://hook.example.com',
      types: ['setup.completed'],
    });
    assert.deepEqual(await itemsOf('/webhooks?failing=true'), []);
    for (const failing of [`failing_since = 5`, `state = 'disabled'`]) {
      await change(`UPDATE webhooks SET ${failing}`);
      assert.equal((await told()).webhooks_failing, 1);
      assert.equal((await itemsOf('/webhooks?failing=true'))[0].id, webhook.id);
      assert.equal((await told(browsers.help_desk)).webhooks_failing, undefined);
    }
    await browsers.owner.delete(`${base}/webhooks/${webhook.id}`);

    const token = (name: string, days: number | undefined) =>
      browsers.owner.post(`${base}/tokens`, {
        name,
        scopes: ['users:read'],
        ...(days && { expires_at: new Date(server.now() + days * day).toISOString() }),
      });
    for (const [name, days] of [
      ['Ends', 13],
      ['Lasts', 15],
      ['Stays', undefined],
    ] as const)
      assert.equal((await token(name, days)).status, 201);
    assert.equal((await told()).tokens_expiring, 1);
    const names = async () =>
      (await itemsOf('/tokens?expiring=true')).map(({ name }: { name: string }) => name);
    assert.deepEqual(await names(), ['Ends']);
    server.advance(13.5 * day);
    for (const [role, browser] of Object.entries(browsers))
      assert.equal((await browser.get(`${base}/home/attention`)).status, 401, role);
    server.advance(-13.5 * day);

    const { etag } = (await browsers.owner.get(`${base}/policies`)).body;
    const rule = {
      id: 'r',
      name: 'Rule',
      enabled: false,
      who: null,
      what: ['portal'],
      networks: null,
      familiar: null,
      when: null,
      effect: { deny: true },
    };
    const put = await browsers.owner.call(
      'PUT',
      `${base}/policies`,
      { rules: [rule, { ...rule, id: 's', enabled: true, effect: { confirmation: 'number' } }] },
      { 'if-match': etag },
    );
    assert.equal(put.status, 200, JSON.stringify(put.body));
    assert.equal((await told()).rules_switched_off, 1);
  });

  test('of many it is told that there are more', async () => {
    await change(
      `INSERT INTO fraud_reports (id, user_id, what, reported_at)
        WITH RECURSIVE counting (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < 101)
        SELECT 'r' || n, (SELECT id FROM users WHERE login = 'owner'), 'sign_in', n FROM counting`,
    );
    assert.equal((await told()).fraud_reports, '100+');
    await change(`DELETE FROM fraud_reports WHERE id = 'r1'`);
    assert.equal((await told()).fraud_reports, 100);
  });

  test('without a mail server that is said, to owners', async () => {
    await using other = await startInProcess(engine);
    await other.addPerson('solo', { role: 'owner' });
    const { browser, phone } = await enrol(other, 'solo');
    await signIn(browser, phone, 'solo', 'admin_login');
    const { items } = (await browser.get(`${base}/home/attention`)).body;
    assert.ok(items.some(({ kind, count }: Attention) => kind === 'mail_not_set_up' && count === null));
    // None of these belongs to a program.
    refused(await new Browser(other.url).get(`${base}/home/attention`), 401, 'no_session');
  });
});
