import type { PolicyRule, PolicySimulation } from '@countersign/protocol/wire';
import * as client from 'openid-client';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { after, before, test } from 'node:test';
import { Browser, type Answer } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addHost } from '../support/host.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, enrol, password, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { totpCode } from '../support/totp.ts';
import { SoftwareVerificationKey } from '../support/verification-key.ts';

const minute = 60_000; // ms
const run = promisify(execFile);
const at = '/api/v1/admin/policies';
const [office, elsewhere] = ['192.0.2.10', '203.0.113.5'];
const redirect_uri = 'https://app.example.com/callback';

/** Policies: each rule bites in real sign-ins, the simulator says the same, and nobody locks every owner out. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let ownerPhone: Phone;
  let ownerId: string;
  before(async () => {
    // The addresses below are those of a proxy's clients.
    server = await startInProcess(engine, { TRUSTED_PROXIES: '127.0.0.1' });
    ({ id: ownerId } = await server.addPerson('boss', { role: 'owner' }));
    ({ browser: owner, phone: ownerPhone } = await enrol(server, 'boss', { verification: false }));
    await signIn(owner, ownerPhone, 'boss', 'admin_login');
  });
  after(() => server[Symbol.asyncDispose]());

  const from = (browser: Browser, ip: string) => {
    browser.headers['x-forwarded-for'] = ip;
    return browser;
  };
  const stranger = (ip: string) => from(new Browser(server.url), ip);
  interface Person {
    id: string;
    login: string;
    browser: Browser;
    phone: Phone;
  }
  let made = 0;
  async function person(
    role?: 'admin' | 'help_desk' | 'read_only',
    options?: Parameters<typeof enrol>[2],
  ): Promise<Person> {
    const login = `ruled${(made += 1)}`;
    const { id } = await server.addPerson(login, role && { role });
    await put();
    return { id, login, ...(await enrol(server, login, options)) };
  }
  /** Time passes, and the owner is still there. */
  async function pass(by: number): Promise<void> {
    server.advance(by);
    assert.equal((await owner.get('/api/v1/admin/session')).status, 200);
  }

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
  const only = ({ id }: Pick<Person, 'id'>) => ({ users: [id], groups: [] });
  const fromElsewhere = { inside: false, ranges: ['192.0.2.0/24', '2001:db8::/32'] };
  const tryPut = async (rules: PolicyRule[], browser = owner, etag?: string): Promise<Answer> =>
    browser.call('PUT', at, { rules }, { 'if-match': etag ?? (await owner.get(at)).headers.get('etag')! });
  /** These rules hold from now on, and no others. */
  async function put(...rules: PolicyRule[]): Promise<void> {
    const answer = await tryPut(rules);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
  const tryBegin = (browser: Browser, login: string, purpose = 'portal_login') =>
    browser.post('/api/v1/authentications', { purpose, login, password });
  const simulate = async ({ id }: Pick<Person, 'id'>, target: string, more: object = {}) => {
    const { status, body } = await owner.post(`${at}/simulate`, { user_id: id, target, ip: null, ...more });
    assert.equal(status, 200, JSON.stringify(body));
    return body as PolicySimulation;
  };
  const eventsOf = async ({ id }: Pick<Person, 'id'>, type: string) =>
    (await owner.get('/api/v1/admin/events?limit=200')).body.items.filter(
      (event: { type: string; user: { id: string } | null }) => event.type === type && event.user?.id === id,
    );
  const complete = (browser: Browser, id: string) => browser.post(`/api/v1/authentications/${id}/complete`);
  async function approve(browser: Browser, phone: Phone, id: string, purpose: string) {
    phone.now = server.now;
    const { push } = await askPush(browser, id);
    const request = await phone.request(purpose as 'portal_login');
    const answered = await phone.answer(request, 'approve', { number: push.number ?? undefined });
    assert.equal(answered.status, 200, JSON.stringify(answered.body));
    return push;
  }
  async function addPasskey(browser: Browser): Promise<SoftwareVerificationKey> {
    const key = new SoftwareVerificationKey();
    const { challenge } = (await browser.post('/api/v1/me/passkeys/options')).body.webauthn;
    const webauthn = key.register({ rpId: 'localhost', origin: server.url, challenge });
    const added = await browser.post('/api/v1/me/passkeys', { name: 'Laptop', webauthn });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    return key;
  }
  async function assertPasskey(browser: Browser, id: string, key: SoftwareVerificationKey) {
    const { body } = await browser.post(`/api/v1/authentications/${id}/passkey/options`);
    const webauthn = key.assert({
      rpId: 'localhost',
      origin: server.url,
      challenge: body.webauthn.challenge,
    });
    return browser.post(`/api/v1/authentications/${id}/passkey`, { webauthn });
  }
  async function application(more: object = {}) {
    const url = 'https://app.example.com/';
    const added = await owner.post('/api/v1/admin/applications', { name: 'Payroll', url, ...more });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    return added.body;
  }
  const open = ({ browser }: Person, id: string) => browser.post(`/api/v1/me/applications/${id}/open`);
  async function stepUp({ browser, phone }: Person, body: object, purpose: 'sso' | 'step_up') {
    const begun = await browser.post('/api/v1/authentications', { purpose, ...body });
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const push = await approve(browser, phone, begun.body.id, purpose);
    assert.equal((await complete(browser, begun.body.id)).status, 200);
    return push;
  }

  test('denied from a network: after the right password only, with the rule in the event; elsewhere as ever', async () => {
    const one = await person();
    const other = await person();
    const deny = rule({
      name: 'From the office only',
      who: only(one),
      networks: fromElsewhere,
      effect: { deny: true },
    });
    await put(deny);
    refused(await tryBegin(stranger(elsewhere), one.login), 403, 'policy_denied');
    const wrong = { purpose: 'portal_login', login: one.login, password: 'wrong' };
    refused(await stranger(elsewhere).post('/api/v1/authentications', wrong), 401, 'invalid_credentials');
    const [event] = await eventsOf(one, 'authentication.refused');
    assert.deepEqual(event.details, {
      purpose: 'portal_login',
      reason: 'the rule “From the office only” denies it',
      rule: { id: deny.id, name: deny.name },
      basis: {
        purpose: 'portal_login',
        target: 'portal',
        familiar: false,
        had_factor: true,
        phones: [true],
        others: [],
      },
    });
    assert.equal(event.ip, elsewhere);
    await signIn(from(one.browser, office), one.phone, one.login);
    await signIn(stranger('2001:db8:7::1'), one.phone, one.login);
    await signIn(from(other.browser, elsewhere), other.phone, other.login);
    // A header of one's own, in front of what the proxy knows, is no address.
    refused(await tryBegin(stranger(`${office}, ${elsewhere}`), one.login), 403, 'policy_denied');
    await put({ ...deny, enabled: false });
    assert.equal((await tryBegin(stranger(elsewhere), one.login)).status, 201);
  });

  test('what was begun under other rules, or elsewhere, is not completed', async () => {
    const one = await person();
    const deny = rule({ who: only(one), networks: fromElsewhere, effect: { deny: true } });
    await put(deny);
    const browser = stranger(office);
    const moved = await begin(browser, one.login);
    await approve(browser, one.phone, moved.id, 'portal_login');
    refused(await complete(from(browser, elsewhere), moved.id), 403, 'policy_denied');
    assert.equal((await browser.get('/api/v1/session')).status, 401);
    assert.equal((await eventsOf(one, 'authentication.refused')).length, 1);
    assert.equal((await complete(from(browser, office), moved.id)).status, 200);

    await put();
    const early = stranger(elsewhere);
    const { id } = await begin(early, one.login);
    await approve(early, one.phone, id, 'portal_login');
    await put(rule({ who: only(one), effect: { phishing_resistant: true } }));
    refused(await complete(early, id), 409, 'authentication_over');
    await put(deny);
    refused(await complete(early, id), 403, 'policy_denied');
    // What waits for its factor still is offered nothing.
    await put();
    const waiting = await begin(early, one.login);
    await put(deny);
    refused(await early.post(`/api/v1/authentications/${waiting.id}/push`), 409, 'factor_not_offered');
  });

  test('a number always: also in a browser that is familiar; where that is what a rule looks at, only in others', async () => {
    const one = await person();
    const { browser, phone, login } = one;
    const push = async () => {
      const { id } = await begin(browser, login);
      const { number } = await approve(browser, phone, id, 'portal_login');
      assert.equal((await complete(browser, id)).status, 200);
      return number as string | null;
    };
    assert.equal(await push(), null);
    const number = rule({ who: only(one), effect: { confirmation: 'number' } });
    await put(number);
    assert.match((await push())!, /^\d{2}$/);
    assert.equal((await simulate(one, 'portal', { familiar: true })).confirmation, 'number');
    await put({ ...number, familiar: true });
    assert.match((await push())!, /^\d{2}$/);
    await put({ ...number, familiar: false, effect: { deny: true } });
    assert.equal(await push(), null);
    refused(await tryBegin(stranger(office), login), 403, 'policy_denied');
    const [{ details }] = await eventsOf(one, 'authentication.refused');
    assert.equal(details.rule.id, number.id);
  });

  test('the NIST profile is one switch: six digits, in a familiar browser too', async () => {
    const { browser, phone, login } = await person();
    await server.patchSettings({ push: { nist_profile: true, confirmation: 'tap' } });
    try {
      const { id } = await begin(browser, login);
      assert.match((await approve(browser, phone, id, 'portal_login')).number, /^\d{6}$/);
    } finally {
      await server.patchSettings({ push: { nist_profile: null, confirmation: null } });
    }
  });

  test('a passkey only: nothing else is offered, nor taken, and who has none is refused', async () => {
    const one = await person();
    const bare = await person();
    const key = await addPasskey(one.browser);
    const passkey = rule({
      who: { users: [one.id, bare.id], groups: [] },
      effect: { phishing_resistant: true },
    });
    await put(passkey);
    const browser = stranger(office);
    const { id, factors } = await begin(browser, one.login);
    assert.deepEqual(factors, [{ kind: 'passkey' }]);
    refused(await browser.post(`/api/v1/authentications/${id}/push`), 409, 'factor_not_offered');
    assert.equal((await assertPasskey(browser, id, key)).status, 200);
    assert.equal((await complete(browser, id)).status, 200);
    refused(await tryBegin(stranger(office), bare.login), 403, 'no_allowed_factor');
    // By itself it is a whole sign-in, where the rules let it be one.
    const alone = async () => {
      const { webauthn } = (await browser.post('/api/v1/authentications/passkey-options')).body;
      const signed = key.assert({
        rpId: 'localhost',
        origin: server.url,
        challenge: webauthn.challenge,
      });
      return browser.post('/api/v1/authentications', { purpose: 'portal_login', passkey: signed });
    };
    assert.equal((await alone()).status, 201);
    await put({ ...passkey, effect: { factors: ['push', 'totp'] } });
    refused(await alone(), 403, 'no_allowed_factor');
    await put({ ...passkey, effect: { deny: true } });
    refused(await alone(), 403, 'policy_denied');
    assert.equal((await eventsOf(one, 'authentication.refused')).length, 2);
  });

  test('a phone that cannot verify its user is not asked where a rule wants that', async () => {
    const one = await person(undefined, { verification: false });
    const able = await person();
    await put(rule({ effect: { user_verification: 'required' }, what: ['portal', 'application:*'] }));
    assert.equal((await begin(stranger(office), able.login)).state, 'challenge');
    refused(await tryBegin(stranger(office), one.login), 403, 'no_allowed_factor');
    const { reason } = (await eventsOf(one, 'authentication.refused'))[0].details;
    assert.match(reason, /no verification key \(rule “A rule”\)/);
  });

  test('of members of a group, to the Admin Portal, at some hours: and nobody and nothing else', async () => {
    const one = await person('admin');
    const group = (await owner.post('/api/v1/admin/groups', { name: `Ruled ${(made += 1)}` })).body.id;
    const hour = new Date(server.now()).getUTCHours();
    const clock = (hours: number) => `${String((hours + 24) % 24).padStart(2, '0')}:00`;
    const now = { from: clock(hour - 1), until: clock(hour + 2), time_zone: 'UTC' };
    const deny = rule({
      who: { users: [], groups: [group] },
      what: ['admin'],
      when: { weekdays: [1, 2, 3, 4, 5, 6, 7], ...now },
      effect: { deny: true },
    });
    await put(deny);
    assert.equal((await tryBegin(one.browser, one.login, 'admin_login')).status, 201);
    assert.equal((await owner.call('PUT', `/api/v1/admin/groups/${group}/members/${one.id}`)).status, 204);
    refused(await tryBegin(one.browser, one.login, 'admin_login'), 403, 'policy_denied');
    assert.equal((await tryBegin(one.browser, one.login)).status, 201);
    await put({ ...deny, when: { ...deny.when!, from: now.until, until: now.from } });
    assert.equal((await tryBegin(one.browser, one.login, 'admin_login')).status, 201);
  });

  test('a session of a portal ends when the rule says so', async () => {
    const one = await person();
    await put(rule({ who: only(one), effect: { session_minutes: 20 } }));
    await signIn(one.browser, one.phone, one.login);
    await pass(19 * minute);
    assert.equal((await one.browser.get('/api/v1/session')).status, 200);
    await pass(2 * minute);
    refused(await one.browser.get('/api/v1/session'), 401, 'no_session');
  });

  test('an application: its rule wants another proof than the sign-in, from there, and lets it hold as long as it says', async () => {
    const one = await person();
    one.phone.now = server.now;
    await signIn(one.browser, one.phone, one.login);
    const { id } = await application();
    const other = await application();
    const number = rule({
      who: only(one),
      what: [`application:${id}`],
      effect: { confirmation: 'number', fresh_minutes: 15 },
    });
    await put(number);
    const wanted = await open(one, id);
    refused(wanted, 403, 'step_up_required');
    assert.equal((await open(one, other.id)).status, 200);
    const { number: typed } = await stepUp(one, { resource: wanted.body.resource }, 'step_up');
    assert.match(typed, /^\d{2}$/);
    assert.equal((await open(one, id)).status, 200);
    await pass(14 * minute);
    assert.equal((await open(one, id)).status, 200, 'longer than a step-up holds by itself');
    await pass(2 * minute);
    refused(await open(one, id), 403, 'step_up_required');
    // For all of them, and denied from elsewhere in the middle of a session.
    await put(rule({ ...number, what: ['application:*'], networks: fromElsewhere, effect: { deny: true } }));
    from(one.browser, office);
    assert.equal((await open(one, id)).status, 200);
    from(one.browser, elsewhere);
    for (const each of [id, other.id]) refused(await open(one, each), 403, 'policy_denied');
    const resource = `application:${id}`;
    refused(
      await one.browser.post('/api/v1/authentications', { purpose: 'step_up', resource }),
      403,
      'policy_denied',
    );
    const [{ details }] = await eventsOf(one, 'authentication.refused');
    assert.equal(details.rule.id, number.id);
  });

  test('OpenID Connect: as the rule of the application says, at once and on the way back from the portal', async () => {
    const one = await person();
    one.phone.now = server.now;
    await signIn(from(one.browser, office), one.phone, one.login);
    const added = await application({ kind: 'oidc', oidc: { redirect_uris: [redirect_uri] } });
    const configuration = await client.discovery(
      new URL(server.url),
      added.oidc.client_id,
      undefined,
      client.ClientSecretBasic(added.client_secret),
      { execute: [client.allowInsecureRequests] },
    );
    const ask = async (more: Record<string, string> = {}): Promise<URL> => {
      const verifier = client.randomPKCECodeVerifier();
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri,
        scope: 'openid',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...more,
      });
      return follow(url);
    };
    const follow = async (url: URL): Promise<URL> => {
      const { status, headers, body } = await one.browser.get(url.href.slice(server.url.length));
      assert.ok(status >= 300 && status < 400, `${status} ${JSON.stringify(body)}`);
      const next = new URL(headers.get('location')!, server.url);
      return next.origin !== server.url || next.pathname === '/sso' ? next : follow(next);
    };
    const none = { prompt: 'none' };
    assert.ok((await ask(none)).searchParams.has('code'));
    const what = [`application:${added.id}`];
    await put(rule({ who: only(one), what, networks: fromElsewhere, effect: { deny: true } }));
    assert.ok((await ask(none)).searchParams.has('code'));
    const parked = (await ask({ prompt: 'login' })).searchParams.get('interaction')!;
    from(one.browser, elsewhere);
    assert.equal((await ask(none)).searchParams.get('error'), 'access_denied');
    assert.equal((await one.browser.get(`/api/v1/sso/${parked}`)).body.state, 'forbidden');
    refused(await one.browser.post(`/api/v1/sso/${parked}/continue`), 403, 'policy_denied');

    await put(rule({ who: only(one), what, effect: { confirmation: 'number' } }));
    assert.equal((await ask(none)).searchParams.get('error'), 'login_required');
    const interaction = (await ask()).searchParams.get('interaction')!;
    assert.equal((await one.browser.get(`/api/v1/sso/${interaction}`)).body.state, 'step_up');
    refused(await one.browser.post(`/api/v1/sso/${interaction}/continue`), 403, 'step_up_required');
    await stepUp(one, { interaction }, 'sso');
    const { body } = await one.browser.post(`/api/v1/sso/${interaction}/continue`);
    assert.ok((await follow(new URL(body.url))).searchParams.has('code'));
  });

  test('a code does where a rule takes codes, a recovery code in its place does not', async () => {
    const one = await person();
    one.phone.now = server.now;
    const enrolled = (await one.browser.post('/api/v1/me/totp')).body;
    const code = totpCode(enrolled.secret, server.now());
    await one.browser.post(`/api/v1/me/totp/${enrolled.id}/confirm`, { code });
    const { codes } = (await one.browser.post('/api/v1/me/recovery-codes')).body;
    const { id } = await application();
    await put(
      rule({ who: only(one), what: [`application:${id}`], effect: { factors: ['totp', 'passkey'] } }),
    );
    await pass(minute);
    const signInBy = async (kind: 'totp' | 'recovery-code', typed: string) => {
      const begun = await begin(one.browser, one.login);
      const answered = await one.browser.post(`/api/v1/authentications/${begun.id}/${kind}`, { code: typed });
      assert.equal(answered.status, 200, JSON.stringify(answered.body));
      assert.equal((await complete(one.browser, begun.id)).status, 200);
    };
    await signInBy('recovery-code', codes[0]);
    refused(await open(one, id), 403, 'step_up_required');
    const resource = `application:${id}`;
    const step = await one.browser.post('/api/v1/authentications', { purpose: 'step_up', resource });
    assert.deepEqual(step.body.factors, [{ kind: 'totp' }]);
    await signInBy('totp', totpCode(enrolled.secret, server.now()));
    assert.equal((await open(one, id)).status, 200);
  });

  test('hosts: denied by their group and network, and a number where the rule says so', async () => {
    const one = await person();
    const { host, group } = await addHost(server, owner);
    host.now = one.phone.now = server.now;
    const login = await host.login(one.login);
    await one.phone.answer(await one.phone.request('device_login'), 'approve', {
      number: login.push!.number!,
    });
    assert.equal((await host.wait(login.id)).body.state, 'allowed');
    const tap = await host.login(one.login);
    assert.equal(tap.push!.number, null);
    await one.phone.answer(await one.phone.request('device_login'), 'approve');

    const groupId = (group as { id: string }).id;
    const deny = rule({
      who: only(one),
      what: [`host_group:${groupId}`],
      networks: { inside: true, ranges: ['203.0.113.0/24'] },
      effect: { deny: true },
    });
    // What was begun before it is not let in by it either.
    const before = await host.login(one.login, { rhost: '203.0.113.77' });
    await put(deny);
    await one.phone.answer(await one.phone.request('device_login'), 'approve', {
      number: before.push!.number!,
    });
    assert.deepEqual((await host.wait(before.id)).body.state, 'denied');
    refused(await host.begin(one.login), 403, 'policy_denied');
    const [{ details }] = await eventsOf(one, 'authentication.refused');
    assert.deepEqual([details.purpose, details.rule.id], ['device_login', deny.id]);
    assert.equal((await host.begin(one.login, { rhost: office })).status, 201);
    await put({ ...deny, what: ['host_group:*'], networks: null, effect: { confirmation: 'number' } });
    const numbered = await host.begin(one.login, { rhost: '203.0.113.20' });
    assert.match(numbered.body.push!.number!, /^\d{2}$/);
    assert.equal((await simulate(one, `host_group:${groupId}`, { familiar: true })).confirmation, 'number');
  });

  test('a password reset: denied, or never by the mail alone where a factor is wanted', async () => {
    const one = await person();
    const login = `bare${(made += 1)}`;
    const bare = { ...(await server.addPerson(login)), login };
    const tokenFor = async (email: string) => {
      const browser = stranger(`198.51.100.${(made += 1) % 250}`);
      assert.equal((await browser.post('/api/v1/password-resets', { email })).status, 202);
      server.advance(1);
      const text = `SELECT id, body FROM mails WHERE recipient = :email AND subject LIKE 'Reset%' ORDER BY created_at DESC`;
      const [mail] = await server.store.query({ text, names: ['email'] } as never, { email });
      const body = server.server.platform.sealing.open(String(mail!.body), `mails.${String(mail!.id)}.body`);
      return /#token=([\w-]{43})/.exec(body)![1]!;
    };
    const reset = (token: string, ip: string) =>
      stranger(ip).post('/api/v1/password-resets/begin', {
        token,
        new_password: 'a passphrase nobody had before',
      });
    const token = await tokenFor(`${one.login}@example.com`);
    const bareToken = await tokenFor(`${login}@example.com`);
    const deny = rule({ what: ['password_reset'], networks: fromElsewhere, effect: { deny: true } });
    await put(deny);
    for (const each of [token, bareToken]) refused(await reset(each, elsewhere), 403, 'policy_denied');
    assert.equal((await simulate(one, 'password_reset', { ip: elsewhere })).code, 'policy_denied');
    await put({ ...deny, networks: null, effect: { factors: ['push', 'totp'] } });
    refused(await reset(bareToken, office), 403, 'no_allowed_factor');
    assert.equal((await reset(token, office)).status, 201);
    await put();
    const mailed = stranger(office);
    const begun = await mailed.post('/api/v1/password-resets/begin', {
      token: bareToken,
      new_password: 'a passphrase nobody had before',
    });
    assert.equal(begun.body.state, 'ready');
    await put(deny);
    refused(await complete(from(mailed, elsewhere), begun.body.id), 403, 'policy_denied');
    assert.equal((await simulate(bare, 'password_reset', { ip: office })).outcome, 'ready');
  });

  test('where no second factor is required, a rule that asks for one has it enrolled', async () => {
    const one = await person();
    const login = `bare${(made += 1)}`;
    const { id } = await server.addPerson(login);
    await server.patchSettings({ mfa: { required: false } });
    try {
      const session = stranger(office);
      const begun = await begin(session, login);
      assert.equal(begun.state, 'ready');
      await put(rule({ who: { users: [id, one.id], groups: [] }, effect: { factors: ['push'] } }));
      refused(await complete(session, begun.id), 409, 'authentication_over');
      assert.equal((await begin(stranger(office), login)).state, 'enrollment_required');
      assert.equal((await simulate({ id }, 'portal')).outcome, 'enrollment');
    } finally {
      await server.patchSettings({ mfa: { required: null } });
    }
  });

  test('the simulator says of each case what the sign-in then does', async () => {
    const one = await person('admin');
    const plain = await person();
    await put(
      rule({
        name: 'Not from there',
        networks: { inside: true, ranges: [`${elsewhere}/32`] },
        effect: { deny: true },
      }),
      rule({
        name: 'Strangers',
        familiar: false,
        what: ['portal'],
        who: only(one),
        effect: { factors: ['push'] },
      }),
      rule({ name: 'Number', what: ['portal'], effect: { confirmation: 'number' } }),
      rule({ name: 'Admins', what: ['admin'], who: only(one), effect: { phishing_resistant: true } }),
    );
    const purposes = { portal: 'portal_login', admin: 'admin_login' } as const;
    const said = new Set<string>();
    for (const who of [one, plain])
      for (const target of ['portal', 'admin'] as const)
        for (const ip of [office, elsewhere])
          for (const familiar of [true, false]) {
            const browser = familiar ? from(who.browser, ip) : stranger(ip);
            const simulated = await simulate(who, target, { ip, familiar });
            const { status, body } = await tryBegin(browser, who.login, purposes[target]);
            const kinds = (factors: { kind: string }[] = []) => [...new Set(factors.map(({ kind }) => kind))];
            assert.deepEqual(
              [simulated.outcome === 'refuse' ? simulated.code : simulated.outcome, simulated.factors],
              [status === 201 ? body.state : body.code, status === 201 ? kinds(body.factors) : []],
              JSON.stringify([who.login, target, ip, familiar, simulated]),
            );
            if (status === 201) {
              const { number } = await approve(browser, who.phone, body.id, purposes[target]);
              assert.equal(simulated.confirmation, number === null ? 'tap' : 'number');
              const [begun] = await eventsOf(who, 'authentication.begun');
              assert.deepEqual(begun.details.rule ?? null, simulated.rule);
              assert.equal(begun.details.reason, simulated.reason);
            }
            said.add(`${simulated.rule?.name} ${simulated.outcome}`);
          }
    assert.deepEqual(
      [...said].sort(),
      [
        'Not from there refuse',
        'Number challenge',
        'Strangers challenge',
        'Admins refuse',
        'undefined refuse',
      ].sort(),
    );
    // Rules that nobody has kept.
    const draft = rule({ name: 'Draft', effect: { deny: true } });
    assert.equal((await simulate(plain, 'portal', { ip: office, rules: [draft] })).rule?.name, 'Draft');
    assert.equal((await simulate(plain, 'portal', { ip: office })).rule?.name, 'Number');
    const noon = rule({
      when: { weekdays: [7], from: '11:00', until: '13:00', time_zone: 'Europe/Berlin' },
      effect: { deny: true },
    });
    const then = (at_: string) => simulate(plain, 'portal', { rules: [noon], at: at_ });
    assert.equal((await then('2026-08-02T10:00:00Z')).outcome, 'refuse');
    assert.equal((await then('2026-08-02T12:00:00Z')).outcome, 'challenge');
    const group = await owner.post('/api/v1/admin/groups', { name: `Ruled ${(made += 1)}` });
    const closed = await application({ access: 'groups', group_ids: [group.body.id] });
    assert.equal((await simulate(plain, `application:${closed.id}`)).code, 'application_not_allowed');
    for (const wrong of [
      { user_id: 'nobody' },
      { target: 'application:none' },
      { target: 'host_group:*' },
      { ip: 'here' },
      { at: '2026-06-30T23:59:60Z' },
      { rules: [{ ...draft, who: { users: [], groups: [] } }] },
    ])
      refused(
        await owner.post(`${at}/simulate`, { user_id: one.id, target: 'portal', ip: null, ...wrong }),
        400,
        'malformed',
      );
  });

  test('rules that would lock every owner out are refused; those that leave a way in are not', async () => {
    await put();
    const admin = (more: Partial<PolicyRule> & Pick<PolicyRule, 'effect'>) =>
      rule({ what: ['admin'], ...more });
    const everywhere = { inside: true, ranges: ['0.0.0.0/1', '128.0.0.0/1', '::/0'] };
    const never = [1, 2, 3, 4, 5, 6, 7];
    const allDay = { weekdays: never, from: '00:00', until: '00:00', time_zone: 'UTC' };
    const denied = { deny: true } as const;
    for (const locking of [
      [admin({ effect: denied })],
      [admin({ who: only({ id: ownerId }), effect: denied })],
      [admin({ networks: everywhere, effect: denied })],
      [
        admin({ networks: { inside: true, ranges: ['0.0.0.0/0'] }, effect: denied }),
        admin({ networks: { inside: true, ranges: ['::/0'] }, effect: denied }),
      ],
      [admin({ familiar: false, effect: denied })],
      [admin({ when: allDay, effect: denied })],
      [admin({ effect: { phishing_resistant: true } })],
      [admin({ effect: { factors: ['recovery_code'] } })],
      [admin({ effect: { user_verification: 'required' } })],
      [
        admin({ networks: { inside: true, ranges: ['10.0.0.0/8'] }, effect: { factors: ['passkey'] } }),
        admin({ effect: denied }),
      ],
    ]) {
      const answer = await tryPut(locking);
      refused(answer, 409, 'policy_locks_out');
      assert.deepEqual((await owner.get(at)).body.rules, []);
    }
    for (const open_ of [
      [admin({ networks: fromElsewhere, effect: denied })],
      [admin({ familiar: true, effect: denied })],
      [admin({ when: { ...allDay, from: '17:00', until: '09:00' }, effect: denied })],
      [
        admin({ networks: { inside: true, ranges: ['10.0.0.0/8'] }, effect: { factors: ['push'] } }),
        admin({ effect: denied }),
      ],
      [admin({ effect: denied, enabled: false })],
      // Half of all addresses are left.
      [admin({ networks: { inside: true, ranges: ['0.0.0.0/1', '::/0'] }, effect: denied })],
      [rule({ what: ['portal', 'application:*', 'host_group:*', 'password_reset'], effect: denied })],
    ])
      await put(...open_);
    await put();
    // Another owner may be let in where this one is not; not by what they do not have.
    const second = await server.addPerson(`owner${(made += 1)}`, { role: 'owner' });
    const { browser } = await enrol(server, second.login);
    const passkeys = [admin({ effect: { phishing_resistant: true } })];
    refused(await tryPut(passkeys), 409, 'policy_locks_out');
    await addPasskey(browser);
    await put(...passkeys);
    await put();
    assert.equal((await owner.post(`/api/v1/admin/users/${second.id}/suspend`)).status, 200);
    refused(await tryPut(passkeys), 409, 'policy_locks_out');
  });

  test('neither groups, nor settings, nor people are changed so that the rules let no owner in any more', async () => {
    await put();
    const group = (await owner.post('/api/v1/admin/groups', { name: `Ruled ${(made += 1)}` })).body.id;
    const member = (method: 'PUT' | 'DELETE', id: string) =>
      owner.call(method, `/api/v1/admin/groups/${group}/members/${id}`);
    const members = { users: [], groups: [group] };
    const second = await server.addPerson(`owner${(made += 1)}`, { role: 'owner' });
    await enrol(server, second.login);
    const locked = (answer: Answer) => refused(answer, 409, 'policy_locks_out');
    const admin = (more: Partial<PolicyRule>) => rule({ what: ['admin'], effect: {}, ...more });

    // The only ones who may come in.
    assert.equal((await member('PUT', ownerId)).status, 204);
    assert.equal((await member('PUT', second.id)).status, 204);
    await put(admin({ who: members }), admin({ effect: { deny: true } }));
    assert.equal((await member('DELETE', second.id)).status, 204);
    locked(await member('DELETE', ownerId));
    locked(await owner.delete(`/api/v1/admin/groups/${group}`));
    assert.equal((await owner.get(`/api/v1/admin/groups/${group}/members`)).body.items.length, 1);
    // An owner is left, and none that comes in.
    for (const change of [
      () => owner.post(`/api/v1/admin/users/${ownerId}/suspend`),
      () => owner.delete(`/api/v1/admin/users/${ownerId}`),
      () => owner.call('PATCH', `/api/v1/admin/users/${ownerId}`, { role: 'admin' }),
      () => owner.call('PATCH', `/api/v1/admin/users/${ownerId}`, { push_enabled: false }),
    ])
      locked(await change());
    assert.equal((await owner.get(`/api/v1/admin/users/${ownerId}`)).body.state, 'active');
    assert.equal((await owner.post(`/api/v1/admin/users/${second.id}/suspend`)).status, 200);
    assert.equal((await owner.post(`/api/v1/admin/users/${second.id}/activate`)).status, 200);

    // Whoever is in it is denied.
    await put(admin({ who: members, effect: { deny: true } }));
    locked(await member('PUT', second.id));
    assert.equal((await member('DELETE', ownerId)).status, 204);
    assert.equal((await member('PUT', second.id)).status, 204);
    locked(await member('PUT', ownerId));

    // What the settings leave of what the rules demand.
    await put(admin({ effect: { factors: ['push'] } }));
    const settings = (patch: object) => owner.call('PATCH', '/api/v1/admin/settings', patch);
    for (const patch of [{ push: { enabled: false } }, { mfa: { factors: ['totp', 'passkey'] } }])
      locked(await settings(patch));
    assert.equal((await owner.get('/api/v1/admin/settings')).body.push.enabled, true);
    assert.equal((await settings({ push: { lifetime_s: 90 } })).status, 200);
    assert.equal((await settings({ push: { lifetime_s: null } })).status, 200);
    // Where no rule is, the settings are their own matter.
    await put();
    assert.equal((await settings({ push: { enabled: false } })).status, 200);
    assert.equal((await settings({ push: { enabled: null } })).status, 200);
    assert.equal((await owner.delete(`/api/v1/admin/users/${second.id}`)).status, 200);
  });

  test('of more than a hundred problems a hundred are told, whether rules are tried or kept', async () => {
    await put();
    const nobody = Array.from({ length: 90 }, (_, index) => `nobody-${index}`);
    const unknown = [1, 2, 3].map(() => rule({ who: { users: nobody, groups: [] }, effect: {} }));
    const wrong = [1, 2].map(() =>
      rule({
        networks: { inside: true, ranges: Array.from({ length: 90 }, (_, at_) => `10.0.0.${at_}/40`) },
        effect: {},
      }),
    );
    for (const [rules, first] of [
      [unknown, '/rules/0/who/users/0'],
      [wrong, '/rules/0/networks/ranges/0'],
      [[...wrong, ...unknown], '/rules/0/networks/ranges/0'],
    ] as const)
      for (const answer of [
        await owner.post(`${at}/simulate`, { user_id: ownerId, target: 'portal', ip: null, rules }),
        await owner.post(`${at}/effect`, { rules }),
        await tryPut([...rules]),
      ]) {
        refused(answer, 400, 'malformed');
        assert.deepEqual([answer.body.errors.length, answer.body.errors[0].path], [100, first]);
      }
    // Nor is each that is unknown looked for then.
    let looked = 0;
    const { query } = server.store;
    server.store.query = (...asked) => {
      looked += 1;
      return query.apply(server.store, asked);
    };
    try {
      refused(
        await owner.post(`${at}/simulate`, { user_id: ownerId, target: 'portal', ip: null, rules: unknown }),
        400,
        'malformed',
      );
    } finally {
      server.store.query = query;
    }
    assert.ok(looked >= 100 && looked < 130, `${looked} queries`);
    // Told in one answer where they are fewer, and the rules are no less what they were.
    const few = await tryPut([rule({ who: { users: nobody.slice(0, 50), groups: [] }, effect: {} })]);
    assert.equal(few.body.errors.length, 50);
    assert.deepEqual((await owner.get(at)).body.rules, []);
  });

  test('the command line turns every rule off beside a running server, as a version that the log tells of', async () => {
    const off = async () => {
      const env = { ...process.env, ...server.env };
      const { stdout } = await run(process.execPath, ['apps/server/src/cli.ts', 'policies', 'off'], { env });
      return stdout;
    };
    const one = await person();
    const deny = rule({ name: 'Nobody', who: only(one), effect: { deny: true } });
    const other = rule({ name: 'Off before', enabled: false, effect: { deny: true } });
    await put(deny, other);
    refused(await tryBegin(stranger(office), one.login), 403, 'policy_denied');
    const { version } = (await owner.get(at)).body;
    assert.match(await off(), new RegExp(`restores version ${version}[,.]`));
    const { body, headers } = await owner.get(at);
    assert.deepEqual([body.version, body.changed_by.login], [version + 1, 'operator']);
    assert.deepEqual(body.rules, [{ ...deny, enabled: false }, other]);
    assert.equal((await tryBegin(stranger(office), one.login)).status, 201);
    // The command has a clock of its own.
    const told = (await owner.get('/api/v1/admin/events?q=policy.changed&limit=200')).body.items;
    const event = told.find((each: { actor: { login: string } }) => each.actor.login === 'operator');
    assert.deepEqual(event.details, { version: version + 1, before: [deny, other], after: body.rules });
    assert.match(await off(), /No rule of the policies is on/);
    assert.equal((await owner.get(at)).headers.get('etag'), headers.get('etag'));
    await put();
  });

  test('versions: who changed what; of two administrators the second is told; an earlier one holds again', async () => {
    await put();
    const first = await owner.get(at);
    const etag = first.headers.get('etag')!;
    assert.equal(first.body.etag, etag);
    const [mine, theirs] = [
      rule({ effect: { confirmation: 'number' } }),
      rule({ effect: { factors: ['push'] } }),
    ];
    const saved = await tryPut([mine], owner, etag);
    assert.deepEqual(
      [saved.status, saved.body.rules, saved.body.version],
      [200, [mine], first.body.version + 1],
    );
    refused(await tryPut([theirs], owner, etag), 412, 'policy_changed');
    refused(await tryPut([theirs], owner, '*'), 412, 'policy_changed');
    refused(await owner.call('PUT', at, { rules: [] }), 400, 'malformed');
    const { body } = await owner.get(at);
    assert.deepEqual([body.rules, body.changed_by.login], [[mine], 'boss']);
    const current = saved.headers.get('etag')!;
    const together = await Promise.all([1, 2, 3].map(() => tryPut([theirs], owner, current)));
    assert.deepEqual(together.map(({ status }) => status).sort(), [200, 412, 412]);

    const versions = (await owner.get(`${at}/versions?limit=2`)).body;
    assert.deepEqual(
      versions.items.map(({ version, rule_count }: { version: number; rule_count: number }) => [
        version,
        rule_count,
      ]),
      [
        [body.version + 1, 1],
        [body.version, 1],
      ],
    );
    const older = (await owner.get(`${at}/versions?limit=1&cursor=${versions.next_cursor}`)).body.items;
    assert.equal(older[0].version, body.version - 1);
    assert.deepEqual((await owner.get(`${at}/versions/${body.version}`)).body.rules, [mine]);
    refused(await owner.get(`${at}/versions/99999`), 404, 'not_found');
    const restore = (version: number, ifMatch: string) =>
      owner.call('POST', `${at}/versions/${version}/restore`, {}, { 'if-match': ifMatch });
    refused(await restore(body.version, current), 412, 'policy_changed');
    const latest = (await owner.get(at)).headers.get('etag')!;
    const restored = await restore(body.version, latest);
    assert.deepEqual(
      [restored.status, restored.body.rules, restored.body.version],
      [200, [mine], body.version + 2],
    );
    const [event] = (await owner.get('/api/v1/admin/events?q=policy.changed')).body.items;
    assert.deepEqual(event.details, {
      version: body.version + 2,
      before: [theirs],
      after: [mine],
      restored: body.version,
    });
    assert.equal((await restore(0, restored.headers.get('etag')!)).body.rules.length, 0);
  });

  test('what the rules name must be there, but may go; what nobody knows is refused with its place', async () => {
    const group = (await owner.post('/api/v1/admin/groups', { name: `Ruled ${(made += 1)}` })).body.id;
    const { id } = await application({ name: 'Wiki' });
    const named = rule({
      who: { users: [ownerId], groups: [group] },
      what: [`application:${id}`],
      effect: { factors: ['push'] },
    });
    await put(named);
    const { names } = (await owner.get(at)).body;
    assert.deepEqual([names[ownerId], names[id]], ['Test boss', 'Wiki']);
    assert.equal((await owner.delete(`/api/v1/admin/groups/${group}`)).status, 204);
    await put(named, rule({ effect: {} }));
    await put();
    const places = async (more: object) => {
      const answer = await tryPut([rule({ effect: {} }), { ...named, ...more }]);
      refused(answer, 400, 'malformed');
      return answer.body.errors.map(({ path }: { path: string }) => path);
    };
    assert.deepEqual(await places({}), ['/rules/1/who/groups/0']);
    assert.deepEqual(await places({ who: { users: [id], groups: [] } }), ['/rules/1/who/users/0']);
    assert.deepEqual(await places({ who: null, what: ['host_group:none'] }), ['/rules/1/what/0']);
    assert.deepEqual(await places({ who: null, networks: { inside: true, ranges: ['10.0.0.0/40'] } }), [
      '/rules/1/networks/ranges/0',
    ]);
    for (const more of [
      { what: ['everything'] },
      { what: [] },
      { effect: { factor: ['push'] } },
      { effect: { deny: false } },
      { extra: true },
      { name: 'two\nlines' },
    ])
      refused(await tryPut([{ ...named, who: null, ...more } as PolicyRule]), 400, 'malformed');
  });

  test('who may read them reads and simulates; only who may change the settings changes them', async () => {
    for (const [role, mayWrite] of [
      ['admin', true],
      ['help_desk', false],
      ['read_only', false],
    ] as const) {
      const { browser, phone, login, id } = await person(role);
      phone.now = server.now;
      await signIn(browser, phone, login, 'admin_login');
      assert.equal((await browser.get(at)).status, 200);
      assert.equal((await browser.get(`${at}/versions`)).status, 200);
      const asked = { user_id: id, target: 'portal', ip: null };
      assert.equal((await browser.post(`${at}/simulate`, asked)).status, 200);
      const put_ = await tryPut([], browser);
      const etag = (await owner.get(at)).headers.get('etag')!;
      const restored = await browser.call('POST', `${at}/versions/0/restore`, {}, { 'if-match': etag });
      if (mayWrite) assert.deepEqual([put_.status, restored.status], [200, 200]);
      else for (const answer of [put_, restored]) refused(answer, 403, 'forbidden');
    }
    const { browser } = await person();
    refused(await browser.get(at), 401, 'no_session');
    refused(await tryPut([], browser), 401, 'no_session');
    refused(
      await browser.post(`${at}/simulate`, { user_id: ownerId, target: 'portal', ip: null }),
      401,
      'no_session',
    );
  });
});
