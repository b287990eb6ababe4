import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import * as client from 'openid-client';
import { attemptsOf } from '../../apps/server/src/sso/attempts.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { openidClients, redirect_uri } from '../support/openid-clients.ts';
import { askPush, begin, enrol, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { certificatesIn, createServiceProvider, readResponse } from '../support/service-provider.ts';
import { post, redirectQuery } from '../support/saml.ts';

/** Single sign-on, as somebody would use it who wants in, or wants it to stand still. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let boss: Phone;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
    boss = phone;
  });
  after(() => server[Symbol.asyncDispose]());

  const { addClient, ask, follow, interactionIn, redeem } = openidClients(
    () => server,
    () => owner,
  );
  let people = 0;
  async function person(): Promise<{ login: string; browser: Browser; phone: Phone }> {
    const login = `target${people++}`;
    await server.addPerson(login);
    return { login, ...(await enrol(server, login)) };
  }
  async function stepUp(browser: Browser, phone: Phone, interaction: string): Promise<void> {
    const begun = await browser.post('/api/v1/authentications', { purpose: 'sso', interaction });
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const { push } = await askPush(browser, begun.body.id);
    await phone.answer(await phone.request('sso'), 'approve', { number: push.number ?? undefined });
    assert.equal((await browser.post(`/api/v1/authentications/${begun.body.id}/complete`)).status, 200);
  }
  async function addServiceProvider(
    parts?: Parameters<typeof createServiceProvider>[2],
    more: Record<string, unknown> = {},
  ) {
    const sp = createServiceProvider(server.url, server.now, parts);
    const added = await owner.post('/api/v1/admin/applications', {
      kind: 'saml',
      name: 'Files',
      url: 'https://files.example.com/',
      saml: { metadata: sp.metadata },
      ...more,
    });
    return { sp, added };
  }
  /** Milliseconds. */
  async function timeOf(act: () => Promise<unknown>): Promise<number> {
    const began = performance.now();
    await act();
    return performance.now() - began;
  }

  test('a stranger’s white space, or one field over and over, makes nobody wait', async () => {
    const blanks = `x${' '.repeat(60_000)}x`;
    const xml = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_a"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${blanks}</saml:Issuer></samlp:AuthnRequest>`;
    const stranger = new Browser(server.url);
    const query = await timeOf(async () => {
      const answer = await stranger.get(`/saml/sso?${redirectQuery(xml)}`);
      assert.equal(answer.status, 400, String(answer.body));
    });
    assert.ok(query < 2_000, `${query} ms`);
    const form = await timeOf(async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await stranger.call('POST', '/saml/sso', 'a&'.repeat(30_000), headers);
      assert.equal(answer.status, 400, String(answer.body));
    });
    assert.ok(form < 2_000, `${form} ms`);
  });

  test('what only looks (HEAD) is answered nothing, and spends nothing', async () => {
    const { sp } = await addServiceProvider();
    const { browser } = await person();
    const stranger = new Browser(server.url);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', cookie: '' };
    const fields = new URLSearchParams(sp.form()).toString();
    const parked = (await stranger.call('POST', '/saml/sso', fields, headers)).headers.get('location')!;
    for (const path of [sp.redirect(), parked.slice(server.url.length)]) {
      for (const each of [stranger, browser]) assert.equal((await each.call('HEAD', path)).status, 405);
      assert.equal((await browser.get(path)).status, 200);
    }
    await browser.get(sp.redirect());
    const leaving = (await browser.delete('/api/v1/session')).body.continue;
    assert.equal((await browser.call('HEAD', leaving)).status, 405);
    assert.match((await browser.get(leaving)).headers.get('location')!, /SAMLRequest=/);
  });

  test('where an application signs out is an address as a header can carry it', async () => {
    for (const location of [
      'https://sp.example.com/ł',
      'https://sp.example.com/&#10;x',
      'https://sp.example.com/a b',
    ]) {
      const services =
        `<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${location}"/>` +
        `<md:AssertionConsumerService Binding="${post}" Location="https://sp.example.com/acs" index="0"/>`;
      const { added } = await addServiceProvider({ services });
      refused(added, 400, 'malformed');
      assert.match(JSON.stringify(added.body.errors), /Location of SingleLogoutService/);
    }
  });

  test('what was given for an application ends with it, also where another one asks about it', async () => {
    const { configuration, application } = await addClient();
    const other = await addClient();
    const { browser } = await person();
    const asked = await ask(configuration, { scope: 'openid offline_access', prompt: 'consent' });
    const tokens = await redeem(configuration, asked, await follow(browser, asked.url));
    const { access_token, refresh_token } = tokens;
    assert.equal((await client.tokenIntrospection(other.configuration, access_token)).active, true);
    assert.equal((await owner.delete(`/api/v1/admin/applications/${application.id}`)).status, 204);
    for (const token of [access_token, refresh_token!])
      assert.deepEqual(await client.tokenIntrospection(other.configuration, token), { active: false });
    await assert.rejects(client.fetchUserInfo(configuration, access_token, tokens.claims()!.sub));
    await assert.rejects(client.refreshTokenGrant(configuration, refresh_token!));
  });

  test('what one session went on with is answered to that session, and to no other', async () => {
    const { configuration } = await addClient({ step_up: true });
    const { login, browser, phone } = await person();
    const stranger = (await person()).browser;
    // Somebody who has the session of the same person, as a thief has, and no phone.
    const thief = new Browser(server.url);
    await signIn(thief, phone, login);
    server.advance(6 * 60_000);
    for (const attacker of [thief, stranger, new Browser(server.url)]) {
      const asked = await ask(configuration);
      const interaction = interactionIn(await follow(attacker, asked.url));
      // The person is led to the page of what the attacker began, and steps up there.
      assert.equal((await browser.get(`/api/v1/sso/${interaction}`)).body.state, 'step_up');
      await stepUp(browser, phone, interaction);
      const { url } = (await browser.post(`/api/v1/sso/${interaction}/continue`)).body;
      const path = url.slice(server.url.length);
      for (const each of [browser, attacker, attacker]) {
        const answer = await follow(each, path);
        assert.ok(!answer.startsWith(redirect_uri), answer);
        assert.match(answer, /^400 /);
      }
      server.advance(6 * 60_000);
    }
    // Nor is anybody signed out by it.
    for (const each of [browser, thief, stranger])
      assert.equal((await each.get('/api/v1/session')).status, 200);
  });

  test('a SAML request is answered in the session that went on with it, and in no other', async () => {
    const { sp } = await addServiceProvider({}, { step_up: true });
    const { login, browser, phone } = await person();
    const thief = new Browser(server.url);
    await signIn(thief, phone, login);
    server.advance(6 * 60_000);
    const interactionOf = async (by: Browser, path: string) =>
      interactionIn(`/sso${(await by.get(path)).headers.get('location')!.split('/sso')[1]!}`);
    for (const attacker of [thief, (await person()).browser, new Browser(server.url)]) {
      const interaction = await interactionOf(attacker, sp.redirect({ attributes: ' ForceAuthn="true"' }));
      await stepUp(browser, phone, interaction);
      const { url } = (await browser.post(`/api/v1/sso/${interaction}/continue`)).body;
      const path = url.slice(server.url.length);
      assert.equal((await browser.get(path)).status, 404);
      assert.equal(await interactionOf(attacker, path), interaction);
      server.advance(6 * 60_000);
    }
  });

  test('who has to replace the password first is named to no application', async () => {
    const { sp } = await addServiceProvider();
    const { configuration } = await addClient();
    const { browser } = await person();
    const { items } = (await browser.get('/api/v1/me/activity')).body;
    assert.equal((await browser.post(`/api/v1/me/activity/${items[0].id}/report`)).status, 204);
    assert.match((await browser.get(sp.redirect())).headers.get('location')!, /\/sso\?interaction=/);
    const interaction = interactionIn(await follow(browser, (await ask(configuration)).url));
    assert.equal((await browser.get(`/api/v1/sso/${interaction}`)).body.state, 'sign_in');
    refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 403, 'password_change_required');
  });

  test('a session that ended after the person went on is answered nowhere, also in the next session', async () => {
    const { configuration } = await addClient();
    const { login, browser, phone } = await person();
    const asked = await ask(configuration, { prompt: 'login' });
    const interaction = interactionIn(await follow(browser, asked.url));
    await signIn(browser, phone, login);
    const { url } = (await browser.post(`/api/v1/sso/${interaction}/continue`)).body;
    await browser.delete('/api/v1/session');
    const path = url.slice(server.url.length);
    assert.match(await follow(browser, path), /^400 /);
    await signIn(browser, phone, login);
    assert.match(await follow(browser, path), /^400 /);
  });

  test('a report on the phone ends what the reported browser had its applications given for later', async () => {
    const { configuration } = await addClient();
    const { login, browser, phone } = await person();
    const thief = new Browser(server.url);
    await signIn(thief, phone, login);
    const report = async (from: Browser, purpose: 'portal_login' | 'sso', begun: { id: string }) => {
      await askPush(from, begun.id);
      assert.equal((await phone.answer(await phone.request(purpose), 'report')).status, 200);
    };
    const open = async (by: Browser) => {
      const asked = await ask(configuration, { scope: 'openid offline_access', prompt: 'consent' });
      return redeem(configuration, asked, await follow(by, asked.url));
    };
    const own = await open(browser);
    // Of a stranger who knows the password, and never got in, nothing has to end.
    const stranger = new Browser(server.url);
    await report(stranger, 'portal_login', await begin(stranger, login));
    const { refresh_token } = await client.refreshTokenGrant(configuration, own.refresh_token!);
    assert.ok(refresh_token);
    server.advance(31 * 60_000);
    const stolen = await open(thief);
    const interaction = interactionIn(
      await follow(thief, (await ask(configuration, { prompt: 'login' })).url),
    );
    await report(
      thief,
      'sso',
      (await thief.post('/api/v1/authentications', { purpose: 'sso', interaction })).body,
    );
    refused(await thief.get('/api/v1/session'), 401, 'no_session');
    await assert.rejects(client.refreshTokenGrant(configuration, stolen.refresh_token!));
  });

  test('an application that signs out signs out of both portals of that browser', async () => {
    const { sp } = await addServiceProvider();
    const certificates = await certificatesIn(owner);
    const { configuration } = await addClient();
    for (const how of ['SAML', 'OpenID Connect'] as const) {
      await signIn(owner, boss, 'boss');
      if (how === 'SAML') {
        const { assertion } = readResponse((await owner.get(sp.redirect())).body, certificates);
        const about = { nameId: assertion!.nameId.value, sessionIndexes: [assertion!.sessionIndex] };
        await owner.get(sp.logout(about));
      } else {
        const asked = await ask(configuration);
        const { id_token } = await redeem(configuration, asked, await follow(owner, asked.url));
        const page = (await owner.get(`/oidc/logout?id_token_hint=${id_token}`)).body;
        const xsrf = /name="xsrf" value="([^"]*)"/.exec(page)![1]!;
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        await owner.call('POST', '/oidc/logout/confirm', `xsrf=${xsrf}&logout=yes`, headers);
      }
      refused(await owner.get('/api/v1/session'), 401, 'no_session');
      interactionIn(await follow(owner, (await ask(configuration)).url));
      await signIn(owner, boss, 'boss', 'admin_login');
    }
  });

  test('a response to a sign-out counts from the application that was asked, and from no other', async () => {
    const [one, two] = [await addServiceProvider(), await addServiceProvider()];
    const { browser } = await person();
    for (const { sp } of [one, two]) assert.equal((await browser.get(sp.redirect())).status, 200);
    const leaving = (await browser.delete('/api/v1/session')).body.continue;
    const location = (await browser.get(leaving)).headers.get('location')!;
    assert.ok(location.startsWith(one.sp.entityId.replace('/metadata', '/slo')), location);
    const asked = new URL(location).searchParams.get('SAMLRequest')!;
    const id = / ID="([^"]*)"/.exec(inflateRawSync(Buffer.from(asked, 'base64')).toString())![1]!;
    assert.equal((await browser.get(two.sp.logoutResponse(id))).headers.get('location'), '/');
  });

  test('whoever only looks, or helps, is given no secret', async () => {
    const { application, configuration } = await addClient();
    for (const role of ['help_desk', 'read_only'] as const) {
      await server.addPerson(role, { role });
      const { browser, phone } = await enrol(server, role);
      await signIn(browser, phone, role, 'admin_login');
      const path = `/api/v1/admin/applications/${application.id}`;
      refused(await browser.post(`${path}/secret`), 403, 'forbidden');
      assert.ok(!JSON.stringify((await browser.get(path)).body).includes('secret":"'));
    }
    // The one that there was is good still.
    assert.deepEqual(await client.tokenIntrospection(configuration, 'x'), { active: false });
  });

  test('the change of a client is an event that says what was before', async () => {
    const { application } = await addClient();
    const path = `/api/v1/admin/applications/${application.id}`;
    const elsewhere = 'https://elsewhere.example.com/callback';
    assert.equal((await owner.patch(path, { oidc: { redirect_uris: [elsewhere] } })).status, 200);
    assert.equal((await owner.post(`${path}/secret`)).status, 200);
    const { items } = (await owner.get('/api/v1/admin/events?type=application.changed')).body;
    const [secret, change] = items as { details: { before: any; after: any } }[];
    assert.deepEqual(
      [change!.details.before.oidc.redirect_uris, change!.details.after.oidc.redirect_uris],
      [[redirect_uri], [elsewhere]],
    );
    assert.equal(secret!.details.after.client_secret, 'changed');
  });

  test('a stranger who knows an entity id cannot push out why the sign-ins of others failed', async () => {
    const { sp, added } = await addServiceProvider();
    const { browser } = await person();
    server.advance(60_000);
    const unknownClass = `<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>urn:other</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>`;
    const bad = () => sp.redirect({ destination: 'https://other.example.com/' });
    const visitors = [browser, new Browser(server.url)];
    for (const each of visitors)
      for (let tries = 0; tries < 31; tries++) assert.equal((await each.get(bad())).status, 400);
    const kept = await attemptsOf(added.body.id, server.server.platform);
    server.advance(1_000);
    const passive = () => sp.redirect({ attributes: ' IsPassive="true"', content: unknownClass });
    for (const each of visitors) {
      assert.equal((await each.get(bad())).status, 400);
      assert.equal((await each.get(passive())).status, 200);
    }
    const [last] = await attemptsOf(added.body.id, server.server.platform);
    assert.equal(last!.id, kept[0]!.id);
  });
});
