import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { rotateOidcKey } from '../../apps/server/src/keys/rotate.ts';
import { readEnvironment } from '../../apps/server/src/platform/environment.ts';
import { findKey, replaceKey } from '../../apps/server/src/platform/keys/store.ts';
import { sealed } from '../../apps/server/src/platform/sealed-columns.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { openidClients } from '../support/openid-clients.ts';
import { enrol, signIn } from '../support/people.ts';
import { startServer, type RunningServer } from '../support/server.ts';

/** The keys of OpenID Connect change while people sign in, at two processes on one store. */
forEachEngine((engine) => {
  let server: InProcess;
  let other: RunningServer;
  let owner: Browser;
  before(async () => {
    server = await startInProcess(engine);
    const { PORT: _, ...shared } = server.env;
    other = await startServer({ engine, env: { ...shared, COUNTERSIGN_URL: server.url } });
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
  });
  after(async () => {
    await other[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const { addClient, ask, follow, redeem } = openidClients(
    () => server,
    () => owner,
  );

  const jwksAt = async (at: string) =>
    (await (await fetch(`${at}/oidc/jwks`)).json()) as { keys: { kid: string; alg: string; d?: string }[] };
  const kidsAt = async (at: string, alg = 'ES256') =>
    (await jwksAt(at)).keys.filter((key) => key.alg === alg).map(({ kid }) => kid);
  const rotate = () => rotateOidcKey(readEnvironment(server.env), server.now);
  async function eventually(is: () => Promise<boolean>) {
    for (const deadline = Date.now() + 15_000; !(await is());) {
      assert.ok(Date.now() < deadline, 'it did not come about');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  async function reader(at: string, alg: 'ES256' | 'RS256') {
    const { configuration } = await addClient({ id_token_signed_response_alg: alg });
    Object.assign(configuration.clientMetadata(), { id_token_signed_response_alg: alg });
    // Signatures too, which a client may otherwise leave to the connection.
    client.enableNonRepudiationChecks(configuration);
    configuration[client.customFetch] = (url, options) =>
      fetch(url.replace(server.url, at), options as RequestInit);
    return configuration;
  }

  test('keys that change under load, at two processes, fail no sign-in of an application that knew the JWKS before', async () => {
    const known = await jwksAt(server.url);
    for (const { alg, d } of known.keys) assert.deepEqual([/^(ES|RS)256$/.test(alg), d], [true, undefined]);
    const [current, next] = await kidsAt(server.url);
    assert.deepEqual(await kidsAt(other.at), [current, next]);
    const knownBefore = createLocalJWKSet(known);

    const { browser } = await enrol(server, (await server.addPerson('ada')).login);
    const signers = { one: new Set<string>(), other: new Set<string>() };
    let stop = false;
    const load = (['ES256', 'RS256'] as const).flatMap((alg) =>
      (['one', 'other'] as const).map(async (where) => {
        const at = where === 'one' ? server.url : other.at;
        const configuration = await reader(at, alg);
        const here = new Browser(at);
        for (const [name, value] of browser.cookies) here.cookies.set(name, value);
        let answered = 0;
        for (; !stop; answered += 1) {
          const asked = await ask(configuration);
          const tokens = await redeem(configuration, asked, await follow(here, asked.url));
          await jwtVerify(tokens.id_token!, knownBefore, { issuer: server.url, algorithms: [alg] });
          signers[where].add(decodeProtectedHeader(tokens.id_token!).kid!);
        }
        return answered;
      }),
    );
    const done = Promise.all(load);
    const failed = done.then(() => false);
    // Each process has signed with both keys of before.
    await Promise.race([failed, eventually(async () => signers.one.size === 2 && signers.other.size === 2)]);
    await rotate();
    await Promise.race([failed, eventually(async () => signers.one.size === 4 && signers.other.size === 4)]);
    stop = true;
    assert.ok((await done).every((answered) => answered > 1));
    const everSigned = known.keys.map(({ kid }) => kid).sort();
    assert.deepEqual([[...signers.one].sort(), [...signers.other].sort()], [everSigned, everSigned]);
    for (const at of [server.url, other.at]) {
      const kids = await kidsAt(at);
      assert.deepEqual([kids.length, kids[0], kids[2]], [3, next, current]);
      assert.ok(!everSigned.includes(kids[1]!));
    }
  });

  test('the former keys stay as long as what they signed, and until then they do not change again', async () => {
    const [current, next, former] = await kidsAt(server.url);
    assert.ok(former);
    await assert.rejects(rotate, /less than an hour ago/);
    assert.deepEqual(await kidsAt(server.url), [current, next, former]);
    server.advance(60 * 60_000);
    assert.deepEqual(await kidsAt(server.url), [current, next]);
    await rotate();
    await eventually(async () => (await kidsAt(server.url))[0] === next);
    assert.equal((await kidsAt(server.url))[2], current);
  });

  test('keys that were kept before they could change get next ones, and go on', async () => {
    const { store } = server;
    const { platform } = server.server;
    const { name, sealed: old } = (await findKey.get(store, { name: 'oidc' }))!;
    const place = sealed.serverKeys.place(name);
    const { jwks, cookieKeys } = JSON.parse(platform.sealing.open(old, place)) as Record<string, object[]>;
    const text = platform.sealing.seal(JSON.stringify({ jwks, cookieKeys }), place);
    await replaceKey.get(store, { name, old, sealed: text, created_at: server.now() });
    const [current] = await kidsAt(server.url);
    await eventually(async () => (await kidsAt(server.url)).length === 2);
    assert.equal((await kidsAt(server.url))[0], current);
  });
});
