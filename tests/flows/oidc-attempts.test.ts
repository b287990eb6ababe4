import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as client from 'openid-client';
import { attemptsOf } from '../../apps/server/src/sso/attempts.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { openidClients, redirect_uri } from '../support/openid-clients.ts';
import { enrol, signIn } from '../support/people.ts';

/** What an administrator reads about sign-ins by OpenID Connect that failed, or went well while they looked. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let browser: Browser;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('boss', { role: 'owner' });
    const boss = await enrol(server, 'boss');
    await signIn(boss.browser, boss.phone, 'boss', 'admin_login');
    owner = boss.browser;
    await server.addPerson('ada');
    ({ browser } = await enrol(server, 'ada'));
  });
  after(() => server[Symbol.asyncDispose]());
  const { addClient, ask, follow, redeem } = openidClients(
    () => server,
    () => owner,
  );
  const attempts = (id: string) => attemptsOf(id, server.server.platform);

  test('an address that is not registered: the page has an id, under which stand both the one that came and the registered ones', async () => {
    const { configuration, application } = await addClient();
    const wrong = 'https://app.example.com/Callback';
    const page = await follow(browser, (await ask(configuration, { redirect_uri: wrong })).url);
    const [last, ...more] = await attempts(application.id);
    assert.deepEqual([last!.outcome, last!.user?.login, more], ['invalid_redirect_uri', 'ada', []]);
    assert.ok(page.startsWith('400') && page.includes(`<p>${last!.request_id}</p>`), page);
    for (const address of [wrong, redirect_uri]) assert.ok(last!.explanation.includes(address));
  });

  test('a wrong secret, a wrong method and a wrong verifier are told apart, and no secret is repeated', async () => {
    const { configuration, application } = await addClient();
    const id = application.oidc.client_id as string;
    const wrongly = async (how: client.ClientAuth) => {
      const asked = await ask(configuration);
      const back = await follow(browser, asked.url);
      const other = new client.Configuration(configuration.serverMetadata(), id, undefined, how);
      client.allowInsecureRequests(other);
      await assert.rejects(redeem(other, asked, back));
      const [last] = await attempts(application.id);
      return last!;
    };
    const secret = await wrongly(client.ClientSecretBasic('not-the-secret-at-all'));
    assert.equal(secret.outcome, 'invalid_client');
    assert.match(secret.explanation, /^The client secret that came is not the one/);
    assert.ok(!JSON.stringify(await attempts(application.id)).includes('not-the-secret-at-all'));
    const method = await wrongly(client.None());
    assert.match(method.explanation, /in another way than is registered.*client_secret_basic/);

    const asked = await ask(configuration);
    const back = await follow(browser, asked.url);
    await assert.rejects(redeem(configuration, { ...asked, verifier: 'x'.repeat(43) }, back));
    const [verifier] = await attempts(application.id);
    assert.equal(verifier!.outcome, 'invalid_grant');
    assert.match(verifier!.explanation, /PKCE by S256/);
    assert.ok(!verifier!.explanation.includes(new URL(back).searchParams.get('code')!));
  });

  test('what goes well is noted only while somebody looks, and that nobody is signed in never', async () => {
    const { configuration, application } = await addClient();
    const open = async () => {
      const asked = await ask(configuration);
      await redeem(configuration, asked, await follow(browser, asked.url));
    };
    await open();
    assert.deepEqual(await attempts(application.id), []);
    // That was a look.
    await open();
    const [last] = await attempts(application.id);
    assert.deepEqual([last!.outcome, last!.user?.login], ['signed_in', 'ada']);
    assert.ok(last!.explanation.includes(redirect_uri));
    const none = await ask(configuration, { prompt: 'none', max_age: '0' });
    assert.match(await follow(browser, none.url), /error=login_required/);
    assert.equal((await attempts(application.id)).length, 1);
  });

  test('a stranger who fails again and again writes thirty a minute, and is answered all the same', async () => {
    const { application } = await addClient();
    const fail = () =>
      fetch(`${server.url}/oidc/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${application.oidc.client_id}:wrong`)}` },
        body: new URLSearchParams({ grant_type: 'authorization_code', code: 'x', redirect_uri }),
      });
    server.advance(61_000);
    const written = new Set<string>();
    for (let n = 0; n < 40; n += 1) {
      assert.equal((await fail()).status, 401);
      for (const { id } of await attempts(application.id)) written.add(id);
    }
    assert.equal(written.size, 30);
    server.advance(61_000);
    await fail();
    for (const { id } of await attempts(application.id)) written.add(id);
    assert.equal(written.size, 31);
  });
});
