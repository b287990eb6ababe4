import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { rotateSamlKey } from '../../apps/server/src/keys/rotate.ts';
import { attemptsOf } from '../../apps/server/src/sso/attempts.ts';
import { readEnvironment } from '../../apps/server/src/platform/environment.ts';
import { Browser, type Answer } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, enrol, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { createKeys } from '../support/saml.ts';
import {
  certificatesIn,
  createServiceProvider,
  readResponse,
  type ServiceProvider,
  type Told,
} from '../support/service-provider.ts';
import { withoutStoreAt } from '../support/without-store.ts';

/** SAML, as a service provider speaks it through a browser. */
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

  interface Added {
    sp: ServiceProvider;
    id: string;
  }
  async function add(
    settings: Record<string, unknown> = {},
    parts: Parameters<typeof createServiceProvider>[2] = {},
    more: Record<string, unknown> = {},
  ): Promise<Added> {
    const sp = createServiceProvider(server.url, server.now, parts);
    const body = { kind: 'saml', name: 'Files', url: 'https://files.example.com/', ...more };
    const added = await owner.post('/api/v1/admin/applications', {
      ...body,
      saml: { metadata: sp.metadata, ...settings },
    });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    return { sp, id: added.body.id };
  }

  let people = 0;
  async function person(): Promise<{ login: string; browser: Browser; phone: Phone }> {
    const login = `person${people++}`;
    await server.addPerson(login);
    return { login, ...(await enrol(server, login)) };
  }

  const local = (location: string): string => location.replace(server.url, '');
  /** Follows redirects of the server's own, to its first page or to the portal. */
  async function follow(browser: Browser, path: string): Promise<Answer & { portal?: string }> {
    for (let hops = 0; hops < 10; hops++) {
      const answer = await browser.get(path);
      const location = answer.headers.get('location');
      if (location === null) return answer;
      if (local(location).startsWith('/sso?')) return { ...answer, portal: location.split('=')[1]! };
      if (!local(location).startsWith('/')) return answer;
      path = local(location);
    }
    throw new Error('goes round in circles');
  }
  async function told(browser: Browser, path: string): Promise<Told> {
    const answer = await follow(browser, path);
    assert.equal(answer.status, 200, `${answer.headers.get('location')} ${String(answer.body).slice(-600)}`);
    return readResponse(answer.body, certificates);
  }
  async function interactionOf(browser: Browser, path: string): Promise<string> {
    const { portal, body } = await follow(browser, path);
    assert.ok(portal, String(body));
    return portal;
  }
  async function goOn(browser: Browser, interaction: string): Promise<Told> {
    const continued = await browser.post(`/api/v1/sso/${interaction}/continue`);
    assert.equal(continued.status, 200, JSON.stringify(continued.body));
    return told(browser, local(continued.body.url));
  }
  async function stepUp(
    browser: Browser,
    phone: Phone,
    interaction: string,
    answer: 'approve' | 'deny' = 'approve',
  ) {
    const begun = await browser.post('/api/v1/authentications', { purpose: 'sso', interaction });
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const { push } = await askPush(browser, begun.body.id);
    await phone.answer(await phone.request('sso'), answer, { number: push.number ?? undefined });
    if (answer === 'deny') return;
    assert.equal((await browser.post(`/api/v1/authentications/${begun.body.id}/complete`)).status, 200);
  }
  const attempts = (id: string | null) => attemptsOf(id, server.server.platform);
  /** A page that says that it cannot go on, with the id under which the administrator reads why. */
  async function isRefused(answer: Answer, reason: string, id?: string): Promise<void> {
    assert.equal(answer.status, 400, String(answer.body).slice(0, 1500));
    assert.match(answer.headers.get('content-type')!, /text\/html/);
    assert.match(answer.headers.get('content-security-policy')!, /default-src 'none'/);
    const page = String(answer.body);
    assert.doesNotMatch(page, /<form/);
    if (id === undefined) return;
    const [last] = await attempts(id);
    assert.equal(last!.outcome, reason, last!.explanation);
    assert.ok(page.includes(last!.request_id), page);
  }
  const post = (browser: Browser, path: string, fields: Record<string, string> | string) =>
    browser.call('POST', path, typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://elsewhere.example.com',
      // SameSite=Lax: a form of another site brings none.
      cookie: '',
    });

  test('signed in to the portal, a service provider is answered at once', async () => {
    const { sp, id } = await add();
    const { browser, login } = await person();
    const relayState = `https://files.example.com/deep?a="><script>alert(1)</script>&b=${'x'.repeat(900)}`;
    const answer = await browser.get(sp.redirect({ id: '_mine', relayState }));
    const told = readResponse(answer.body, certificates);
    assert.deepEqual(
      [told.action, told.relayState, told.status, told.inResponseTo],
      [sp.acsUrl, relayState, ['Success'], '_mine'],
    );
    const { nameId, audience, recipient, inResponseTo, classRef, authnInstant, sessionNotOnOrAfter } =
      told.assertion!;
    assert.deepEqual(
      [audience, recipient, inResponseTo, classRef],
      [sp.entityId, sp.acsUrl, '_mine', 'urn:countersign:aal2'],
    );
    assert.equal(nameId.format, 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent');
    assert.ok(!nameId.value.includes(login));
    assert.ok(Math.abs(authnInstant - server.now()) < 60_000);
    assert.ok(sessionNotOnOrAfter > server.now());
    const policy = answer.headers.get('content-security-policy')!;
    assert.match(policy, /script-src 'sha256-/);
    assert.doesNotMatch(policy, /form-action|unsafe-inline/);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    // The same person has the same name there the next time, and another one elsewhere.
    assert.deepEqual((await told2(browser, sp)).nameId, nameId);
    const other = await add();
    assert.notEqual((await told2(browser, other.sp)).nameId.value, nameId.value);
    const opened = await owner.get('/api/v1/admin/events?type=application.opened');
    assert.ok(
      opened.body.items.some(
        ({ details }: { details: { application: string } }) => details.application === id,
      ),
    );
  });
  const told2 = async (browser: Browser, sp: ServiceProvider) =>
    (await told(browser, sp.redirect())).assertion!;

  test('signed in to nothing: the portal asks, in this browser alone, and the answer is given once', async () => {
    const { sp } = await add();
    const { login, phone } = await person();
    for (const by of ['redirect', 'form'] as const) {
      const browser = new Browser(server.url);
      const first =
        by === 'redirect'
          ? sp.redirect()
          : local((await post(browser, '/saml/sso', sp.form())).headers.get('location')!);
      assert.equal(browser.cookies.size, 0, 'a form of another site sets none');
      const interaction = await interactionOf(browser, first);
      assert.equal((await browser.get(`/api/v1/sso/${interaction}`)).body.state, 'sign_in');
      refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 401, 'no_session');
      await signIn(browser, phone, login);
      const { body } = await browser.post(`/api/v1/sso/${interaction}/continue`);
      const answer = local(body.url);
      // Whoever reads the address has nothing of it, signed in or not.
      const { browser: thief } = await person();
      assert.equal((await thief.get(answer)).status, 404);
      const both = await Promise.all([browser.get(answer), browser.get(answer)]);
      assert.deepEqual(both.map(({ status }) => status).sort(), [200, 404]);
      assert.equal((await browser.get(answer)).status, 404);
    }
  });

  test('a request is answered once: of 20 at once one, and none later', async () => {
    const { sp, id } = await add({}, { signs: true });
    const { browser } = await person();
    const path = sp.redirect();
    const all = await Promise.all(Array.from({ length: 20 }, () => browser.get(path)));
    assert.equal(all.filter(({ status }) => status === 200).length, 1);
    await isRefused(await browser.get(path), 'replayed', id);
    await isRefused(
      await post(new Browser(server.url), '/saml/sso', sp.form()).then(() => browser.get(path)),
      'replayed',
      id,
    );
    const form = sp.form();
    assert.equal((await post(browser, '/saml/sso', form)).status, 303);
    await isRefused(await post(browser, '/saml/sso', form), 'replayed', id);
  });

  test('what is not from the service provider, or not for us, is a page with an id, and the administrator reads why', async () => {
    const { sp, id } = await add({ require_signed_requests: true }, { signs: true });
    const { browser } = await person();
    const stranger = createServiceProvider(server.url, server.now);
    const unsigned = createServiceProvider(server.url, server.now, { entityId: sp.entityId });
    const forger = createServiceProvider(server.url, server.now, { signs: true, keys: createKeys() });
    const from = { issuer: sp.entityId };
    const cases: [string, string][] = [
      [unsigned.redirect(from), 'signature_missing'],
      [forger.redirect(from), 'signature_wrong'],
      [sp.redirect({ relayState: 'one' }).replace('RelayState=one', 'RelayState=two'), 'signature_wrong'],
      [sp.redirect({ destination: 'https://other.example.com/saml/sso' }), 'destination'],
      [
        sp.redirect({ attributes: ' AssertionConsumerServiceURL="https://evil.example.com/acs"' }),
        'acs_unregistered',
      ],
      [sp.redirect({ attributes: ' AssertionConsumerServiceIndex="9"' }), 'acs_unregistered'],
      [sp.redirect({ issueInstant: new Date(server.now() - 6 * 60_000).toISOString() }), 'issue_instant'],
      [sp.redirect({ issueInstant: new Date(server.now() + 4 * 60_000).toISOString() }), 'issue_instant'],
    ];
    for (const [path, reason] of cases) await isRefused(await browser.get(path), reason, id);
    for (const path of [
      stranger.redirect(),
      '/saml/sso',
      '/saml/sso?SAMLRequest=%21',
      `${sp.redirect()}&SAMLRequest=x`,
      '/saml/sso?SAML%52equest=x',
    ])
      await isRefused(await browser.get(path), '');
    assert.ok((await attempts(null)).some(({ explanation }) => explanation.includes(stranger.entityId)));
    await isRefused(await post(browser, '/saml/sso', 'SAMLRequest=PGE%2BPC9hPg&SAMLRequest=x'), '');
    // Of the other wrong kind.
    await isRefused(
      await browser.get(sp.logout({ nameId: 'x', sessionIndexes: [] }).replace('/saml/slo', '/saml/sso')),
      'kind',
      id,
    );
    // What is no form is refused before anything reads it, and what is too large.
    assert.equal((await browser.post('/saml/sso', {})).status, 415);
    assert.equal((await post(browser, '/saml/sso', `SAMLRequest=${'A'.repeat(400_000)}`)).status, 413);
    // The right one is answered all the same, at a registered address of its choice.
    const second = await told(browser, sp.redirect({ attributes: ' AssertionConsumerServiceIndex="7"' }));
    assert.deepEqual([second.action, second.status], [`${sp.acsUrl}/second`, ['Success']]);
  });

  const contextOf = (classRefs: string[], comparison = 'exact') =>
    `<samlp:RequestedAuthnContext Comparison="${comparison}">${classRefs.map((ref) => `<saml:AuthnContextClassRef>${ref}</saml:AuthnContextClassRef>`).join('')}</samlp:RequestedAuthnContext>`;
  const passwordClass = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';

  test('RequestedAuthnContext, ForceAuthn and IsPassive: asked, answered truthfully, or said why not', async () => {
    const { sp, id } = await add();
    const { browser, phone } = await person();
    const classOf = async (content: string) =>
      (await told(browser, sp.redirect({ content }))).assertion!.classRef;
    assert.equal(await classOf(contextOf([passwordClass])), passwordClass);
    assert.equal(
      await classOf(contextOf(['https://refeds.org/profile/mfa'])),
      'https://refeds.org/profile/mfa',
    );
    assert.equal(await classOf(contextOf(['urn:countersign:aal1'], 'better')), 'urn:countersign:aal2');
    // What the session has not proven is asked for, and nothing that was not proven is stated.
    const stronger = contextOf(['urn:countersign:phr'], 'minimum');
    const interaction = await interactionOf(browser, sp.redirect({ content: stronger }));
    assert.equal((await browser.get(`/api/v1/sso/${interaction}`)).body.state, 'step_up');
    refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 403, 'step_up_required');
    const isPassive = ' IsPassive="true"';
    const passive = await told(browser, sp.redirect({ content: stronger, attributes: isPassive }));
    assert.deepEqual([passive.status, passive.assertion], [['Responder', 'NoPassive'], undefined]);
    const nobody = await told(new Browser(server.url), sp.redirect({ attributes: isPassive }));
    assert.deepEqual(nobody.status, ['Responder', 'NoPassive']);
    const unknown = await told(browser, sp.redirect({ content: contextOf(['urn:other:class']) }));
    assert.deepEqual(unknown.status, ['Responder', 'NoAuthnContext']);
    const [last] = await attempts(id);
    assert.match(last!.explanation, /urn:other:class/);
    // By a form from another site, without a cookie, too.
    const passiveForm = await post(browser, '/saml/sso', sp.form({ attributes: isPassive }));
    assert.deepEqual((await told(browser, local(passiveForm.headers.get('location')!))).status, ['Success']);

    // ForceAuthn: what was proven before does not count, not even a moment before.
    const forced = await interactionOf(browser, sp.redirect({ attributes: ' ForceAuthn="true"' }));
    assert.equal((await browser.get(`/api/v1/sso/${forced}`)).body.state, 'step_up');
    const before = server.now();
    await stepUp(browser, phone, forced);
    const again = await goOn(browser, forced);
    assert.ok(again.assertion!.authnInstant >= Math.floor(before / 1000) * 1000);
    const both = await told(browser, sp.redirect({ attributes: ' ForceAuthn="true" IsPassive="true"' }));
    assert.deepEqual(both.status, ['Responder', 'NoPassive']);
  });

  test('an application that wants a step-up has a fresh proof; a deny signs out, and giving up is said', async () => {
    const { sp } = await add({}, {}, { step_up: true });
    const { browser, phone } = await person();
    server.advance(6 * 60_000);
    const path = () => sp.redirect({ content: contextOf([passwordClass]) });
    const interaction = await interactionOf(browser, path());
    await stepUp(browser, phone, interaction);
    assert.equal((await goOn(browser, interaction)).assertion!.classRef, passwordClass);
    assert.deepEqual((await told(browser, path())).status, ['Success']);
    server.advance(6 * 60_000);
    const second = await interactionOf(browser, path());
    await stepUp(browser, phone, second, 'deny');
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    const cancelled = await browser.post(`/api/v1/sso/${second}/cancel`);
    assert.deepEqual((await told(browser, local(cancelled.body.url))).status, ['Responder', 'AuthnFailed']);
  });

  test('whoever may not use an application is told so, and so is the application', async () => {
    const group = await owner.post('/api/v1/admin/groups', { name: `Finance ${engine}` });
    assert.equal(group.status, 201, JSON.stringify(group.body));
    const { sp, id } = await add({}, {}, { access: 'groups', group_ids: [group.body.id] });
    const { browser, login } = await person();
    const interaction = await interactionOf(browser, sp.redirect());
    assert.equal((await browser.get(`/api/v1/sso/${interaction}`)).body.state, 'forbidden');
    refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 403, 'application_not_allowed');
    const cancelled = await browser.post(`/api/v1/sso/${interaction}/cancel`);
    assert.deepEqual((await told(browser, local(cancelled.body.url))).status, ['Responder', 'RequestDenied']);
    assert.equal((await attempts(id))[0]!.user!.login, login);
    const started = await follow(browser, `/saml/apps/${id}/start`);
    assert.ok(started.portal);
    assert.deepEqual((await told(browser, sp.redirect({ attributes: ' IsPassive="true"' }))).status, [
      'Responder',
      'NoPassive',
    ]);
  });

  const policyOf = (format: string, more = '') =>
    `<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:${format}"${more} AllowCreate="true"/>`;

  test('a NameID is of the format that was chosen, or asked for where that tells no more', async () => {
    const { sp } = await add();
    const mail = await add({ name_id_format: 'emailAddress' });
    const { browser, login } = await person();
    const named = async (by: ServiceProvider, content: string) =>
      (await told(browser, by.redirect({ content }))).assertion?.nameId;
    const transient = policyOf('2.0:nameid-format:transient');
    const once = await named(sp, transient);
    assert.equal(once!.format, 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient');
    assert.notEqual((await named(sp, transient))!.value, once!.value);
    assert.equal(
      (await named(mail.sp, policyOf('1.1:nameid-format:unspecified')))!.value,
      `${login}@example.com`,
    );
    assert.equal(
      (await named(mail.sp, policyOf('1.1:nameid-format:emailAddress')))!.value,
      `${login}@example.com`,
    );
    const persistent = await named(sp, '');
    assert.deepEqual(
      await named(sp, policyOf('2.0:nameid-format:persistent', ` SPNameQualifier="${sp.entityId}"`)),
      persistent,
    );
    // The address is told to whom the administrator chose to tell it, and names of others' to nobody.
    for (const content of [
      policyOf('1.1:nameid-format:emailAddress'),
      policyOf('2.0:nameid-format:kerberos'),
      policyOf('2.0:nameid-format:persistent', ' SPNameQualifier="https://other.example.com"'),
    ]) {
      const refusedOne = await told(browser, sp.redirect({ content }));
      assert.deepEqual(
        [refusedOne.status, refusedOne.assertion],
        [['Requester', 'InvalidNameIDPolicy'], undefined],
      );
    }
    // Whom it asks for, and nobody else.
    const about = (value: string) => `<saml:Subject><saml:NameID>${value}</saml:NameID></saml:Subject>`;
    assert.deepEqual(
      (await told(browser, mail.sp.redirect({ content: about(`${login}@example.com`) }))).status,
      ['Success'],
    );
    assert.deepEqual((await told(browser, mail.sp.redirect({ content: about('boss@example.com') }))).status, [
      'Requester',
      'UnknownPrincipal',
    ]);
  });

  test('the launcher signs in by itself, or opens the address of an application that takes nothing unasked', async () => {
    const { sp, id } = await add({ relay_state: 'https://files.example.com/home' });
    const closed = await add({ idp_initiated: false });
    const { browser } = await person();
    const opened = await browser.post(`/api/v1/me/applications/${id}/open`);
    assert.equal(opened.body.url, `${server.url}/saml/apps/${id}/start`);
    const unasked = await told(browser, local(opened.body.url));
    assert.deepEqual(
      [unasked.action, unasked.relayState, unasked.inResponseTo, unasked.assertion!.inResponseTo],
      [sp.acsUrl, 'https://files.example.com/home', undefined, undefined],
    );
    const other = await browser.get(
      `/saml/apps/${closed.id}/start?RelayState=https://evil.example.com&url=https://evil.example.com`,
    );
    assert.deepEqual([other.status, other.headers.get('location')], [303, 'https://files.example.com/']);
    const nobody = new Browser(server.url);
    assert.ok((await follow(nobody, `/saml/apps/${id}/start`)).portal);
    assert.equal((await browser.get('/saml/apps/nothing/start')).status, 404);
  });

  /** What our redirect to a service provider carries. */
  const logoutRequestIn = (location: string): { to: string; id: string; xml: string } => {
    const url = new URL(location);
    const xml = inflateRawSync(
      Buffer.from(url.searchParams.get('SAMLRequest') ?? url.searchParams.get('SAMLResponse')!, 'base64'),
    ).toString();
    return { to: url.origin + url.pathname, id: / ID="([^"]*)"/.exec(xml)![1]!, xml };
  };
  const hostOf = (sp: ServiceProvider) => sp.entityId.replace('/metadata', '');

  test('signing out in the portal signs out of the applications that it opened, one after the other', async () => {
    const [one, two, silent] = [await add(), await add(), await add({}, { slo: false })];
    const { browser } = await person();
    const first = await told(browser, one.sp.redirect());
    for (const { sp } of [two, silent]) await told(browser, sp.redirect());
    const out = await browser.delete('/api/v1/session');
    assert.equal(out.status, 200);
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    const toOne = logoutRequestIn((await browser.get(out.body.continue)).headers.get('location')!);
    assert.equal(toOne.to, `${hostOf(one.sp)}/slo`);
    assert.ok(
      toOne.xml.includes(first.assertion!.sessionIndex) && toOne.xml.includes(first.assertion!.nameId.value),
    );
    // Once: neither the page nor the response is taken again.
    assert.equal((await browser.get(out.body.continue)).headers.get('location'), '/');
    const response = one.sp.logoutResponse(toOne.id);
    const toTwo = logoutRequestIn((await browser.get(response)).headers.get('location')!);
    assert.equal(toTwo.to, `${hostOf(two.sp)}/slo`);
    await isRefused(await browser.get(response), 'replayed', one.id);
    // The response of another than the one who was asked does not go on with it.
    assert.equal((await browser.get(two.sp.logoutResponse(toTwo.id))).headers.get('location'), '/');
    // Whoever opened nothing is simply signed out.
    const { browser: other } = await person();
    assert.equal((await other.delete('/api/v1/session')).status, 204);
  });

  test('an application that signs out ends the session here and at the others, and is told how it went', async () => {
    const [one, two] = [await add(), await add()];
    const { browser } = await person();
    const { assertion } = await told(browser, one.sp.redirect());
    await told(browser, two.sp.redirect());
    const about = { nameId: assertion!.nameId.value, sessionIndexes: [assertion!.sessionIndex] };
    // Nobody else can: not with another key, not another application, not for another session.
    const forger = createServiceProvider(server.url, server.now, {
      keys: createKeys(),
      entityId: one.sp.entityId,
    });
    const forged = forger.logout(about);
    await isRefused(await browser.get(forged), '');
    for (const path of [
      two.sp.logout(about),
      one.sp.logout({ ...about, sessionIndexes: ['another'] }),
      one.sp.logout({ ...about, nameId: 'somebody' }),
    ])
      assert.equal((await browser.get(path)).status, 303);
    assert.equal((await browser.get('/api/v1/session')).status, 200);
    const request = one.sp.logout({ ...about, id: '_out' });
    const toTwo = logoutRequestIn((await browser.get(request)).headers.get('location')!);
    assert.equal(toTwo.to, `${hostOf(two.sp)}/slo`);
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    const back = (await browser.get(two.sp.logoutResponse(toTwo.id, 'Responder'))).headers.get('location')!;
    const { to, xml } = logoutRequestIn(back);
    assert.deepEqual([to, new URL(back).searchParams.get('RelayState')], [`${hostOf(one.sp)}/slo`, 'state']);
    assert.match(xml, /InResponseTo="_out"/);
    assert.match(xml, /PartialLogout/);
    await isRefused(await browser.get(request), 'replayed', one.id);
  });

  test('suspended, a person is answered nowhere, also where they had gone on already', async () => {
    const { sp } = await add();
    const { browser, login, phone } = await person();
    const interaction = await interactionOf(browser, sp.redirect({ attributes: ' ForceAuthn="true"' }));
    await stepUp(browser, phone, interaction);
    const { body } = await browser.post(`/api/v1/sso/${interaction}/continue`);
    const users = await owner.get(`/api/v1/admin/users?q=${login}`);
    assert.equal((await owner.post(`/api/v1/admin/users/${users.body.items[0].id}/suspend`)).status, 200);
    for (const path of [local(body.url), sp.redirect()]) assert.ok((await follow(browser, path)).portal);
  });

  test('the store goes away in the middle: a page with 503 and an id, and the same request is good afterwards', async () => {
    const { sp } = await add({}, { signs: true });
    const { browser } = await person();
    const path = sp.redirect();
    const refusedOne = sp.redirect({ destination: 'https://other.example.com/' });
    for (const [asked, status] of [
      [refusedOne, 400],
      [path, 200],
    ] as const) {
      let tried = 0;
      for (let went = true; went; tried += 1) {
        const answer = await withoutStoreAt(server, tried, () => browser.get(asked));
        went = answer.went;
        assert.equal(answer.result.status, went ? 503 : status, `${tried}: ${String(answer.result.body)}`);
        assert.match(String(answer.result.body), went ? /The server cannot answer just now/ : /<main>/);
      }
      assert.ok(tried > 2, `${tried}`);
    }
  });

  test('keys that change under load fail no sign-in of an application that knew the metadata before', async () => {
    const { sp } = await add();
    const { browser } = await person();
    const known = await certificatesIn(browser);
    assert.equal(known.length >= 2, true);
    const signers = new Set<string>();
    let stop = false;
    const load = Array.from({ length: 4 }, async () => {
      let answered = 0;
      while (!stop) {
        const answer = await browser.get(sp.redirect());
        const { xml } = readResponse(answer.body, known);
        signers.add(/<ds:X509Certificate>([^<]*)</.exec(xml)![1]!);
        answered += 1;
      }
      return answered;
    });
    await rotateSamlKey(readEnvironment(server.env));
    while (signers.size < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    const after = await certificatesIn(browser);
    stop = true;
    assert.ok((await Promise.all(load)).every((answered) => answered > 0));
    assert.deepEqual([...signers], known.slice(0, 2));
    assert.deepEqual([after[0], after[2]], [known[1], known[0]]);
    assert.ok(!known.includes(after[1]!));
  });

  test('an assertion can be for the application alone, until its certificate ends; then the administrator reads why', async () => {
    const { sp, id } = await add({ encrypt: 'aes256-gcm' });
    const other = await add();
    const { browser, login, phone } = await person();
    const sent = await told(browser, sp.redirect());
    assert.equal(sent.assertion, undefined);
    assert.match(sent.xml, /<saml:EncryptedAssertion/);
    assert.doesNotMatch(sent.xml, /AttributeValue|NameID/);
    server.advance(400 * 86_400_000);
    await signIn(browser, phone, login);
    await isRefused(await browser.get(sp.redirect()), 'certificate_expired', id);
    // One that is out of order does not stop the others.
    assert.deepEqual((await told(browser, other.sp.redirect())).status, ['Success']);
  });
});
