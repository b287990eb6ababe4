import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { attemptsOf } from '../../apps/server/src/sso/attempts.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { openidClients, redirect_uri } from '../support/openid-clients.ts';
import { enrol, signIn } from '../support/people.ts';

/** What an administrator reads of sign-ins by OpenID Connect that went wrong, and of those that went well. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let browser: Browser;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('boss', { role: 'owner' });
    const { browser: enrolled, phone } = await enrol(server, 'boss');
    await signIn(enrolled, phone, 'boss', 'admin_login');
    owner = enrolled;
    await server.addPerson('fiona');
    browser = (await enrol(server, 'fiona')).browser;
  });
  after(() => server[Symbol.asyncDispose]());
  const { addClient, ask, follow, redeem } = openidClients(
    () => server,
    () => owner,
  );
  const attempts = (id: string | null) => attemptsOf(id, server.server.platform);

  const tokenRequest = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/oidc/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields),
    });

  test('an address that is not registered: both are told, under the id that the page shows', async () => {
    const { application, configuration } = await addClient();
    const { url } = await ask(configuration, { redirect_uri: 'https://app.example.com/other' });
    const page = await follow(browser, url);
    const [last] = await attempts(application.id);
    assert.equal(last!.outcome, 'invalid_redirect_uri');
    assert.ok(
      last!.explanation.includes('“https://app.example.com/other”') &&
        last!.explanation.includes(redirect_uri),
    );
    assert.ok(page.includes(`<code>${last!.request_id}</code>`), page);
    assert.equal(last!.user!.login, 'fiona');
  });

  test('a wrong secret, and none at all where one was chosen; the secret itself is nowhere', async () => {
    const { application } = await addClient();
    const client_id = application.oidc.client_id as string;
    const fields = { grant_type: 'authorization_code', code: 'x', redirect_uri };
    const secret = 'not-the-secret-of-this-client';
    const basic = { authorization: `Basic ${btoa(`${client_id}:${secret}`)}` };
    assert.equal((await tokenRequest(fields, basic)).status, 401);
    const bare = await tokenRequest({ ...fields, client_id });
    assert.equal(bare.status, 401);
    const noted = await attempts(application.id);
    assert.deepEqual(new Set(noted.map(({ outcome }) => outcome)), new Set(['invalid_client']));
    assert.ok(noted.some(({ explanation }) => /invalid secret/.test(explanation)));
    assert.ok(noted.some(({ explanation }) => /by none; chosen here: client_secret_basic/.test(explanation)));
    const text = JSON.stringify(noted);
    assert.ok(!text.includes(secret) && !text.includes(application.client_secret));
  });

  test('a code with the wrong verifier says so, and one without PKCE', async () => {
    const { application, configuration } = await addClient();
    const asked = await ask(configuration);
    const back = await follow(browser, asked.url);
    await assert.rejects(redeem(configuration, { ...asked, verifier: 'x'.repeat(43) }, back));
    const [grant] = await attempts(application.id);
    assert.equal(grant!.outcome, 'invalid_grant');
    assert.match(grant!.explanation, /code_verifier/);
    const without = new URL((await ask(configuration)).url, server.url);
    without.searchParams.delete('code_challenge');
    without.searchParams.delete('code_challenge_method');
    server.advance(1);
    await follow(browser, without.pathname + without.search);
    const [last] = await attempts(application.id);
    assert.equal(last!.outcome, 'invalid_request');
    assert.match(last!.explanation, /PKCE/);
  });

  test('a client that nobody registered is noted under none', async () => {
    await follow(
      browser,
      `/oidc/authorize?client_id=nobody-knows-it&response_type=code&redirect_uri=${redirect_uri}`,
    );
    const [last] = await attempts(null);
    assert.equal(last!.outcome, 'invalid_client');
    assert.match(last!.explanation, /“nobody-knows-it”/);
  });

  test('a sign-in that goes well is noted while somebody looks, and only then', async () => {
    const { application, configuration } = await addClient();
    const open = async () => {
      const asked = await ask(configuration);
      await redeem(configuration, asked, await follow(browser, asked.url));
    };
    await open();
    assert.deepEqual(await attempts(application.id), []);
    await open();
    const [last, ...others] = await attempts(application.id);
    assert.deepEqual([last!.outcome, last!.user!.login, others], ['signed_in', 'fiona', []]);
    server.advance(3 * 60_000);
    await open();
    assert.equal((await attempts(application.id)).length, 1);
  });

  test('that prompt=none finds nobody signed in is no trouble', async () => {
    const { application, configuration } = await addClient();
    const { url } = await ask(configuration, { prompt: 'none', max_age: '0' });
    assert.equal(new URL(await follow(browser, url)).searchParams.get('error'), 'login_required');
    assert.deepEqual(await attempts(application.id), []);
  });

  test('a stranger writes no more than thirty in a minute, and cannot push out what others did for long', async () => {
    const { application } = await addClient();
    server.advance(61_000);
    const client_id = application.oidc.client_id as string;
    const written: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      await tokenRequest({ grant_type: 'authorization_code', code: 'x', redirect_uri, client_id });
      const [last] = await attempts(application.id);
      if (last && last.id !== written.at(-1)) written.push(last.id);
      server.advance(1);
    }
    assert.equal(written.length, 30);
    assert.equal((await attempts(application.id)).length, 20);
  });

  test('of a program and a device: what they asked in vain is told with what to change, and a poll that waits is no trouble', async () => {
    // What the test before has noted is over.
    server.advance(61_000);
    const ciba = 'urn:openid:params:grant-type:ciba';
    const device = 'urn:ietf:params:oauth:grant-type:device_code';
    const { application } = await addClient({ grant_types: [ciba, device], redirect_uris: [] });
    const authorization = `Basic ${btoa(`${application.oidc.client_id}:${application.client_secret}`)}`;
    const call = async (path: string, fields: Record<string, string>, headers = { authorization }) =>
      (await (
        await fetch(`${server.url}/oidc/${path}`, {
          method: 'POST',
          headers,
          body: new URLSearchParams(fields),
        })
      ).json()) as Record<string, string>;
    const told = async () =>
      (await attempts(application.id)).map((each) => `${each.outcome}: ${each.explanation}`);

    const begun = await call('backchannel', { scope: 'openid', login_hint: 'fiona' });
    assert.equal(
      (await call('token', { grant_type: ciba, auth_req_id: begun.auth_req_id! })).error,
      'authorization_pending',
    );
    const shown = await call('device_authorization', { scope: 'openid' });
    assert.equal(
      (await call('token', { grant_type: device, device_code: shown.device_code! })).error,
      'authorization_pending',
    );
    assert.deepEqual(await told(), []);

    server.advance(1);
    await call('backchannel', { scope: 'openid', login_hint: 'nobody' });
    assert.match((await told())[0]!, /^unknown_user_id: .*login_hint/);
    server.advance(1);
    await call('backchannel', { scope: 'openid', login_hint: 'fiona', binding_message: 'two\nlines' });
    assert.match((await told())[0]!, /^invalid_binding_message: .*one line of 1 to 100/);
    server.advance(1);
    const wrong = { authorization: `Basic ${btoa(`${application.oidc.client_id}:wrong`)}` };
    await call('device_authorization', { scope: 'openid' }, wrong);
    assert.match((await told())[0]!, /^invalid_client: .*Copy the client ID and the secret/);
  });
});
