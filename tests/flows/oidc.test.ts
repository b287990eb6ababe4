import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as client from 'openid-client';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { generateKeyPair, SignJWT } from 'jose';
import { openidClients, redirect_uri } from '../support/openid-clients.ts';
import { askPush, enrol, password, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';

/** OpenID Connect, as the library of a real client speaks it. */
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

  const { addClient, ask, follow, interactionIn, goOn, redeem } = openidClients(
    () => server,
    () => owner,
  );

  let people = 0;
  async function person(): Promise<{ login: string; browser: Browser; phone: Phone }> {
    const login = `person${people++}`;
    await server.addPerson(login);
    const { browser, phone } = await enrol(server, login);
    return { login, browser, phone };
  }
  /** Steps up for an interaction by push. */
  async function stepUp(
    browser: Browser,
    phone: Phone,
    interaction: string,
    answer: 'approve' | 'deny' = 'approve',
  ) {
    const begun = await browser.post('/api/v1/authentications', { purpose: 'sso', interaction });
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const { push } = await askPush(browser, begun.body.id);
    const request = await phone.request('sso');
    await phone.answer(request, answer, { number: push.number ?? undefined });
    if (answer === 'approve') {
      const completed = await browser.post(`/api/v1/authentications/${begun.body.id}/complete`);
      assert.deepEqual(completed.body, { continue: `/sso?interaction=${interaction}` });
    }
    return request;
  }

  test('signed in to the portal, an application is opened without another question', async () => {
    const { configuration } = await addClient();
    const { login, browser } = await person();
    const asked = await ask(configuration);
    const back = await follow(browser, asked.url);
    assert.ok(back.startsWith(`${redirect_uri}?`), back);
    assert.equal(new URL(back).searchParams.get('iss'), server.url);
    const tokens = await redeem(configuration, asked, back);
    const claims = tokens.claims()!;
    assert.deepEqual(
      [claims.iss, claims.acr, claims.email_verified],
      [server.url, 'urn:countersign:aal2', true],
    );
    assert.ok((claims.amr as string[]).includes('mfa'));
    assert.ok(Math.abs(claims.auth_time! - Date.now() / 1000) < 60);
    const info = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
    assert.deepEqual(
      [info.preferred_username, info.email, info.email_verified],
      [login, `${login}@example.com`, true],
    );
  });

  test('an application that was opened without a question is an event, once for each session', async () => {
    const { configuration, application } = await addClient();
    const { login, browser, phone } = await person();
    type Event = {
      type: string;
      actor: { login: string } | null;
      ip: string;
      details: Record<string, unknown>;
    };
    const opened = async () => {
      const { body } = await owner.get('/api/v1/admin/events?limit=200');
      return (body.items as Event[]).filter(
        ({ type, actor, details }) =>
          type === 'application.opened' && actor?.login === login && details.application === application.id,
      );
    };
    for (let tried = 0; tried < 3; tried += 1) await follow(browser, (await ask(configuration)).url);
    const [event, ...more] = await opened();
    assert.deepEqual(more, []);
    assert.deepEqual([event!.ip, event!.details.acr], ['127.0.0.1', 'urn:countersign:aal2']);
    const tiles = (await browser.get('/api/v1/me/applications')).body.items;
    assert.notEqual(tiles.find(({ id }: { id: string }) => id === application.id).last_used_at, null);
    // With a page of the portal in between, that is the one.
    const elsewhere = new Browser(server.url);
    const interaction = interactionIn(await follow(elsewhere, (await ask(configuration)).url));
    await signIn(elsewhere, phone, login);
    await goOn(elsewhere, interaction);
    assert.equal((await opened()).length, 2);
  });

  test('signed in to nothing: the portal asks, and the application goes on afterwards', async () => {
    const { configuration, application } = await addClient();
    const { login, phone } = await person();
    const browser = new Browser(server.url);
    const asked = await ask(configuration);
    const interaction = interactionIn(await follow(browser, asked.url));
    const seen = await browser.get(`/api/v1/sso/${interaction}`);
    assert.deepEqual(seen.body, {
      id: interaction,
      application: { id: application.id, name: 'Wiki', logo_uri: null },
      state: 'sign_in',
    });
    refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 401, 'no_session');
    // Whoever sees the address has nothing of it.
    refused(await new Browser(server.url).get(`/api/v1/sso/${interaction}`), 404, 'not_found');
    await signIn(browser, phone, login);
    assert.equal((await browser.get(`/api/v1/sso/${interaction}`)).body.state, 'ready');
    const back = await goOn(browser, interaction);
    const tokens = await redeem(configuration, asked, back);
    assert.equal(tokens.claims()!.acr, 'urn:countersign:aal2');
    refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 404, 'not_found');
  });

  test('an application that asks for a step-up gets a fresh proof, and that counts for it alone', async () => {
    const first = await addClient({ step_up: true });
    const second = await addClient({ step_up: true });
    const { browser, phone } = await person();
    server.advance(6 * 60_000);
    const asked = await ask(first.configuration);
    const interaction = interactionIn(await follow(browser, asked.url));
    assert.equal((await browser.get(`/api/v1/sso/${interaction}`)).body.state, 'step_up');
    refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 403, 'step_up_required');
    const request = await stepUp(browser, phone, interaction);
    assert.deepEqual(request.resource, { kind: 'application', name: 'Wiki', logo_uri: null });
    await redeem(first.configuration, asked, await goOn(browser, interaction));
    // Within five minutes it is opened again without a question, and the other one is not.
    const again = await ask(first.configuration);
    await redeem(first.configuration, again, await follow(browser, again.url));
    interactionIn(await follow(browser, (await ask(second.configuration)).url));
  });

  test('the deny of a step-up signs out of the portal, also when it came from an application', async () => {
    const { configuration } = await addClient({ step_up: true });
    const { browser, phone } = await person();
    server.advance(6 * 60_000);
    const interaction = interactionIn(await follow(browser, (await ask(configuration)).url));
    await stepUp(browser, phone, interaction, 'deny');
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 401, 'no_session');
    const cancelled = await browser.post(`/api/v1/sso/${interaction}/cancel`);
    const back = await follow(browser, cancelled.body.url.slice(server.url.length));
    assert.equal(new URL(back).searchParams.get('error'), 'access_denied');
  });

  test('acr_values, an essential acr, max_age and prompt=login ask; prompt=none says that it would have to', async () => {
    const { configuration } = await addClient();
    const { browser, phone } = await person();
    const enough = await ask(configuration, { acr_values: 'urn:countersign:aal2' });
    assert.ok((await follow(browser, enough.url)).startsWith(redirect_uri));
    const essential = (acr: object) => ({
      claims: JSON.stringify({ id_token: { acr: { essential: true, ...acr } } }),
    });
    const met = await ask(
      configuration,
      essential({ values: ['urn:countersign:aal1', 'urn:countersign:aal2'] }),
    );
    const tokens = await redeem(configuration, met, await follow(browser, met.url));
    assert.equal(tokens.claims()!.acr, 'urn:countersign:aal2');
    const asking: Record<string, string>[] = [
      { acr_values: 'urn:countersign:phr' },
      essential({ value: 'urn:countersign:phr' }),
      { prompt: 'login' },
      { max_age: '0' },
    ];
    for (const more of asking) {
      interactionIn(await follow(browser, (await ask(configuration, more)).url));
      const none = await follow(browser, (await ask(configuration, { ...more, prompt: 'none' })).url);
      if (more.prompt) continue;
      assert.equal(new URL(none).searchParams.get('error'), 'login_required', JSON.stringify(more));
    }
    const unknown = await follow(browser, (await ask(configuration, essential({ value: 'urn:other' }))).url);
    assert.equal(new URL(unknown).searchParams.get('error'), 'unmet_authentication_requirements');
    // A proof that was made since is what prompt=login asks for.
    const login = await ask(configuration, { prompt: 'login', max_age: '0' });
    const interaction = interactionIn(await follow(browser, login.url));
    refused(await browser.post(`/api/v1/sso/${interaction}/continue`), 403, 'step_up_required');
    await stepUp(browser, phone, interaction);
    const fresh = await redeem(configuration, login, await goOn(browser, interaction), 10);
    assert.equal(fresh.claims()!.acr, 'urn:countersign:aal2');
  });

  test('a code is good once, for its own client, with its verifier; used twice at once, all that came of it is void', async () => {
    const { configuration } = await addClient();
    const other = await addClient();
    const { browser } = await person();
    const code = async () => {
      const asked = await ask(configuration);
      return { asked, back: await follow(browser, asked.url) };
    };
    const one = await code();
    await assert.rejects(redeem(configuration, { ...one.asked, verifier: 'x'.repeat(43) }, one.back));
    const two = await code();
    await assert.rejects(redeem(other.configuration, two.asked, two.back));
    const three = await code();
    const tries = await Promise.allSettled(
      Array.from({ length: 5 }, () => redeem(configuration, three.asked, three.back)),
    );
    const good = tries.filter((each) => each.status === 'fulfilled');
    assert.ok(good.length <= 1, `${good.length} of five`);
    await assert.rejects(redeem(configuration, three.asked, three.back));
    for (const { value } of good) {
      await assert.rejects(client.fetchUserInfo(configuration, value.access_token, value.claims()!.sub));
    }
  });

  test('refresh tokens rotate, and one that is used again takes its family with it', async () => {
    const { configuration } = await addClient();
    const { browser } = await person();
    const asked = await ask(configuration, { scope: 'openid offline_access', prompt: 'consent' });
    const tokens = await redeem(configuration, asked, await follow(browser, asked.url));
    const next = await client.refreshTokenGrant(configuration, tokens.refresh_token!);
    assert.notEqual(next.refresh_token, tokens.refresh_token);
    await assert.rejects(client.refreshTokenGrant(configuration, tokens.refresh_token!));
    await assert.rejects(client.refreshTokenGrant(configuration, next.refresh_token!), 'the family is gone');
  });

  test('signing out of the portal, or being suspended, ends what applications were given', async () => {
    const { configuration } = await addClient();
    const { browser, login } = await person();
    const open = async (scope: string) => {
      const asked = await ask(configuration, {
        scope,
        ...(scope.includes('offline') ? { prompt: 'consent' } : {}),
      });
      return redeem(configuration, asked, await follow(browser, asked.url));
    };
    const tokens = await open('openid');
    const offline = await open('openid offline_access');
    await client.fetchUserInfo(configuration, tokens.access_token, tokens.claims()!.sub);
    await browser.delete('/api/v1/session');
    await assert.rejects(client.fetchUserInfo(configuration, tokens.access_token, tokens.claims()!.sub));
    const refreshed = await client.refreshTokenGrant(configuration, offline.refresh_token!);
    const { items } = (await owner.get(`/api/v1/admin/users?q=${login}`)).body;
    await owner.post(`/api/v1/admin/users/${items[0].id}/suspend`);
    await assert.rejects(client.refreshTokenGrant(configuration, refreshed.refresh_token!));
    await assert.rejects(client.fetchUserInfo(configuration, refreshed.access_token, tokens.claims()!.sub));
  });

  test('only the registered address is answered, character by character', async () => {
    const { configuration } = await addClient();
    const { browser } = await person();
    for (const wrong of [
      'https://app.example.com/Callback',
      'https://APP.example.com/callback',
      'https://app.example.com:8443/callback',
      'https://app.example.com/callback/',
      'https://app.example.com/callback?x=1',
      'https://app.example.com/%63allback',
      'https://user@app.example.com/callback',
      'https://app.example.com/callback#x',
      'https://evil.example.com/callback',
      'http://app.example.com/callback',
    ]) {
      const asked = await ask(configuration, { redirect_uri: wrong });
      const answer = await follow(browser, asked.url);
      assert.match(answer, /^400 /, `${wrong}: ${answer.slice(0, 200)}`);
    }
    const plain = await ask(configuration, { code_challenge_method: 'plain' });
    assert.equal(new URL(await follow(browser, plain.url)).searchParams.get('error'), 'invalid_request');
    const { url } = await ask(configuration);
    const without = new URL(url, server.url);
    without.searchParams.delete('code_challenge');
    without.searchParams.delete('code_challenge_method');
    const none = await follow(browser, without.pathname + without.search);
    assert.equal(new URL(none).searchParams.get('error'), 'invalid_request');
  });

  test('an application that signs out asks first, unless it shows whose token it has', async () => {
    const { configuration } = await addClient({ post_logout_redirect_uris: ['https://app.example.com/bye'] });
    const { browser } = await person();
    const asked = await ask(configuration);
    const tokens = await redeem(configuration, asked, await follow(browser, asked.url));
    const url = client.buildEndSessionUrl(configuration, {
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: 'https://app.example.com/bye',
      state: 'here',
    });
    const page = await browser.get(url.pathname + url.search);
    assert.equal(page.status, 200);
    const confirm = (of: Browser, { body }: { body: string }) => {
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(body)![1]!;
      return of.call('POST', '/oidc/logout/confirm', `xsrf=${xsrf}&logout=yes`, {
        'content-type': 'application/x-www-form-urlencoded',
      });
    };
    const confirmed = await confirm(browser, page);
    assert.equal(confirmed.status, 303);
    assert.equal(confirmed.headers.get('location'), 'https://app.example.com/bye?state=here');
    refused(await browser.get('/api/v1/session'), 401, 'no_session');
    const { browser: another } = await person();
    const stranger = await another.get('/oidc/logout?post_logout_redirect_uri=https://evil.example.com/');
    assert.ok(!JSON.stringify(stranger).includes('evil.example.com'));
    const ended = await confirm(another, stranger);
    assert.equal(ended.status, 303);
    assert.equal(new URL(ended.headers.get('location')!).origin, server.url);
  });

  test('whoever puts everybody out, by a report or another password, ends what applications hold for later, too', async () => {
    const { configuration } = await addClient();
    for (const how of ['report', 'password'] as const) {
      const { browser } = await person();
      const asked = await ask(configuration, { scope: 'openid offline_access', prompt: 'consent' });
      const tokens = await redeem(configuration, asked, await follow(browser, asked.url));
      await client.fetchUserInfo(configuration, tokens.access_token, tokens.claims()!.sub);
      if (how === 'report') {
        const { items } = (await browser.get('/api/v1/me/activity')).body;
        assert.equal((await browser.post(`/api/v1/me/activity/${items[0].id}/report`)).status, 204);
      } else {
        const change = { current: password, new: 'another passphrase of theirs' };
        assert.equal((await browser.post('/api/v1/me/password', change)).status, 204);
      }
      await assert.rejects(client.refreshTokenGrant(configuration, tokens.refresh_token!), how);
      await assert.rejects(
        client.fetchUserInfo(configuration, tokens.access_token, tokens.claims()!.sub),
        how,
      );
    }
  });

  test('an answer by form_post is a page whose one script its policy names', async () => {
    const { configuration } = await addClient();
    const { browser } = await person();
    const { url } = await ask(configuration, { response_mode: 'form_post' });
    const { status, headers, body } = await browser.get(url);
    assert.equal(status, 200);
    assert.match(headers.get('content-security-policy')!, /script-src .*'sha256-[\w+/]+=*'/);
    assert.match(body, /<form method="post" action="https:\/\/app\.example\.com\/callback">/);
  });

  test('three hundred requests a minute from one address, and then it is told to come later', async () => {
    const { configuration } = await addClient();
    const { url } = await ask(configuration);
    let answer = '';
    for (let n = 0; n < 400 && !answer.startsWith('https://'); n += 1) {
      const { headers } = await new Browser(server.url).get(url);
      answer = headers.get('location')!;
    }
    assert.equal(new URL(answer).searchParams.get('error'), 'temporarily_unavailable');
    server.advance(61_000);
    interactionIn(await follow(new Browser(server.url), url));
  });

  test('the keys of a client are not read from where no stranger can go', async () => {
    const { configuration } = await addClient({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://localhost:1/keys',
    });
    const answer = await fetch(`${server.url}/oidc/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'x',
        redirect_uri,
        client_id: configuration.clientMetadata().client_id,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await new SignJWT({})
          .setProtectedHeader({ alg: 'ES256', kid: 'x' })
          .setIssuer(configuration.clientMetadata().client_id)
          .setSubject(configuration.clientMetadata().client_id)
          .setAudience(server.url)
          .setJti('once')
          .setExpirationTime('1m')
          .sign((await generateKeyPair('ES256')).privateKey),
      }),
    });
    assert.ok(answer.status === 400 || answer.status === 401, String(answer.status));
  });
});
