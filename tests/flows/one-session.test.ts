import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import * as client from 'openid-client';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { openidClients } from '../support/openid-clients.ts';
import { askPush, enrol, password, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import {
  certificatesIn,
  createServiceProvider,
  readResponse,
  type ServiceProvider,
} from '../support/service-provider.ts';
import { withoutStoreAt } from '../support/without-store.ts';

/** One session for all applications, whatever they speak: it opens them, and ends for all of them. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let certificates: string[];
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
    certificates = await certificatesIn(new Browser(server.url));
  });
  after(() => server[Symbol.asyncDispose]());

  const { addClient, ask, follow, interactionIn, goOn, redeem } = openidClients(
    () => server,
    () => owner,
  );
  async function addProvider(more: object = {}): Promise<ServiceProvider & { id: string }> {
    const sp = createServiceProvider(server.url, server.now);
    const body = { kind: 'saml', name: 'Files', url: 'https://files.example.com/', ...more };
    const added = await owner.post('/api/v1/admin/applications', {
      ...body,
      saml: { metadata: sp.metadata },
    });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    return { ...sp, id: added.body.id };
  }
  let people = 0;
  async function person(): Promise<{ id: string; login: string; browser: Browser; phone: Phone }> {
    const login = `person${people++}`;
    const { id } = await server.addPerson(login);
    return { id, login, ...(await enrol(server, login)) };
  }
  async function openBySaml(browser: Browser, sp: ServiceProvider) {
    const { status, body } = await browser.get(sp.redirect());
    assert.equal(status, 200, String(body));
    return readResponse(body, certificates).assertion!;
  }
  async function openByOidc(
    browser: Browser,
    { configuration }: { configuration: client.Configuration },
    more?: Record<string, string>,
  ) {
    const asked = await ask(configuration, more);
    return redeem(configuration, asked, await follow(browser, asked.url));
  }
  async function stepUp(browser: Browser, phone: Phone, interaction: string) {
    const begun = await browser.post('/api/v1/authentications', { purpose: 'sso', interaction });
    const { push } = await askPush(browser, begun.body.id);
    await phone.answer(await phone.request('sso'), 'approve', { number: push.number ?? undefined });
    assert.equal((await browser.post(`/api/v1/authentications/${begun.body.id}/complete`)).status, 200);
  }
  /** What the application is sent to end: a LogoutRequest, or the response to its own. */
  function logoutIn(location: string): { to: string; id: string; xml: string } {
    const url = new URL(location);
    const message = url.searchParams.get('SAMLRequest') ?? url.searchParams.get('SAMLResponse')!;
    const xml = inflateRawSync(Buffer.from(message, 'base64')).toString();
    return { to: url.origin + url.pathname, id: / ID="([^"]*)"/.exec(xml)![1]!, xml };
  }
  const sloOf = (sp: ServiceProvider) => sp.acsUrl.replace('/acs', '/slo');
  const confirmIn = (page: string) =>
    [
      'POST',
      '/oidc/logout/confirm',
      `xsrf=${/name="xsrf" value="([^"]+)"/.exec(page)![1]!}&logout=yes`,
      { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
    ] as const;

  test('signed in for one application, a person is signed in to all, and to the portal', async () => {
    const [one, two, sp] = [await addClient(), await addClient(), await addProvider()];
    const { login, phone } = await person();
    const browser = new Browser(server.url);
    const asked = await ask(one.configuration);
    const interaction = interactionIn(await follow(browser, asked.url));
    await signIn(browser, phone, login);
    const first = await redeem(one.configuration, asked, await goOn(browser, interaction));
    assert.equal((await openByOidc(browser, two)).claims()!.sub, first.claims()!.sub);
    const { classRef, authnInstant } = await openBySaml(browser, sp);
    assert.equal(classRef, 'urn:countersign:aal2');
    assert.equal(Math.floor(authnInstant / 1000), first.claims()!.auth_time);
    assert.equal((await browser.get('/api/v1/session')).body.user.login, login);
  });

  test('a step-up is for the application that asked, and for no other of any kind', async () => {
    const more = { step_up: true };
    const [saml, otherSaml, oidc] = [await addProvider(more), await addProvider(more), await addClient(more)];
    const { browser, phone } = await person();
    server.advance(6 * 60_000);
    const asking = await browser.get(saml.redirect());
    const interaction = interactionIn(asking.headers.get('location')!.replace(server.url, ''));
    await stepUp(browser, phone, interaction);
    const { url } = (await browser.post(`/api/v1/sso/${interaction}/continue`)).body;
    const { body } = await browser.get(url.replace(server.url, ''));
    const { assertion } = readResponse(body, certificates);
    assert.ok(Math.abs(assertion!.authnInstant - server.now()) < 60_000);
    await openBySaml(browser, saml);
    assert.match((await browser.get(otherSaml.redirect())).headers.get('location')!, /\/sso\?interaction=/);
    const { configuration } = oidc;
    interactionIn(await follow(browser, (await ask(configuration)).url));
  });

  test('signed out by OpenID Connect, a person is signed out of the SAML applications too, and ends where the first one wanted', async () => {
    const after_logout = 'https://app.example.com/bye';
    const oidc = await addClient({ post_logout_redirect_uris: [after_logout] });
    const [one, two] = [await addProvider(), await addProvider()];
    const { browser, login } = await person();
    const tokens = await openByOidc(browser, oidc);
    const first = await openBySaml(browser, one);
    await openBySaml(browser, two);
    const out = client.buildEndSessionUrl(oidc.configuration, {
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: after_logout,
      state: 'here',
    });
    const page = await browser.get(out.pathname + out.search);
    const confirmed = await browser.call(...confirmIn(page.body));
    assert.equal(confirmed.status, 303);
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    const chain = confirmed.headers.get('location')!.replace(server.url, '');
    assert.match(chain, /^\/saml\/logout\?id=/);
    const toOne = logoutIn((await browser.get(chain)).headers.get('location')!);
    assert.equal(toOne.to, sloOf(one));
    assert.ok(toOne.xml.includes(first.sessionIndex));
    const toTwo = logoutIn(
      (await browser.get(one.logoutResponse(toOne.id, 'Responder'))).headers.get('location')!,
    );
    assert.equal(toTwo.to, sloOf(two));
    const back = await browser.get(two.logoutResponse(toTwo.id));
    assert.equal(back.headers.get('location'), `${after_logout}?state=here`);
    const { items } = (await owner.get(`/api/v1/admin/events?type=session.ended&limit=200`)).body;
    const ended = items.find(({ user }: { user: { login: string } }) => user?.login === login);
    assert.equal(ended.details.application, oidc.application.id);
  });

  test('signed out by SAML, a person is signed out of the OpenID Connect applications too', async () => {
    const [oidc, sp] = [await addClient(), await addProvider()];
    const { browser } = await person();
    const tokens = await openByOidc(browser, oidc);
    const { nameId, sessionIndex } = await openBySaml(browser, sp);
    const info = () => client.fetchUserInfo(oidc.configuration, tokens.access_token, client.skipSubjectCheck);
    await info();
    const answer = await browser.get(sp.logout({ nameId: nameId.value, sessionIndexes: [sessionIndex] }));
    assert.match(logoutIn(answer.headers.get('location')!).xml, /status:Success/);
    await assert.rejects(info);
    interactionIn(await follow(browser, (await ask(oidc.configuration)).url));
  });

  test('signed out by an application, an administrator leaves the session of neither portal open in that browser', async () => {
    const [oidc, sp] = [await addClient(), await addProvider()];
    const login = `both ${engine}`.replace(' ', '-');
    await server.addPerson(login, { role: 'admin' });
    const { browser, phone } = await enrol(server, login);
    const elsewhere = new Browser(server.url);
    await signIn(elsewhere, phone, login);
    for (const by of ['oidc', 'saml'] as const) {
      // So that neither is the pending request of the other.
      server.advance(16 * 60_000);
      await signIn(browser, phone, login);
      await signIn(browser, phone, login, 'admin_login');
      if (by === 'oidc') {
        await openByOidc(browser, oidc);
        const page = await browser.get('/oidc/logout');
        assert.equal((await browser.call(...confirmIn(page.body))).status, 303);
      } else {
        const { nameId, sessionIndex } = await openBySaml(browser, sp);
        await browser.get(sp.logout({ nameId: nameId.value, sessionIndexes: [sessionIndex] }));
      }
      refused(await browser.get('/api/v1/admin/users'), 401, 'no_session');
      interactionIn(await follow(browser, (await ask(oidc.configuration)).url));
      assert.equal((await elsewhere.get('/api/v1/session')).status, 200, 'another browser stays');
    }
  });

  test('suspended, a person is let in nowhere, and what applications were given is worth nothing', async () => {
    const [oidc, sp] = [await addClient(), await addProvider()];
    const { id, login, browser, phone } = await person();
    const tokens = await openByOidc(browser, oidc, { scope: 'openid offline_access', prompt: 'consent' });
    // One has gone on from the portal already, and the other waits for the person there.
    const force = { attributes: ' ForceAuthn="true"' };
    const asking = await browser.get(sp.redirect(force));
    const gone = interactionIn(asking.headers.get('location')!.replace(server.url, ''));
    await stepUp(browser, phone, gone);
    const { url } = (await browser.post(`/api/v1/sso/${gone}/continue`)).body;
    const waiting = interactionIn(
      await follow(browser, (await ask(oidc.configuration, { prompt: 'login' })).url),
    );
    assert.equal((await owner.post(`/api/v1/admin/users/${id}/suspend`)).status, 200);

    const answer = await browser.get(url.replace(server.url, ''));
    assert.match(answer.headers.get('location')!, /\/sso\?interaction=/, String(answer.body));
    refused(await browser.post(`/api/v1/sso/${waiting}/continue`), 401, 'no_session');
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    const again = { purpose: 'sso', interaction: waiting };
    refused(await browser.post('/api/v1/authentications', again), 401, 'no_session');
    await assert.rejects(
      client.fetchUserInfo(oidc.configuration, tokens.access_token, client.skipSubjectCheck),
    );
    await assert.rejects(client.refreshTokenGrant(oidc.configuration, tokens.refresh_token!));
    refused(
      await browser.post('/api/v1/authentications', { purpose: 'portal_login', login, password }),
      401,
      'invalid_credentials',
    );
  });

  test('the store goes away while somebody signs out: 503 and an id, and the same message ends it afterwards', async () => {
    const [one, two] = [await addProvider(), await addProvider()];
    const { browser } = await person();
    const { nameId, sessionIndex } = await openBySaml(browser, one);
    await openBySaml(browser, two);
    /** Until the store stays: what each try came to, and the last one. */
    async function untilItStays(path: string) {
      for (let tried = 0; ; tried += 1) {
        const { result, went } = await withoutStoreAt(server, tried, () => browser.get(path));
        if (!went) return { answer: result, tried };
        assert.equal(result.status, 503, `${tried}: ${result.status} ${String(result.body)}`);
        assert.match(result.headers.get('retry-after')!, /^\d+$/);
        assert.match(String(result.body), /<code>[\w-]{3,}<\/code>/);
      }
    }
    const begun = await untilItStays(one.logout({ nameId: nameId.value, sessionIndexes: [sessionIndex] }));
    assert.ok(begun.tried > 2, `${begun.tried}`);
    const toTwo = logoutIn(begun.answer.headers.get('location')!);
    assert.equal(toTwo.to, sloOf(two));
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    const ended = await untilItStays(two.logoutResponse(toTwo.id));
    assert.match(logoutIn(ended.answer.headers.get('location')!).xml, /status:Success/);

    // From the portal.
    const { browser: other } = await person();
    await openBySaml(other, one);
    const out = (await other.delete('/api/v1/session')).body.continue;
    for (let [tried, went] = [0, true]; went; tried += 1) {
      const answer = await withoutStoreAt(server, tried, () => other.get(out));
      went = answer.went;
      if (went) assert.equal(answer.result.status, 503, `${tried}`);
      else assert.equal(logoutIn(answer.result.headers.get('location')!).to, sloOf(one));
    }

    // By OpenID Connect: never a fault, and signed out in the end.
    const oidc = await addClient();
    const { browser: third } = await person();
    for (let [tried, went] = [0, true]; went; tried += 1) {
      const session = await third.get('/api/v1/session');
      assert.equal(session.status, 200, 'a try that failed signed nobody out');
      await openByOidc(third, oidc);
      const page = await third.call('GET', '/oidc/logout', undefined, { accept: 'text/html' });
      const answer = await withoutStoreAt(server, tried, () => third.call(...confirmIn(page.body)));
      went = answer.went;
      if (went) assert.equal(answer.result.status, 503, `${tried}: ${JSON.stringify(answer.result.body)}`);
    }
    refused(await third.get('/api/v1/session'), 401, 'no_session');
  });

  test('the store goes away on the way back, or as the launcher opens: the same address is good afterwards', async () => {
    const sp = await addProvider();
    const { browser, phone, login } = await person();
    const fresh = new Browser(server.url);
    const posted = await fresh.call('POST', '/saml/sso', new URLSearchParams(sp.form()).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://elsewhere.example.com',
      cookie: '',
    });
    const path = posted.headers.get('location')!.replace(server.url, '');
    const interaction = interactionIn(
      (await fresh.get(path)).headers.get('location')!.replace(server.url, ''),
    );
    await signIn(fresh, phone, login);
    const { url } = (await fresh.post(`/api/v1/sso/${interaction}/continue`)).body;
    for (const [by, at] of [
      [fresh, url.replace(server.url, '')],
      [browser, `/saml/apps/${sp.id}/start`],
    ] as [Browser, string][]) {
      for (let [tried, went] = [0, true]; went; tried += 1) {
        const answer = await withoutStoreAt(server, tried, () => by.get(at));
        went = answer.went;
        assert.equal(answer.result.status, went ? 503 : 200, `${at} ${tried}: ${String(answer.result.body)}`);
        if (!went) assert.deepEqual(readResponse(answer.result.body, certificates).status, ['Success']);
      }
    }
  });
});
