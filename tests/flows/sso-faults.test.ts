import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import * as client from 'openid-client';
import { attemptsOf } from '../../apps/server/src/sso/attempts.ts';
import type { Answer, Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { openidClients, redirect_uri } from '../support/openid-clients.ts';
import { enrol, signIn } from '../support/people.ts';
import { certify, createKeys, keys } from '../support/saml.ts';
import { createServiceProvider } from '../support/service-provider.ts';
import { withoutStoreAt } from '../support/without-store.ts';

/** What goes wrong at an application: the person reads what to do, and the administrator, under the same id, why. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let site: Server;
  let jwks: JWK[] = [];
  let origin: string;
  before(async () => {
    site = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: jwks })),
    ).listen(0, '127.0.0.1');
    await once(site, 'listening');
    origin = `http://localhost:${(site.address() as AddressInfo).port}`;
    server = await startInProcess(engine, { COUNTERSIGN_FETCH_ALLOW: origin });
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    site.close();
  });
  const { addClient } = openidClients(
    () => server,
    () => owner,
  );
  const lastOf = async (id: string) => (await attemptsOf(id, server.server.platform))[0]!;

  const day = 86_400_000;
  async function addProvider(metadata: string): Promise<string> {
    const body = { kind: 'saml', name: 'Files', url: 'https://files.example.com/', saml: { metadata } };
    const added = await owner.post('/api/v1/admin/applications', body);
    assert.equal(added.status, 201, JSON.stringify(added.body));
    return added.body.id;
  }
  /** The person’s page, and under its id the words for the administrator. */
  async function isTold(answer: Answer, id: string, page: RegExp, reason: string, explanation: RegExp) {
    assert.equal(answer.status, 400);
    assert.match(String(answer.body), page);
    const last = await lastOf(id);
    assert.equal(last.outcome, reason);
    assert.match(last.explanation, explanation);
    assert.ok(String(answer.body).includes(`<code>${last.request_id}</code>`));
  }

  test('an application whose clock is off: both times are told, and the person need not wait', async () => {
    for (const by of [-10 * 60_000, 10 * 60_000]) {
      const sp = createServiceProvider(server.url, () => server.now() + by, { signs: true });
      const id = await addProvider(sp.metadata);
      const page = /too old, or its clock is wrong.*begin anew/s;
      const explanation = /IssueInstant is "20[^"]*"; it may be at most 5 minutes before and 3 after 20/;
      await isTold(await owner.get(sp.redirect()), id, page, 'issue_instant', explanation);
    }
  });

  test('an application that changes its key: both are good while its metadata name both, and the old one no longer', async () => {
    const next = createKeys();
    const window = { validFrom: server.now() - 30 * day, validTo: server.now() + 300 * day };
    const certificates = [certify(keys.privateKey, window), certify(next.privateKey, window)];
    const before = createServiceProvider(server.url, server.now, { signs: true, certificates });
    const id = await addProvider(before.metadata);
    const after = createServiceProvider(server.url, server.now, {
      signs: true,
      keys: next,
      host: before.acsUrl.replace('/acs', ''),
    });
    for (const sp of [before, after, before]) assert.equal((await owner.get(sp.redirect())).status, 200);
    const changed = await owner.patch(`/api/v1/admin/applications/${id}`, {
      saml: { metadata: after.metadata },
    });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    assert.equal((await owner.get(after.redirect())).status, 200);
    const page = /Beginning anew does not help/;
    await isTold(
      await owner.get(before.redirect()),
      id,
      page,
      'signature_wrong',
      /any key of the registered/,
    );
  });

  test('a client that signs: its clock is told from a wrong key, and both keys of its JWKS are good during a rotation', async () => {
    const [one, two] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
    const published = async ({ publicKey }: CryptoKeyPair, kid: string) => ({
      ...(await exportJWK(publicKey)),
      ...{ kid, alg: 'ES256', use: 'sig' },
    });
    jwks = [await published(one, 'one'), await published(two, 'two')];
    const { application } = await addClient({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: `${origin}/keys`,
    });
    const client_id = application.oidc.client_id as string;
    /** Asks for a token with a code that is none; the error that comes. */
    async function ask(key: CryptoKeyPair, kid: string, off = 0): Promise<string> {
      const at = Math.floor((Date.now() + off) / 1000);
      const client_assertion = await new SignJWT({ iat: at, exp: at + 60 })
        .setProtectedHeader({ alg: 'ES256', kid })
        .setIssuer(client_id)
        .setSubject(client_id)
        .setAudience(server.url)
        .setJti(randomUUID())
        .sign(key.privateKey);
      const answer = await fetch(`${server.url}/oidc/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: 'none',
          redirect_uri,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion,
        }),
      });
      return ((await answer.json()) as { error: string }).error;
    }
    // The client is known; only the code is wrong.
    assert.equal(await ask(one, 'one'), 'invalid_grant');
    assert.equal(await ask(two, 'two'), 'invalid_grant');
    assert.equal(await ask(one, 'one', -10 * 60_000), 'invalid_client');
    assert.match((await lastOf(application.id)).explanation, /Set the clock of the application’s server/);
    assert.equal(await ask(two, 'one'), 'invalid_client');
    assert.match((await lastOf(application.id)).explanation, /register the key/);
  });

  test('what applications read of this server says what it does, and nothing that it does not', async () => {
    const read = async (path: string): Promise<any> => (await fetch(server.url + path)).json();
    const said = await read('/.well-known/openid-configuration');
    const at = (path: string) => `${server.url}/oidc/${path}`;
    assert.deepEqual(
      {
        issuer: said.issuer,
        authorization: said.authorization_endpoint,
        token: said.token_endpoint,
        userinfo: said.userinfo_endpoint,
        jwks: said.jwks_uri,
        introspection: said.introspection_endpoint,
        revocation: said.revocation_endpoint,
        logout: said.end_session_endpoint,
        pushed: said.pushed_authorization_request_endpoint,
        device: said.device_authorization_endpoint,
        backchannel: said.backchannel_authentication_endpoint,
      },
      {
        issuer: server.url,
        authorization: at('authorize'),
        token: at('token'),
        userinfo: at('userinfo'),
        jwks: at('jwks'),
        introspection: at('introspect'),
        revocation: at('revoke'),
        logout: at('logout'),
        pushed: at('par'),
        device: at('device_authorization'),
        backchannel: at('backchannel'),
      },
    );
    assert.deepEqual(said.acr_values_supported, [
      'urn:countersign:aal1',
      'urn:countersign:aal2',
      'urn:countersign:phr',
    ]);
    assert.deepEqual(said.response_types_supported, ['code']);
    assert.deepEqual(said.code_challenge_methods_supported, ['S256']);
    assert.deepEqual(said.id_token_signing_alg_values_supported, ['ES256', 'RS256']);
    assert.deepEqual(said.backchannel_token_delivery_modes_supported, ['poll']);
    assert.deepEqual(said.token_endpoint_auth_methods_supported, [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ]);
    for (const [name, value] of Object.entries({
      claims_parameter_supported: true,
      authorization_response_iss_parameter_supported: true,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      backchannel_user_code_parameter_supported: false,
      request_uri_parameter_supported: false,
    }))
      assert.equal(said[name], value, name);
    for (const scope of ['openid', 'profile', 'email', 'groups', 'offline_access'])
      assert.ok(said.scopes_supported.includes(scope), scope);
    for (const grant of ['authorization_code', 'refresh_token', 'device_code', 'ciba'])
      assert.ok(
        said.grant_types_supported.some((each: string) => each.endsWith(grant)),
        grant,
      );

    // Of SAML: for all, and for the one application that has to sign its requests.
    const sp = createServiceProvider(server.url, server.now);
    const added = await owner.post('/api/v1/admin/applications', {
      kind: 'saml',
      name: 'Files',
      url: 'https://files.example.com/',
      saml: { metadata: sp.metadata, require_signed_requests: true },
    });
    const xml = async (path: string) => (await fetch(server.url + path)).text();
    const [all, own] = [await xml('/saml/metadata'), await xml(`/saml/apps/${added.body.id}/metadata`)];
    assert.match(all, /WantAuthnRequestsSigned="false"/);
    assert.match(own, /WantAuthnRequestsSigned="true"/);
    for (const each of [all, own]) {
      assert.ok(each.includes(`entityID="${server.url}/saml/metadata"`));
      assert.equal(each.match(/use="signing"/g)!.length, 2, 'the key in use, and the next one');
      for (const [service, path] of [
        ['SingleSignOnService', 'sso'],
        ['SingleLogoutService', 'slo'],
      ])
        for (const binding of ['HTTP-Redirect', 'HTTP-POST'])
          assert.match(
            each,
            new RegExp(`<md:${service} Binding="[^"]*${binding}" Location="${server.url}/saml/${path}"`),
          );
    }
    assert.equal((await fetch(`${server.url}/saml/apps/nobody/metadata`)).status, 404);
  });

  test('a public client signs people in with PKCE alone, and has no other proof to give', async () => {
    const { configuration, application } = await addClient({ token_endpoint_auth_method: 'none' });
    assert.ok(!application.client_secret);
    const { ask, follow, redeem } = openidClients(
      () => server,
      () => owner,
    );
    const asked = await ask(configuration);
    const back = await follow(owner, asked.url);
    await assert.rejects(redeem(configuration, { ...asked, verifier: 'x'.repeat(43) }, back));
    const again = await ask(configuration);
    const tokens = await redeem(configuration, again, await follow(owner, again.url));
    await client.fetchUserInfo(configuration, tokens.access_token, tokens.claims()!.sub);
  });

  test('the store goes away at any endpoint: 503, when to come back and an id, and afterwards it is answered', async () => {
    const ciba = 'urn:openid:params:grant-type:ciba';
    const device = 'urn:ietf:params:oauth:grant-type:device_code';
    const added = await addClient({
      grant_types: ['authorization_code', 'refresh_token', ciba, device],
    });
    const { configuration, application } = added;
    const { ask, follow, redeem } = openidClients(
      () => server,
      () => owner,
    );
    const begun = await ask(configuration);
    const { access_token: token } = await redeem(configuration, begun, await follow(owner, begun.url));
    const basic = `Basic ${btoa(`${application.oidc.client_id}:${application.client_secret}`)}`;
    const post = (path: string, fields: Record<string, string>) => () =>
      fetch(server.url + path, {
        method: 'POST',
        headers: { authorization: basic },
        body: new URLSearchParams(fields),
      });
    const again = await ask(configuration);
    const parameters = Object.fromEntries(new URL(again.url, server.url).searchParams);
    const calls: Record<string, () => Promise<Response>> = {
      userinfo: () => fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } }),
      introspection: post('/oidc/introspect', { token }),
      'a pushed request': post('/oidc/par', parameters),
      'a device': post('/oidc/device_authorization', { scope: 'openid' }),
      'a push of its own': post('/oidc/backchannel', { scope: 'openid', login_hint: 'boss' }),
      'the metadata of SAML': () => fetch(`${server.url}/saml/metadata`),
      // The token is spent by the last one.
      revocation: post('/oidc/revoke', { token }),
    };
    for (const [what, call] of Object.entries(calls)) {
      for (let [tried, went] = [0, true]; went; tried += 1) {
        const answer = await withoutStoreAt(server, tried, call);
        went = answer.went;
        const { status, headers } = answer.result;
        const text = await answer.result.text();
        // What was missed then is done in the background, such as waking the phone.
        if (status < 300) break;
        assert.ok(went, `${what}, ${tried}: ${status} ${text}`);
        assert.equal(status, 503, `${what}, ${tried}: ${text}`);
        assert.match(headers.get('retry-after')!, /^\d+$/, what);
        assert.match(text, /temporarily_unavailable|unavailable/, what);
      }
    }
  });

  // Last: the clock goes on.
  test('an application whose certificate has ended: only an administrator can put it right, and reads why', async () => {
    const sp = createServiceProvider(server.url, server.now, { signs: true, lasting: 1 });
    const id = await addProvider(sp.metadata);
    assert.equal((await owner.get(sp.redirect())).status, 200);
    server.advance(2 * day);
    await server.addPerson('late');
    const { browser } = await enrol(server, 'late');
    const page = /does not fit what is registered.*Beginning anew does not help/s;
    await isTold(await browser.get(sp.redirect()), id, page, 'certificate_expired', /20\d\d-/);
  });
});
