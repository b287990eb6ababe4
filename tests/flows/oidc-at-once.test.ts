import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as client from 'openid-client';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { openidClients, redirect_uri } from '../support/openid-clients.ts';
import { enrol, signIn } from '../support/people.ts';
import { withoutStoreAt } from '../support/without-store.ts';

/** OpenID Connect where more than one thing happens in one moment. */
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
  const { addClient, ask, follow, redeem } = openidClients(
    () => server,
    () => owner,
  );

  let people = 0;
  async function person(): Promise<Browser> {
    const login = `person${people++}`;
    await server.addPerson(login);
    return (await enrol(server, login)).browser;
  }

  /** Opens each in the same moment, then redeems each code; every token must be good afterwards. */
  async function openAtOnce(browser: Browser, configurations: client.Configuration[]) {
    const asked = await Promise.all(configurations.map((configuration) => ask(configuration)));
    const backs = await Promise.all(asked.map(({ url }) => follow(browser, url)));
    const tokens = await Promise.all(
      configurations.map((configuration, n) => redeem(configuration, asked[n]!, backs[n]!)),
    );
    for (const [n, configuration] of configurations.entries()) {
      const { access_token, claims } = tokens[n]!;
      await client.fetchUserInfo(configuration, access_token, claims.call(tokens[n])!.sub);
    }
    return tokens;
  }

  test('applications that are opened in the same moment all keep what they were given', async () => {
    const added = await Promise.all(Array.from({ length: 6 }, () => addClient()));
    await openAtOnce(
      await person(),
      added.map(({ configuration }) => configuration),
    );
  });

  test('one application in several tabs at once: each tab keeps what it was given, under one sid', async () => {
    const { configuration } = await addClient({ backchannel_logout_uri: 'https://app.example.com/out' });
    const tokens = await openAtOnce(await person(), [configuration, configuration, configuration]);
    const [sid, ...others] = new Set(tokens.map((each) => each.claims()!.sid));
    assert.deepEqual([typeof sid, others], ['string', []]);
  });

  test('signing out while an application is being opened: a page or a code that is worth nothing, never a fault', async () => {
    const { configuration } = await addClient();
    for (let round = 0; round < 8; round += 1) {
      const browser = await person();
      const asked = await ask(configuration);
      const [opened] = await Promise.all([follow(browser, asked.url), browser.delete('/api/v1/session')]);
      assert.doesNotMatch(opened, /^5/);
      if (!opened.startsWith(redirect_uri)) continue;
      const tokens = await redeem(configuration, asked, opened).catch(() => undefined);
      if (!tokens) continue;
      await assert.rejects(client.fetchUserInfo(configuration, tokens.access_token, tokens.claims()!.sub));
    }
  });

  test('the store goes away in the middle: a page with 503, what to do and an id, wherever it was', async () => {
    const { configuration } = await addClient();
    const browser = await person();
    let tried = 0;
    for (let went = true; went; tried += 1) {
      const { url } = await ask(configuration);
      const answer = await withoutStoreAt(server, tried, () =>
        browser.call('GET', url, undefined, { accept: 'text/html' }),
      );
      went = answer.went;
      const { status, headers, body } = answer.result;
      if (!went) {
        assert.equal(status, 303);
        continue;
      }
      assert.equal(status, 503, `${tried}: ${JSON.stringify(body)}`);
      assert.equal(headers.get('location'), null);
      assert.match(body, /Wait a little, go back to the application/);
      assert.match(body, /<code>[\w-]{3,}<\/code>/);
    }
    assert.ok(tried > 5, `${tried}`);
  });

  test('the store goes away while a code is redeemed: 503, and never a 500', async () => {
    const { configuration } = await addClient();
    const browser = await person();
    for (let [went, tried] = [true, 0]; went; tried += 1) {
      const asked = await ask(configuration);
      const back = await follow(browser, asked.url);
      const redeemed = await withoutStoreAt(server, tried, () =>
        redeem(configuration, asked, back).catch((error: { status?: number; cause?: Response }) => error),
      );
      went = redeemed.went;
      const error = redeemed.result as { status?: number; cause?: Response };
      if (went) assert.equal(error.status ?? error.cause?.status, 503, `${tried}: ${JSON.stringify(error)}`);
    }
  });
});
