import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as client from 'openid-client';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, enrol, refused, signIn } from '../support/people.ts';
import { Phone } from '../support/phone.ts';
import { totpCode } from '../support/totp.ts';

const minute = 60_000; // ms
const redirect_uri = 'https://app.example.com/callback';
const at = '/api/v1/admin/groups';

/** Groups, the applications that are for some of them only, and how old a sign-in to one may be. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
  });
  after(() => server[Symbol.asyncDispose]());

  /** Time passes, and the owner is still there. */
  async function pass(by: number): Promise<void> {
    server.advance(by);
    assert.equal((await owner.get('/api/v1/admin/session')).status, 200);
  }
  interface Person {
    id: string;
    login: string;
    browser: Browser;
    phone: Phone;
  }
  let made = 0;
  async function person(): Promise<Person> {
    const login = `member${(made += 1)}`;
    const { id } = await server.addPerson(login);
    return { id, login, ...(await enrol(server, login)) };
  }
  async function group(name = `Group ${(made += 1)}`): Promise<string> {
    const added = await owner.post(at, { name });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    return added.body.id;
  }
  const put = async (groupId: string, userId: string) =>
    assert.equal((await owner.call('PUT', `${at}/${groupId}/members/${userId}`)).status, 204);
  const take = async (groupId: string, userId: string) =>
    assert.equal((await owner.delete(`${at}/${groupId}/members/${userId}`)).status, 204);

  async function application(more: object = {}) {
    const url = 'https://app.example.com/';
    const added = await owner.post('/api/v1/admin/applications', { name: 'Wiki', url, ...more });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    return added.body;
  }
  /** One that speaks OpenID Connect, and a client for it. */
  async function relyingParty(more: object = {}) {
    const added = await application({ kind: 'oidc', oidc: { redirect_uris: [redirect_uri] }, ...more });
    const configuration = await client.discovery(
      new URL(server.url),
      added.oidc.client_id,
      undefined,
      client.ClientSecretBasic(added.client_secret),
      { execute: [client.allowInsecureRequests] },
    );
    return { id: added.id as string, configuration };
  }
  /** Asks for a sign-in; resolves to where the browser is sent away from the server, or to a page of the portal. */
  async function ask(
    browser: Browser,
    configuration: client.Configuration,
    more: Record<string, string> = {},
  ) {
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri,
      scope: 'openid',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...more,
    });
    return { verifier, place: await follow(browser, url.href) };
  }
  async function follow(browser: Browser, href: string): Promise<string> {
    const { status, headers, body } = await browser.get(href.slice(server.url.length));
    assert.ok(status >= 300 && status < 400, `${status} ${JSON.stringify(body)}`);
    const next = new URL(headers.get('location')!, server.url);
    return next.origin !== server.url || next.pathname === '/sso' ? next.href : follow(browser, next.href);
  }
  const redeem = (
    configuration: client.Configuration,
    { verifier, place }: { verifier: string; place: string },
  ) => client.authorizationCodeGrant(configuration, new URL(place), { pkceCodeVerifier: verifier });
  const interactionIn = (place: string): string => {
    assert.equal(new URL(place).pathname, '/sso', place);
    return new URL(place).searchParams.get('interaction')!;
  };
  const errorIn = (place: string) => new URL(place).searchParams.get('error');
  async function offline(browser: Browser, configuration: client.Configuration) {
    const asked = await ask(browser, configuration, { scope: 'openid offline_access', prompt: 'consent' });
    return redeem(configuration, asked);
  }
  async function signInByPassword(browser: Browser, login: string): Promise<void> {
    const { id } = await begin(browser, login);
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
  }
  async function signInByCode(browser: Browser, login: string, secret: string): Promise<void> {
    const { id } = await begin(browser, login);
    const typed = { code: totpCode(secret, server.now()) };
    assert.equal((await browser.post(`/api/v1/authentications/${id}/totp`, typed)).status, 200);
    assert.equal((await browser.post(`/api/v1/authentications/${id}/complete`)).status, 200);
  }
  /** The secret of verification codes that were set up. */
  async function addTotp(browser: Browser): Promise<string> {
    const { id, secret } = (await browser.post('/api/v1/me/totp')).body;
    const confirm = { code: totpCode(secret, server.now()) };
    assert.equal((await browser.post(`/api/v1/me/totp/${id}/confirm`, confirm)).status, 200);
    return secret;
  }
  /** Proves anew who they are, for what an application or the launcher asked. */
  async function stepUp({ browser, phone }: Person, body: object, purpose: 'sso' | 'step_up') {
    phone.now = server.now;
    const begun = await browser.post('/api/v1/authentications', { purpose, ...body });
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const { push } = await askPush(browser, begun.body.id);
    await phone.answer(await phone.request(purpose), 'approve', { number: push.number ?? undefined });
    assert.equal((await browser.post(`/api/v1/authentications/${begun.body.id}/complete`)).status, 200);
  }
  const tiles = async ({ browser }: Person): Promise<string[]> =>
    (await browser.get('/api/v1/me/applications')).body.items.map(({ id }: { id: string }) => id);
  const open = ({ browser }: Person, id: string) => browser.post(`/api/v1/me/applications/${id}/open`);

  test('a group is added, renamed, searched, paged and taken away; every change is an event with before and after', async () => {
    const id = await group('  Payroll people ');
    const one = await person();
    await put(id, one.id);
    await put(id, one.id);
    const seen = await owner.get(`${at}/${id}`);
    assert.deepEqual(
      [seen.body.name, seen.body.member_count, seen.body.applications],
      ['Payroll people', 1, []],
    );
    assert.equal((await owner.patch(`${at}/${id}`, { name: 'Wages' })).body.name, 'Wages');
    const found = (await owner.get(`${at}?q=wag`)).body.items;
    assert.deepEqual(
      found.map((each: { id: string }) => each.id),
      [id],
    );
    assert.equal((await owner.get(`${at}?q=payroll`)).body.items.length, 0);
    await group();
    const page = (await owner.get(`${at}?limit=1`)).body;
    const next = (await owner.get(`${at}?limit=1&cursor=${page.next_cursor}`)).body;
    assert.deepEqual([page.items.length, next.items[0].id], [1, id]);
    await take(id, one.id);
    await take(id, one.id);
    assert.equal((await owner.delete(`${at}/${id}`)).status, 204);
    for (const call of [
      owner.get(`${at}/${id}`),
      owner.patch(`${at}/${id}`, { name: 'x' }),
      owner.delete(`${at}/${id}`),
      owner.get(`${at}/${id}/members`),
      owner.call('PUT', `${at}/${id}/members/${one.id}`),
      owner.delete(`${at}/${id}/members/${one.id}`),
    ]) {
      refused(await call, 404, 'not_found');
    }
    const events = (await owner.get('/api/v1/admin/events?limit=200')).body.items
      .filter(({ details }: { details: { group?: string } }) => details.group === id)
      .map(({ type, user, details }: { type: string; user: { id: string } | null; details: object }) => {
        const { group: _, ...rest } = details as { group: string };
        return [type, user?.id ?? null, rest];
      });
    assert.deepEqual(
      new Set(events.map((event: unknown) => JSON.stringify(event))),
      new Set(
        [
          ['group.created', null, { after: { name: 'Payroll people' } }],
          ['group.member_added', one.id, { name: 'Payroll people' }],
          [
            'group.changed',
            null,
            {
              before: { name: 'Payroll people', mfa_required_from: null },
              after: { name: 'Wages', mfa_required_from: null },
            },
          ],
          ['group.member_removed', one.id, { name: 'Wages' }],
          ['group.removed', null, { before: { name: 'Wages', members: 0, applications: [] } }],
        ].map((event) => JSON.stringify(event)),
      ),
    );
    assert.equal(events.length, 5, 'what changed nothing is no event');
  });

  test('no two groups have names that differ in case only, or in the spaces around them', async () => {
    const id = await group('Finance Team');
    for (const name of ['Finance Team', 'finance team', ' FINANCE  TEAM ']) {
      refused(await owner.post(at, { name }), 409, 'group_name_taken');
    }
    const other = await group('Other team');
    refused(await owner.patch(`${at}/${other}`, { name: 'finance TEAM' }), 409, 'group_name_taken');
    assert.equal((await owner.patch(`${at}/${id}`, { name: 'FINANCE team' })).body.name, 'FINANCE team');
    const together = await Promise.all(['Twins', 'TWINS', 'twins'].map((name) => owner.post(at, { name })));
    assert.deepEqual(together.map(({ status }) => status).sort(), [201, 409, 409]);
    for (const name of ['', ' ', 'two\nlines', 'x'.repeat(101), 7]) {
      refused(await owner.post(at, { name }), 400, 'malformed');
    }
  });

  test('members are paged and searched, and a person knows their groups', async () => {
    const id = await group();
    const people = [await person(), await person(), await person()];
    for (const { id: userId } of people) {
      await put(id, userId);
      server.advance(1);
    }
    const first = (await owner.get(`${at}/${id}/members?limit=2`)).body;
    const rest = (await owner.get(`${at}/${id}/members?limit=2&cursor=${first.next_cursor}`)).body;
    const logins = [...first.items, ...rest.items].map(({ login }: { login: string }) => login);
    assert.deepEqual([logins, rest.next_cursor], [people.map(({ login }) => login).toReversed(), null]);
    const found = (await owner.get(`${at}/${id}/members?q=${people[1]!.login}`)).body.items;
    assert.deepEqual(
      [found[0].id, found[0].name, found[0].state, found.length],
      [people[1]!.id, `Test ${people[1]!.login}`, 'active', 1],
    );
    const groups = (await owner.get(`/api/v1/admin/users/${people[0]!.id}/groups`)).body.items;
    assert.deepEqual(
      groups.map((each: { id: string }) => each.id),
      [id],
    );
    refused(await owner.get('/api/v1/admin/users/nobody/groups'), 404, 'not_found');
    refused(await owner.call('PUT', `${at}/${id}/members/nobody`), 404, 'not_found');
    refused(await owner.get(`${at}/${id}/members?cursor=x`), 400, 'malformed');
  });

  test('owners and administrators change groups, other roles look, and people see none of them', async () => {
    const id = await group();
    const one = await person();
    const acts: [name: string, call: (browser: Browser) => ReturnType<Browser['get']>][] = [
      ['add', (browser) => browser.post(at, { name: `Made by ${(made += 1)}` })],
      ['rename', (browser) => browser.patch(`${at}/${id}`, { name: `Renamed ${(made += 1)}` })],
      ['put in', (browser) => browser.call('PUT', `${at}/${id}/members/${one.id}`)],
      ['take out', (browser) => browser.delete(`${at}/${id}/members/${one.id}`)],
    ];
    const looks = [at, `${at}/${id}`, `${at}/${id}/members`, `/api/v1/admin/users/${one.id}/groups`];
    for (const role of ['admin', 'help_desk', 'read_only'] as const) {
      await server.addPerson(`of-${role}`, { role });
      const { browser, phone } = await enrol(server, `of-${role}`);
      await signIn(browser, phone, `of-${role}`, 'admin_login');
      for (const path of looks) assert.equal((await browser.get(path)).status, 200, `${role} ${path}`);
      for (const [name, call] of [
        ...acts,
        ['remove', (each) => each.delete(`${at}/x`)] as (typeof acts)[number],
      ]) {
        const answer = await call(browser);
        if (role !== 'admin') refused(answer, 403, 'forbidden');
        else assert.notEqual(answer.status, 403, name);
      }
    }
    for (const path of looks) refused(await one.browser.get(path), 401, 'no_session');
    for (const [, call] of acts) refused(await call(one.browser), 401, 'no_session');
  });

  test('an application for some groups is in the launcher of their members, and opens for nobody else', async () => {
    const [one, other] = [await person(), await person()];
    const [staff, guests] = [await group('Staff'), await group('Guests')];
    await put(staff, one.id);
    const { id, access, groups } = await application({ access: 'groups', group_ids: [staff] });
    assert.deepEqual([access, groups], ['groups', [{ id: staff, name: 'Staff' }]]);
    assert.deepEqual([(await tiles(one)).includes(id), (await tiles(other)).includes(id)], [true, false]);
    assert.equal((await open(one, id)).status, 200);
    refused(await open(other, id), 403, 'application_not_allowed');
    const step = { purpose: 'step_up', resource: `application:${id}` };
    refused(await other.browser.post('/api/v1/authentications', step), 403, 'application_not_allowed');
    // The role opens nothing.
    refused(await owner.post(`/api/v1/me/applications/${id}/open`), 403, 'application_not_allowed');
    const path = `/api/v1/admin/applications/${id}`;
    await owner.patch(path, { group_ids: [staff, guests] });
    await put(guests, other.id);
    assert.equal((await open(other, id)).status, 200);
    await owner.patch(path, { name: 'Intranet' });
    assert.equal((await owner.get(path)).body.groups.length, 2, 'what is not named stays');
    assert.deepEqual((await owner.get(`${at}/${guests}`)).body.applications, [{ id, name: 'Intranet' }]);
    // With the last of its groups it is for nobody, rather than for everybody.
    for (const each of [staff, guests]) assert.equal((await owner.delete(`${at}/${each}`)).status, 204);
    assert.deepEqual((await owner.get(path)).body.groups, []);
    refused(await open(one, id), 403, 'application_not_allowed');
    await owner.patch(path, { access: 'everyone' });
    assert.equal((await open(other, id)).status, 200);
    const changes = (await owner.get('/api/v1/admin/events?limit=200')).body.items.filter(
      ({ type, details }: { type: string; details: { application?: string } }) =>
        type === 'application.changed' && details.application === id,
    );
    assert.deepEqual(
      [changes[0].details.before.access, changes[0].details.after.access, changes[2].details.after.groups],
      ['groups', 'everyone', ['Guests', 'Staff']],
    );
  });

  test('a group that there is not, and a length that is none, are refused by name', async () => {
    const id = await group();
    const wrong: [body: object, path: string][] = [
      [{ group_ids: [id, 'nothing'] }, '/group_ids/1'],
      [{ group_ids: [id, id] }, '/group_ids'],
      [{ access: 'nobody' }, '/access'],
      [{ session_minutes: 4 }, '/session_minutes'],
      [{ session_minutes: 10_081 }, '/session_minutes'],
      [{ session_minutes: 7.5 }, '/session_minutes'],
    ];
    const { id: known } = await application();
    for (const [body, path] of wrong) {
      const added = await owner.post('/api/v1/admin/applications', {
        name: 'x',
        url: 'https://a.b/',
        ...body,
      });
      refused(added, 400, 'malformed');
      assert.equal(added.body.errors[0].path, path);
      refused(await owner.patch(`/api/v1/admin/applications/${known}`, body), 400, 'malformed');
    }
    const { access, groups, session_minutes } = (await owner.get(`/api/v1/admin/applications/${known}`)).body;
    assert.deepEqual([access, groups, session_minutes], ['everyone', [], null]);
  });

  test('of changes at once none undoes another, and none waits for the other for ever', async () => {
    const one = await person();
    const { id } = await application();
    const path = `/api/v1/admin/applications/${id}`;
    for (let round = 0; round < 8; round += 1) {
      await owner.patch(path, { access: 'everyone', name: 'Wiki' });
      const answers = await Promise.all([
        owner.patch(path, { name: `Wiki ${round}` }),
        owner.patch(path, { access: 'groups' }),
        owner.patch(path, { session_minutes: 5 + round }),
      ]);
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      const { name, access, session_minutes } = (await owner.get(path)).body;
      assert.deepEqual([name, access, session_minutes], [`Wiki ${round}`, 'groups', 5 + round]);
    }
    for (let round = 0; round < 8; round += 1) {
      const [first, second] = [await group(), await group()];
      const answers = await Promise.all([
        owner.patch(path, { group_ids: [first, second] }),
        owner.call('PUT', `${at}/${first}/members/${one.id}`),
        owner.delete(`${at}/${first}`),
        owner.patch(path, { group_ids: [second, first] }),
        owner.delete(`${at}/${second}`),
        owner.call('PUT', `${at}/${second}/members/${one.id}`),
      ]);
      for (const { status, body } of answers)
        assert.ok([200, 204, 400, 404].includes(status), `${status} ${JSON.stringify(body)}`);
      assert.deepEqual((await owner.get(path)).body.groups, []);
    }
  });

  test('whom an application is not for is told so by the portal, and it by access_denied', async () => {
    const staff = await group();
    const { id, configuration } = await relyingParty({ access: 'groups', group_ids: [staff] });
    const one = await person();
    const silent = await ask(one.browser, configuration, { prompt: 'none' });
    assert.equal(errorIn(silent.place), 'access_denied');
    const interaction = interactionIn((await ask(one.browser, configuration)).place);
    const path = `/api/v1/sso/${interaction}`;
    const seen = await one.browser.get(path);
    assert.deepEqual([seen.body.state, seen.body.application.id], ['forbidden', id]);
    refused(await one.browser.post(`${path}/continue`), 403, 'application_not_allowed');
    // Their phone is not asked for it either.
    const begun = await one.browser.post('/api/v1/authentications', { purpose: 'sso', interaction });
    refused(begun, 403, 'application_not_allowed');
    const cancelled = await one.browser.post(`${path}/cancel`);
    assert.equal(errorIn(await follow(one.browser, cancelled.body.url)), 'access_denied');
    // Who is put in while the page is open goes on; who is taken out meanwhile does not.
    const again = interactionIn((await ask(one.browser, configuration)).place);
    await put(staff, one.id);
    assert.equal((await one.browser.get(`/api/v1/sso/${again}`)).body.state, 'ready');
    const { url } = (await one.browser.post(`/api/v1/sso/${again}/continue`)).body;
    await take(staff, one.id);
    assert.equal(new URL(await follow(one.browser, url)).pathname, '/sso', 'asked, and not answered');
  });

  test('taken out of the group, a person’s code and tokens for the application are worth nothing', async () => {
    const staff = await group();
    const { configuration } = await relyingParty({ access: 'groups', group_ids: [staff] });
    const everybody = await relyingParty();
    const one = await person();
    await put(staff, one.id);
    const tokens = await offline(one.browser, configuration);
    const elsewhere = await offline(one.browser, everybody.configuration);
    const sub = tokens.claims()!.sub;
    await client.fetchUserInfo(configuration, tokens.access_token, sub);
    const code = await ask(one.browser, configuration);
    await take(staff, one.id);
    await assert.rejects(client.fetchUserInfo(configuration, tokens.access_token, sub));
    for (const token of [tokens.access_token, tokens.refresh_token!]) {
      assert.equal((await client.tokenIntrospection(configuration, token)).active, false);
    }
    await assert.rejects(
      client.refreshTokenGrant(configuration, tokens.refresh_token!),
      /invalid_grant|error/,
    );
    await assert.rejects(redeem(configuration, code));
    // What is for everybody is not touched.
    await client.fetchUserInfo(everybody.configuration, elsewhere.access_token, sub);
    await client.refreshTokenGrant(everybody.configuration, elsewhere.refresh_token!);
  });

  test('narrowed to groups, an application loses at once whoever is in none of them', async () => {
    const { id, configuration } = await relyingParty();
    const one = await person();
    const tokens = await offline(one.browser, configuration);
    await owner.patch(`/api/v1/admin/applications/${id}`, { access: 'groups' });
    await assert.rejects(client.refreshTokenGrant(configuration, tokens.refresh_token!));
    assert.equal(errorIn((await ask(one.browser, configuration, { prompt: 'none' })).place), 'access_denied');
  });

  test('the names of the groups are told to who asks for the scope, as they are at that moment', async () => {
    const { configuration } = await relyingParty();
    const one = await person();
    const [first, second] = [await group('alpha of the claim'), await group('Beta of the claim')];
    await put(second, one.id);
    await put(first, one.id);
    const asked = await ask(one.browser, configuration, { scope: 'openid groups' });
    const tokens = await redeem(configuration, asked);
    assert.deepEqual(tokens.claims()!['groups'], ['alpha of the claim', 'Beta of the claim']);
    await take(first, one.id);
    const { sub } = tokens.claims()!;
    const info = await client.fetchUserInfo(configuration, tokens.access_token, sub);
    assert.deepEqual(info['groups'], ['Beta of the claim']);
    const without = await redeem(configuration, await ask(one.browser, configuration));
    assert.equal(without.claims()!['groups'], undefined);
    const named = JSON.stringify({ id_token: { groups: null } });
    const byName = await redeem(configuration, await ask(one.browser, configuration, { claims: named }));
    assert.deepEqual(byName.claims()!['groups'], ['Beta of the claim']);
    assert.deepEqual(configuration.serverMetadata().scopes_supported?.includes('groups'), true);
  });

  test('a sign-in that is older than the application allows is proven again, and that holds as long', async () => {
    const { id, configuration } = await relyingParty({ session_minutes: 30 });
    const one = await person();
    await redeem(configuration, await ask(one.browser, configuration));
    await pass(29 * minute);
    await redeem(configuration, await ask(one.browser, configuration));
    await pass(minute + 1000);
    assert.equal(
      errorIn((await ask(one.browser, configuration, { prompt: 'none' })).place),
      'login_required',
    );
    refused(await open(one, id), 403, 'step_up_required');
    const interaction = interactionIn((await ask(one.browser, configuration)).place);
    assert.equal((await one.browser.get(`/api/v1/sso/${interaction}`)).body.state, 'step_up');
    refused(await one.browser.post(`/api/v1/sso/${interaction}/continue`), 403, 'step_up_required');
    await stepUp(one, { interaction }, 'sso');
    const { url } = (await one.browser.post(`/api/v1/sso/${interaction}/continue`)).body;
    assert.ok((await follow(one.browser, url)).startsWith(redirect_uri));
    // Longer than a step-up for an act holds, and no longer than a sign-in would.
    await pass(20 * minute);
    await redeem(configuration, await ask(one.browser, configuration));
    assert.equal((await open(one, id)).status, 200);
    await pass(10 * minute + 1000);
    interactionIn((await ask(one.browser, configuration)).place);
    // It is proven for this application, and for no other.
    const other = await relyingParty({ session_minutes: 30 });
    await stepUp(one, { resource: `application:${id}` }, 'step_up');
    assert.equal((await open(one, id)).status, 200);
    interactionIn((await ask(one.browser, other.configuration)).place);
  });

  test('where no length is set, a step-up for an application holds five minutes, whatever age it allows', async () => {
    const { id, configuration } = await relyingParty();
    const one = await person();
    await pass(20 * minute);
    const asking = { max_age: '600', prompt: 'none' };
    assert.equal(errorIn((await ask(one.browser, configuration, asking)).place), 'login_required');
    await stepUp(one, { resource: `application:${id}` }, 'step_up');
    await redeem(configuration, await ask(one.browser, configuration, { prompt: 'none' }));
    assert.equal(errorIn((await ask(one.browser, configuration, asking)).place), null);
    await pass(5 * minute + 1000);
    assert.equal(errorIn((await ask(one.browser, configuration, asking)).place), 'login_required');
  });

  test('who never had a factor proves it anew by signing in, and by nothing less', async () => {
    const { configuration } = await relyingParty({ session_minutes: 30 });
    const login = `bare${(made += 1)}`;
    await server.addPerson(login);
    const bare = new Browser(server.url);
    const signInBare = async () => {
      const begun = await begin(bare, login);
      const completed = await bare.post(`/api/v1/authentications/${begun.id}/complete`);
      assert.equal(completed.status, 200, JSON.stringify(completed.body));
    };
    await server.patchSettings({ mfa: { required: false } });
    try {
      await signInBare();
      await redeem(configuration, await ask(bare, configuration));
      await pass(31 * minute);
      const interaction = interactionIn((await ask(bare, configuration)).place);
      assert.equal((await bare.get(`/api/v1/sso/${interaction}`)).body.state, 'sign_in');
      refused(await bare.post(`/api/v1/sso/${interaction}/continue`), 403, 'step_up_required');
      await bare.delete('/api/v1/session');
      await signInBare();
      assert.equal((await bare.get(`/api/v1/sso/${interaction}`)).body.state, 'ready');
      // Where a second factor is wanted, the password is not enough, however fresh.
      const sure = await ask(bare, configuration, { acr_values: 'urn:countersign:aal2' });
      assert.equal((await bare.get(`/api/v1/sso/${interactionIn(sure.place)}`)).body.state, 'step_up');
    } finally {
      await server.patchSettings({ mfa: { required: null } });
    }
  });

  test('what applications hold of somebody who never had a factor is worth nothing once one is required', async () => {
    const { configuration } = await relyingParty({});
    const login = `bare${(made += 1)}`;
    await server.addPerson(login);
    const bare = new Browser(server.url);
    await server.patchSettings({ mfa: { required: true, required_from: server.now() + 10 * minute } });
    try {
      await signInByPassword(bare, login);
      const tokens = await offline(bare, configuration);
      const next = await client.refreshTokenGrant(configuration, tokens.refresh_token!);
      await pass(10 * minute);
      await assert.rejects(client.refreshTokenGrant(configuration, next.refresh_token!), {
        error: 'invalid_grant',
      });
      assert.equal(
        errorIn((await ask(bare, configuration, { prompt: 'none' })).place),
        'login_required',
        'nor does the session go on',
      );
      // Nor does it come back to life with the person who enrols.
      const { browser } = await enrol(server, login);
      await assert.rejects(client.refreshTokenGrant(configuration, next.refresh_token!), {
        error: 'invalid_grant',
      });
      await assert.rejects(client.fetchUserInfo(configuration, next.access_token, tokens.claims()!.sub));
      await client.refreshTokenGrant(configuration, (await offline(browser, configuration)).refresh_token!);
    } finally {
      await server.patchSettings({ mfa: null });
    }
  });

  test('what applications hold of the password alone ends with the first factor, and nothing with another one', async () => {
    const { configuration } = await relyingParty({});
    const login = `bare${(made += 1)}`;
    const { id } = await server.addPerson(login);
    const browser = new Browser(server.url);
    const refresh = ({ refresh_token }: { refresh_token?: string }) =>
      client.refreshTokenGrant(configuration, refresh_token!);
    await server.patchSettings({ mfa: { required: false } });
    try {
      await signInByPassword(browser, login);
      const weak = await offline(browser, configuration);
      const asked = await ask(browser, configuration, { scope: 'openid offline_access', prompt: 'consent' });
      const secret = await addTotp(browser);
      await assert.rejects(refresh(weak), { error: 'invalid_grant' });
      await assert.rejects(redeem(configuration, asked), { error: 'invalid_grant' });
      await assert.rejects(client.fetchUserInfo(configuration, weak.access_token, id));
      // The session that enrolled goes on.
      await refresh(await offline(browser, configuration));
      await pass(minute);
      await signInByCode(browser, login, secret);
      const strong = await offline(browser, configuration);
      assert.equal((await browser.post('/api/v1/me/recovery-codes')).status, 201);
      const { body } = await browser.post('/api/v1/me/activations');
      const phone = await Phone.create(server.url, 'A phone', server.now);
      assert.equal((await phone.activate(body.code)).status, 201);
      const next = await refresh(strong);
      await client.fetchUserInfo(configuration, next.access_token, id);
    } finally {
      await server.patchSettings({ mfa: null });
    }
  });

  test('of whoever gave the factor up, what two factors opened goes on, and what the password alone opened does not', async () => {
    const { configuration } = await relyingParty({});
    const login = `bare${(made += 1)}`;
    await server.addPerson(login);
    const [browser, other] = [new Browser(server.url), new Browser(server.url)];
    const refresh = ({ refresh_token }: { refresh_token?: string }) =>
      client.refreshTokenGrant(configuration, refresh_token!);
    await server.patchSettings({ mfa: { required: true, required_from: server.now() + 10 * minute } });
    try {
      await signInByPassword(browser, login);
      const secret = await addTotp(browser);
      const weak = await refresh(await offline(browser, configuration));
      await pass(minute);
      await signInByCode(other, login, secret);
      const strong = await offline(other, configuration);
      await pass(minute);
      const cleared = await other.post('/api/v1/me/totp/reset', { code: totpCode(secret, server.now()) });
      assert.equal(cleared.status, 204, JSON.stringify(cleared.body));
      const [still, next] = [await refresh(weak), await refresh(strong)];
      await pass(8 * minute);
      await assert.rejects(refresh(still), { error: 'invalid_grant' });
      await refresh(next);
    } finally {
      await server.patchSettings({ mfa: null });
    }
  });

  test('no token outlives the sign-in that the application may rely on, rotated or not', async () => {
    const { id, configuration } = await relyingParty({ session_minutes: 20 });
    const one = await person();
    const tokens = await offline(one.browser, configuration);
    assert.ok(tokens.expires_in! <= 20 * 60 && tokens.expires_in! > 19 * 60, String(tokens.expires_in));
    await pass(15 * minute);
    const next = await client.refreshTokenGrant(configuration, tokens.refresh_token!);
    assert.ok(next.expires_in! <= 5 * 60, String(next.expires_in));
    await pass(4 * minute);
    const last = await client.refreshTokenGrant(configuration, next.refresh_token!);
    await pass(minute + 1000);
    await assert.rejects(client.refreshTokenGrant(configuration, last.refresh_token!));
    await assert.rejects(client.fetchUserInfo(configuration, last.access_token, tokens.claims()!.sub));
    // Shortened afterwards, it holds for what was given before.
    const long = await relyingParty();
    const two = await person();
    const given = await offline(two.browser, long.configuration);
    await pass(10 * minute);
    await owner.patch(`/api/v1/admin/applications/${long.id}`, { session_minutes: 5 });
    await assert.rejects(client.refreshTokenGrant(long.configuration, given.refresh_token!));
    await owner.patch(`/api/v1/admin/applications/${id}`, { session_minutes: null });
    assert.equal((await open(two, id)).status, 200);
  });
});
