import type { PolicyEffectReport, PolicyRule } from '@countersign/protocol/wire';
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Basis } from '../../apps/server/src/authentication/basis.ts';
import { decideAgain } from '../../apps/server/src/admin/policies/effect.ts';
import { createEvents } from '../../apps/server/src/events/events.ts';
import { groupIdsOf } from '../../apps/server/src/policies/current.ts';
import { compile } from '../../apps/server/src/policy/rules.ts';
import { readSettings } from '../../apps/server/src/settings/settings.ts';
import { findUser } from '../../apps/server/src/users/store.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addHost } from '../support/host.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { begin, enrol, password, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { SoftwareVerificationKey } from '../support/verification-key.ts';

const at = '/api/v1/admin/policies';
const minute = 60_000; // ms
const day = 24 * 60 * minute;
const [office, elsewhere] = ['192.0.2.10', '203.0.113.5'];

/** What rules that nobody has kept would have changed of the sign-ins of the last week. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let ownerPhone: Phone;
  before(async () => {
    server = await startInProcess(engine, { TRUSTED_PROXIES: '127.0.0.1' });
    await server.addPerson('boss', { role: 'owner' });
    ({ browser: owner, phone: ownerPhone } = await enrol(server, 'boss'));
    await signIn(owner, ownerPhone, 'boss', 'admin_login');
  });
  after(() => server[Symbol.asyncDispose]());

  let made = 0;
  const rule = (more: Partial<PolicyRule> & Pick<PolicyRule, 'effect'>): PolicyRule => ({
    id: `rule-${(made += 1)}`,
    name: 'A rule',
    enabled: true,
    who: null,
    what: ['portal'],
    networks: null,
    familiar: null,
    when: null,
    ...more,
  });
  const from = (browser: Browser, ip: string) => {
    browser.headers['x-forwarded-for'] = ip;
    return browser;
  };
  const stranger = (ip: string) => from(new Browser(server.url), ip);
  const sqlOf = (text: string, parameters: Record<string, string | number> = {}) =>
    server.store.query({ text, names: Object.keys(parameters) } as never, parameters);
  async function put(...rules: PolicyRule[]) {
    const { etag } = (await owner.get(at)).body;
    const { status, body } = await owner.call('PUT', at, { rules }, { 'if-match': etag });
    assert.equal(status, 200, JSON.stringify(body));
  }
  async function effect(...rules: PolicyRule[]): Promise<PolicyEffectReport> {
    const { status, body } = await owner.post(`${at}/effect`, { rules });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }
  const countsOf = ({ changes }: PolicyEffectReport) =>
    Object.fromEntries(changes.map(({ kind, count }) => [kind, count]));
  /** Nothing of before is within the week; the owner is still there. */
  async function afresh() {
    await put();
    server.advance(8 * day);
    ownerPhone.now = server.now;
    owner = new Browser(server.url);
    await signIn(owner, ownerPhone, 'boss', 'admin_login');
    // That sign-in itself is no case.
    await sqlOf('DELETE FROM events WHERE at > :at', { at: server.now() - minute });
  }
  async function person() {
    const login = `effected-${(made += 1)}`;
    const { id } = await server.addPerson(login);
    return { id, login, ...(await enrol(server, login)) };
  }
  const only = ({ id }: { id: string }) => ({ users: [id], groups: [] });

  async function resetToken(login: string): Promise<string> {
    server.advance(1);
    const email = `${login}@example.com`;
    assert.equal((await stranger(office).post('/api/v1/password-resets', { email })).status, 202);
    const [mail] = await sqlOf(
      "SELECT id, body FROM mails WHERE recipient = :email AND subject LIKE 'Reset%' ORDER BY created_at DESC",
      { email },
    );
    const place = `mails.${String(mail!.id)}.body` as const;
    return /#token=([\w-]{43})/.exec(server.server.platform.sealing.open(String(mail!.body), place))![1]!;
  }

  test('what was kept of each beginning comes to the same decision again, by the same rule', async () => {
    const one = await person();
    const bare = await server.addPerson(`effected-${(made += 1)}`);
    const { host, group } = await addHost(server, owner);
    host.now = one.phone.now = server.now;
    const added = await owner.post('/api/v1/admin/applications', {
      name: 'Payroll',
      url: 'https://app.example.com/',
    });
    const rules = [
      rule({
        name: 'Not from there',
        networks: { inside: true, ranges: [`${elsewhere}/32`] },
        effect: { deny: true },
      }),
      rule({ name: 'Strangers', familiar: false, effect: { factors: ['push'], confirmation: 'number' } }),
      // A program's address is nowhere.
      rule({
        name: 'Not the program',
        what: ['application:*'],
        networks: { inside: true, ranges: ['127.0.0.0/8', '::1'] },
        effect: { deny: true },
      }),
      rule({ name: 'Applications', what: ['application:*'], effect: { phishing_resistant: true } }),
      rule({
        name: 'Hosts',
        what: [`host_group:${(group as { id: string }).id}`],
        familiar: true,
        effect: {},
      }),
      rule({ name: 'Resets', what: ['password_reset'], effect: { factors: ['push', 'totp'] } }),
    ];
    await put(...rules);
    const since = server.now();
    server.advance(1);
    const key = new SoftwareVerificationKey();
    const purposes = ['portal_login', 'admin_login'] as const;
    for (const ip of [office, elsewhere, '2001:db8::7']) {
      for (const browser of [stranger(ip), from(one.browser, ip)])
        for (const purpose of purposes)
          await browser.post('/api/v1/authentications', { purpose, login: one.login, password });
      await stranger(ip).post('/api/v1/authentications', {
        purpose: 'portal_login',
        login: bare.login,
        password,
      });
      await owner.call(
        'POST',
        '/api/v1/authentications',
        { purpose: 'step_up', resource: 'act:factors' },
        { 'x-forwarded-for': ip },
      );
    }
    // A passkey, with which applications open, and which signs in by itself.
    from(one.browser, office);
    const { challenge } = (await one.browser.post('/api/v1/me/passkeys/options')).body.webauthn;
    const webauthn = key.register({ rpId: 'localhost', origin: server.url, challenge });
    assert.equal((await one.browser.post('/api/v1/me/passkeys', { name: 'Key', webauthn })).status, 201);
    for (const resource of [`application:${added.body.id}`, 'act:factors', 'act:admin'])
      await one.browser.post('/api/v1/authentications', { purpose: 'step_up', resource });
    const strange = stranger(office);
    const options = (await strange.post('/api/v1/authentications/passkey-options')).body.webauthn;
    const passkey = key.assert({ rpId: 'localhost', origin: server.url, challenge: options.challenge });
    assert.equal(
      (await strange.post('/api/v1/authentications', { purpose: 'portal_login', passkey })).status,
      403,
      'a rule wants a push of strangers',
    );
    const known = (await one.browser.post('/api/v1/authentications/passkey-options')).body.webauthn;
    const again_ = key.assert({ rpId: 'localhost', origin: server.url, challenge: known.challenge });
    assert.equal(
      (await one.browser.post('/api/v1/authentications', { purpose: 'portal_login', passkey: again_ }))
        .status,
      201,
    );
    const login = await host.login(one.login, { rhost: office });
    await one.phone.answer(await one.phone.request('device_login'), 'approve', {
      number: login.push!.number!,
    });
    assert.equal((await host.wait(login.id)).body.state, 'allowed');
    await host.begin(one.login, { rhost: office });
    await host.begin(one.login);
    // A program that asks the phone, and a reset by mail.
    const program = (
      await owner.post('/api/v1/admin/applications', {
        kind: 'oidc',
        name: 'Call centre',
        url: 'https://calls.example.com/',
        oidc: { grant_types: ['urn:openid:params:grant-type:ciba'] },
      })
    ).body;
    const asks = await fetch(`${server.url}/oidc/backchannel`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${program.oidc.client_id}:${program.client_secret}`)}` },
      body: new URLSearchParams({ scope: 'openid', login_hint: one.login }),
    });
    assert.equal(asks.status, 403, 'a rule wants a passkey for applications');
    for (const [ip, status] of [
      [office, 201],
      [elsewhere, 201],
    ] as const) {
      const reset = { token: await resetToken(one.login), new_password: 'a passphrase nobody had before' };
      assert.equal((await stranger(ip).post('/api/v1/password-resets/begin', reset)).status, status);
    }
    await sqlOf('UPDATE users SET push_locked_until = :until WHERE id = :id', {
      until: server.now() + minute,
      id: one.id,
    });
    await one.browser.post('/api/v1/authentications', {
      purpose: 'portal_login',
      login: one.login,
      password,
    });

    const compiled = compile(rules);
    const settings = await readSettings(server.store);
    const events = await sqlOf(
      "SELECT * FROM events WHERE at > :since AND type IN ('authentication.begun', 'authentication.refused', 'password_reset.begun')",
      { since },
    );
    const purposesSeen = new Set<string>();
    const rulesSeen = new Set<string>();
    for (const event of events as {
      at: number;
      ip: string | null;
      user_id: string;
      type: string;
      details: string;
    }[]) {
      const details = JSON.parse(event.details) as { basis: Basis; reason: string; rule?: { name: string } };
      assert.ok(details.basis, event.details);
      const { login: name, ...user } = (await findUser.get(server.store, { id: event.user_id }))!;
      const groups = await groupIdsOf(server.store, event.user_id);
      const again = decideAgain(event, details.basis, { ...user, login: name, groups }, compiled, settings);
      assert.deepEqual(again.rule, details.rule ?? null, event.details);
      if (!details.basis.by_passkey) assert.equal(again.reason, details.reason, event.details);
      assert.equal(again.outcome === 'refuse', event.type === 'authentication.refused', event.details);
      purposesSeen.add(details.basis.purpose);
      rulesSeen.add(details.rule?.name ?? 'none');
    }
    assert.deepEqual([...purposesSeen].sort(), [
      'backchannel',
      'device_login',
      'password_reset',
      'portal_login',
      'step_up',
    ]);
    assert.deepEqual(
      [...rulesSeen].sort(),
      ['Applications', 'Hosts', 'Not from there', 'Resets', 'Strangers', 'none'].sort(),
    );
    // The very rules that hold change nothing.
    const report = await effect(...rules);
    assert.deepEqual(report.changes, []);
    assert.ok(report.looked_at >= events.length && report.complete);
  });

  test('each sign-in is counted once, with who, where and when, and the rule that says so before and after', async () => {
    const one = await person();
    const two = await person();
    await afresh();
    for (const who of [one, two]) who.phone.now = server.now;
    await begin(from(one.browser, office), one.login);
    await begin(from(one.browser, office), one.login);
    const third = await begin(from(two.browser, elsewhere), two.login);
    const said = async (...rules: PolicyRule[]) => countsOf(await effect(...rules));
    assert.deepEqual(await said(), {});
    const deny = rule({
      name: 'Elsewhere',
      networks: { inside: true, ranges: [elsewhere] },
      effect: { deny: true },
    });
    const number = rule({ name: 'Number', effect: { confirmation: 'number' } });
    const report = await effect(deny, number);
    assert.deepEqual(countsOf(report), { refused: 1, number: 2 });
    assert.deepEqual(
      [report.looked_at, report.left_out, report.people_gone, report.complete],
      [3, 0, 0, true],
    );
    const [{ examples }] = report.changes as [PolicyEffectReport['changes'][number]];
    const [example] = examples;
    assert.deepEqual(
      [example!.authentication, example!.user.login, example!.target, example!.ip, example!.familiar],
      [third.id, two.login, 'portal', elsewhere, true],
    );
    assert.ok(Math.abs(Date.parse(example!.at) - server.now()) < minute);
    assert.deepEqual([example!.before.outcome, example!.before.rule], ['challenge', null]);
    assert.deepEqual(
      [example!.after.outcome, example!.after.code, example!.after.rule],
      ['refuse', 'policy_denied', { id: deny.id, name: deny.name }],
    );
    assert.deepEqual((await owner.get(at)).body.rules, [], 'nothing is kept');
    assert.deepEqual(await said(rule({ effect: { user_verification: 'required' } })), {});
    assert.deepEqual(await said(rule({ effect: { session_minutes: 30 } })), { lifetime: 3 });
    assert.deepEqual(await said(rule({ effect: { phishing_resistant: true } })), { refused: 3 });
    assert.deepEqual(await said(rule({ who: only(one), effect: { confirmation: 'number' } })), { number: 2 });
    assert.deepEqual(await said(rule({ familiar: false, effect: { deny: true } })), {});
    // The other way round: what holds now is milder after it.
    await put(deny, number);
    const refusedNow = await stranger(elsewhere).post('/api/v1/authentications', {
      purpose: 'portal_login',
      login: two.login,
      password,
    });
    refused(refusedNow, 403, 'policy_denied');
    assert.deepEqual(await said(), { let_in: 2, tap: 2 });
    assert.deepEqual(await said(deny), { tap: 2 });
    // What the rules about enrolling leave.
    const { login } = await server.addPerson(`effected-${(made += 1)}`);
    await put();
    assert.equal((await begin(stranger(office), login)).state, 'enrollment_required');
    const nothing = await effect(rule({ what: ['enrollment'], effect: { deny: true } }));
    assert.deepEqual([countsOf(nothing), nothing.warnings[0]?.kind], [{ stuck: 1 }, 'nothing_to_enroll']);
    await server.patchSettings({ mfa: { required: false } });
    assert.deepEqual(await said(number), { number: 3, enrollment: 1 });
    await server.patchSettings({ mfa: { required: null } });
  });

  test('the groups are those of today; without what it was made on, and without the person, nothing is decided', async () => {
    const one = await person();
    const two = await person();
    await afresh();
    await begin(one.browser, one.login);
    await begin(two.browser, two.login);
    const group = (await owner.post('/api/v1/admin/groups', { name: `Effect ${made}` })).body.id;
    const deny = rule({ who: { users: [], groups: [group] }, effect: { deny: true } });
    assert.deepEqual(countsOf(await effect(deny)), {});
    assert.equal((await owner.call('PUT', `/api/v1/admin/groups/${group}/members/${one.id}`)).status, 204);
    assert.deepEqual(countsOf(await effect(deny)), { refused: 1 });
    await sqlOf('UPDATE events SET details = :details WHERE user_id = :id', {
      details: JSON.stringify({ purpose: 'portal_login', reason: 'as it was' }),
      id: one.id,
    });
    await sqlOf('DELETE FROM users WHERE id = :id', { id: two.id });
    const report = await effect(deny);
    assert.deepEqual([report.changes, report.looked_at, report.left_out, report.people_gone], [[], 0, 1, 1]);
    // A week, and no more.
    await afresh();
    const none = await effect(deny);
    assert.deepEqual([none.looked_at, none.left_out, none.people_gone], [0, 0, 0]);
    assert.ok(Math.abs(Date.parse(none.since) - (server.now() - 7 * day)) < minute);
  });

  test('so many sign-ins as can be looked at in time, while others are served', async () => {
    const one = await person();
    await afresh();
    await begin(one.browser, one.login);
    const [{ details }] = (await sqlOf(
      "SELECT details FROM events WHERE type = 'authentication.begun' ORDER BY at DESC LIMIT 1",
    )) as [{ details: string }];
    const events = createEvents(server.server.platform);
    for (let batch = 0; batch < 11; batch += 1)
      await server.store.transaction(async (transaction) => {
        for (let index = 0; index < 1_000; index += 1)
          await events.record(transaction, {
            type: 'authentication.begun',
            user: { id: one.id, login: one.login },
            asker: { ip: office, client: null },
            details: JSON.parse(details) as Record<string, unknown>,
          });
      });
    // The dearest rules: none matches but the last.
    const rules = Array.from({ length: 200 }, () =>
      rule({ networks: { inside: true, ranges: ['198.51.100.0/24'] }, effect: {} }),
    );
    rules[199] = rule({ effect: { confirmation: 'number' } });
    const [bounds, slowest] = await Promise.all([
      effect(...rules),
      (async () => {
        let most = 0;
        for (let call = 0; call < 20; call += 1) {
          const start = performance.now();
          assert.equal((await new Browser(server.url).get('/health/live')).status, 200);
          most = Math.max(most, performance.now() - start);
        }
        return most;
      })(),
    ]);
    assert.equal(bounds.complete, false);
    assert.ok(bounds.looked_at > 1_000 && bounds.looked_at <= 10_000, String(bounds.looked_at));
    assert.deepEqual(countsOf(bounds), { number: bounds.looked_at });
    assert.ok(Date.parse(bounds.since) > server.now() - minute);
    assert.ok(slowest < 1_000, `another call took ${Math.round(slowest)} ms`);
  });

  test('one at a time for an administrator; whoever may not read events and people has no say', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => owner.post(`${at}/effect`, { rules: [] })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 429, 429]);
    const busy = answers.find(({ status }) => status === 429)!;
    assert.deepEqual([busy.body.code, busy.headers.get('retry-after')], ['too_many_requests', '2']);
    // Nor does one that failed stand in the way of the next.
    const wrong = rule({ who: { users: ['nobody'], groups: [] }, effect: {} });
    refused(await owner.post(`${at}/effect`, { rules: [wrong] }), 400, 'malformed');
    assert.equal((await owner.post(`${at}/effect`, { rules: [] })).status, 200);
    const admin = await server.addPerson(`effected-${(made += 1)}`, { role: 'read_only' });
    const { browser, phone } = await enrol(server, admin.login);
    refused(await browser.post(`${at}/effect`, { rules: [] }), 401, 'no_session');
    await signIn(browser, phone, admin.login, 'admin_login');
    const both = await Promise.all([owner, browser].map((each) => each.post(`${at}/effect`, { rules: [] })));
    assert.deepEqual(
      both.map(({ status }) => status),
      [200, 200],
    );
    for (const [scopes, status] of [
      [['policies:write'], 403],
      [['events:read'], 403],
      [['policies:write', 'events:read'], 403],
      [['policies:write', 'users:read'], 403],
      [['policies:write', 'events:read', 'users:read'], 200],
    ] as const) {
      const { token } = (await owner.post('/api/v1/admin/tokens', { name: 'Effects', scopes })).body;
      const program = new Browser(server.url);
      program.headers = { authorization: `Bearer ${token}`, origin: '' };
      const answer = await program.post(`${at}/effect`, { rules: [] });
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      if (status === 403) assert.equal(answer.body.code, 'insufficient_scope');
    }
  });
});
