import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTHeaderParameters } from 'jose';
import * as client from 'openid-client';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { openidClients, redirect_uri } from '../support/openid-clients.ts';
import { enrol, signIn } from '../support/people.ts';

/** What stands beside the code flow: who may call it, and what somebody gets who should not. */
forEachEngine((engine) => {
  const keys = generateKeyPair('ES256', { extractable: true });
  /** An application's own server, which has its keys, and what of it was asked for. */
  const fetched: string[] = [];
  const its = createServer((request, response) => {
    fetched.push(request.url!);
    void keys.then(async ({ publicKey }) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'its', alg: 'ES256' }] }));
    });
  });
  let origin: string;
  let server: InProcess;
  let owner: Browser;
  before(async () => {
    its.listen(0, '127.0.0.1');
    await once(its, 'listening');
    origin = `http://127.0.0.1:${(its.address() as AddressInfo).port}`;
    server = await startInProcess(engine, { COUNTERSIGN_FETCH_ALLOW: origin });
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    its.closeAllConnections();
    its.close();
  });
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
  type Client = Awaited<ReturnType<typeof addClient>>;
  async function open(browser: Browser, { configuration }: Client) {
    const asked = await ask(configuration);
    return redeem(configuration, asked, await follow(browser, asked.url));
  }
  const basic = ({ application }: Client, secret = application.client_secret as string) =>
    `Basic ${btoa(`${application.oidc.client_id}:${secret}`)}`;
  const call = (path: string, fields: Record<string, string>, authorization?: string) =>
    fetch(server.url + path, {
      method: 'POST',
      headers: authorization === undefined ? {} : { authorization },
      body: new URLSearchParams(fields),
    });
  const errorOf = async (answer: Response) => ((await answer.json()) as { error: string }).error;

  test('introspection tells an application of its token while that is good, and a stranger nothing', async () => {
    const added = await addClient();
    const browser = await person();
    const { access_token } = await open(browser, added);
    const seen = async () =>
      (await call('/oidc/introspect', { token: access_token }, basic(added))).json() as Promise<{
        active: boolean;
        client_id?: string;
      }>;
    const good = await seen();
    assert.deepEqual([good.active, good.client_id], [true, added.application.oidc.client_id]);
    for (const authorization of [undefined, basic(added, 'wrong'), basic(added, '')]) {
      const answer = await call('/oidc/introspect', { token: access_token }, authorization);
      assert.ok(answer.status === 400 || answer.status === 401, String(answer.status));
      assert.ok(!('active' in ((await answer.json()) as object)));
    }
    const open2 = await addClient({ token_endpoint_auth_method: 'none' });
    const client_id = open2.application.oidc.client_id as string;
    assert.deepEqual(await (await call('/oidc/introspect', { token: access_token, client_id })).json(), {
      active: false,
    });
    await browser.delete('/api/v1/session');
    assert.deepEqual(await seen(), { active: false });
  });

  test('an application revokes its own token, and nobody else does', async () => {
    const added = await addClient();
    const other = await addClient();
    const tokens = await open(await person(), added);
    const info = () => client.fetchUserInfo(added.configuration, tokens.access_token, tokens.claims()!.sub);
    await call('/oidc/revoke', { token: tokens.access_token }, basic(other));
    await call('/oidc/revoke', { token: tokens.access_token });
    await info();
    assert.equal((await call('/oidc/revoke', { token: tokens.access_token }, basic(added))).status, 200);
    await assert.rejects(info);
  });

  test('a pushed request is good once, for the application that pushed it, and is pushed by nobody else', async () => {
    const added = await addClient();
    const other = await addClient();
    const browser = await person();
    const asked = await ask(added.configuration);
    const parameters = Object.fromEntries(new URL(asked.url, server.url).searchParams);
    const push = async () => {
      const answer = await call('/oidc/par', parameters, basic(added));
      assert.equal(answer.status, 201);
      return ((await answer.json()) as { request_uri: string }).request_uri;
    };
    const authorize = (of: Client, request_uri: string) =>
      follow(
        browser,
        `/oidc/authorize?${new URLSearchParams({ client_id: of.application.oidc.client_id as string, request_uri })}`,
      );
    assert.equal((await call('/oidc/par', parameters)).status, 401);
    assert.equal((await call('/oidc/par', parameters, basic(added, 'wrong'))).status, 401);
    const foreign = await call(
      '/oidc/par',
      { ...parameters, redirect_uri: 'https://evil.example.com/' },
      basic(added),
    );
    assert.equal(foreign.status, 400);

    const stolen = await authorize(other, await push());
    assert.ok(!stolen.includes('code='), stolen);
    const request_uri = await push();
    const back = await authorize(added, request_uri);
    await redeem(added.configuration, asked, back);
    assert.ok(!(await authorize(added, request_uri)).includes('code='), 'used again');
  });

  test('private_key_jwt: with its own key, for this server, once; by no other key, algorithm, name or time', async () => {
    const added = await addClient({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: `${origin}/keys`,
    });
    const id = added.application.oidc.client_id as string;
    const { privateKey } = await keys;
    const browser = await person();
    interface Claims {
      iss?: string;
      sub?: string;
      aud?: string;
      jti?: string;
      exp?: number;
    }
    let n = 0;
    const now = () => Math.floor(Date.now() / 1000);
    const claims = (more: Claims = {}) => ({
      iss: id,
      sub: id,
      aud: server.url,
      jti: `jti${n++}`,
      exp: now() + 60,
      ...more,
    });
    const signed = (payload: object, key = privateKey, header: Partial<JWTHeaderParameters> = {}) =>
      new SignJWT({ ...payload }).setProtectedHeader({ alg: 'ES256', kid: 'its', ...header }).sign(key);
    const withAssertion = async (client_assertion: string) => {
      const asked = await ask(added.configuration);
      const back = await follow(browser, asked.url);
      return call('/oidc/token', {
        grant_type: 'authorization_code',
        code: new URL(back).searchParams.get('code')!,
        redirect_uri,
        code_verifier: asked.verifier,
        client_id: id,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion,
      });
    };
    const first = await signed(claims());
    assert.equal((await withAssertion(first)).status, 200);

    const hs256 = (secret: string) => {
      const head = Buffer.from(JSON.stringify({ alg: 'HS256' })).toString('base64url');
      const body = Buffer.from(JSON.stringify(claims())).toString('base64url');
      return `${head}.${body}.${createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url')}`;
    };
    const thief = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(thief.publicKey);
    const publicText = JSON.stringify(await exportJWK((await keys).publicKey));
    const wrong: Record<string, string> = {
      replayed: first,
      'another key': await signed(claims(), thief.privateKey),
      'another key, under its own name': await signed(claims(), thief.privateKey, { kid: 'thief' }),
      'another key, which it brings along': await signed(claims(), thief.privateKey, { jwk }),
      'another key, which it says where to fetch': await signed(claims(), thief.privateKey, {
        jku: `${origin}/thief`,
      }),
      'another audience': await signed(claims({ aud: 'https://elsewhere.example.com' })),
      'another issuer': await signed(claims({ iss: 'somebody' })),
      'another subject': await signed(claims({ sub: 'somebody' })),
      expired: await signed(claims({ exp: now() - 3600 })),
      'alg none': new UnsecuredJWT(claims()).encode(),
      'HS256 with the public key': hs256(publicText),
      'HS256 with nothing': hs256(''),
    };
    for (const [how, assertion] of Object.entries(wrong)) {
      const answer = await withAssertion(assertion);
      assert.ok(answer.status === 400 || answer.status === 401, `${how}: ${answer.status}`);
      assert.match(await errorOf(answer), /^invalid_(client|request)$/, how);
    }
    assert.ok(!fetched.includes('/thief'));
  });

  test('a code is good only with the verifier whose hash was sent, and none is given where there was none', async () => {
    const added = await addClient();
    const browser = await person();
    const { configuration } = added;
    const challengeOf = ({ url }: { url: string }) =>
      new URL(url, server.url).searchParams.get('code_challenge')!;
    const other = await ask(configuration);
    const wrong: [string, (asked: typeof other) => Record<string, string>][] = [
      ['none', () => ({})],
      ['an empty one', () => ({ code_verifier: '' })],
      ['the hash itself, as with plain', (asked) => ({ code_verifier: challengeOf(asked) })],
      ['that of another request', () => ({ code_verifier: other.verifier })],
      [
        'another address',
        ({ verifier }) => ({ code_verifier: verifier, redirect_uri: 'https://app.example.com/' }),
      ],
    ];
    for (const [how, fields] of wrong) {
      const asked = await ask(configuration);
      const code = new URL(await follow(browser, asked.url)).searchParams.get('code')!;
      const grant = { grant_type: 'authorization_code', code, redirect_uri };
      const answer = await call('/oidc/token', { ...grant, ...fields(asked) }, basic(added));
      assert.deepEqual([answer.status, await errorOf(answer)], [400, 'invalid_grant'], how);
    }
    const without = (change: (parameters: URLSearchParams) => void) => {
      const url = new URL(other.url, server.url);
      change(url.searchParams);
      return url.pathname + url.search;
    };
    for (const path of [
      without((parameters) => parameters.set('code_challenge_method', 'plain')),
      without((parameters) => parameters.delete('code_challenge_method')),
      without((parameters) => parameters.delete('code_challenge')),
      without((parameters) => {
        parameters.delete('code_challenge');
        parameters.delete('code_challenge_method');
      }),
    ]) {
      const { searchParams } = new URL(await follow(browser, path));
      assert.deepEqual(
        [searchParams.get('error'), searchParams.get('code')],
        ['invalid_request', null],
        path,
      );
    }
  });

  test('a client with a secret is nobody without it', async () => {
    const added = await addClient();
    const id = added.application.oidc.client_id as string;
    const browser = await person();
    const tries: [string, Record<string, string>, string | undefined][] = [
      ['an empty secret', {}, basic(added, '')],
      ['none', { client_id: id }, undefined],
      ['an empty one in the form', { client_id: id, client_secret: '' }, undefined],
      ['that of another', {}, basic(added, (await addClient()).application.client_secret as string)],
      ['another name beside it', { client_id: 'somebody' }, basic(added)],
    ];
    for (const [how, fields, authorization] of tries) {
      const asked = await ask(added.configuration);
      const code = new URL(await follow(browser, asked.url)).searchParams.get('code')!;
      const grant = { grant_type: 'authorization_code', code, redirect_uri, code_verifier: asked.verifier };
      const answer = await call('/oidc/token', { ...grant, ...fields }, authorization);
      assert.ok(answer.status === 400 || answer.status === 401, `${how}: ${answer.status}`);
    }
  });

  test('nothing is fetched because a stranger names it, and no request object of theirs is taken', async () => {
    const added = await addClient();
    const browser = await person();
    const before = fetched.length;
    for (const request_uri of [
      `${origin}/request`,
      'http://169.254.169.254/latest',
      'https://localhost:1/',
    ]) {
      const back = await follow(browser, (await ask(added.configuration, { request_uri })).url);
      assert.ok(!back.includes('code='), back);
    }
    // Whole, so that it would be answered with a code if it were believed.
    const { url } = await ask(added.configuration);
    const request = new UnsecuredJWT({
      ...Object.fromEntries(new URL(url, server.url).searchParams),
      iss: added.application.oidc.client_id as string,
      aud: server.url,
    }).encode();
    const back = await follow(browser, (await ask(added.configuration, { request })).url);
    assert.ok(!back.includes('code='), back);
    assert.equal(fetched.length, before);
  });

  test('a token that nobody signed, or of the wrong algorithm, signs nobody out without a question', async () => {
    const added = await addClient();
    const browser = await person();
    const tokens = await open(browser, added);
    const { iss, sub, aud } = tokens.claims()!;
    const forged = { iss, sub, aud };
    const hints = [
      new UnsecuredJWT(forged).encode(),
      await new SignJWT(forged)
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(added.application.client_secret as string)),
      await new SignJWT(forged).setProtectedHeader({ alg: 'ES256' }).sign((await keys).privateKey),
    ];
    for (const id_token_hint of hints) {
      const answer = await browser.get(`/oidc/logout?${new URLSearchParams({ id_token_hint })}`);
      assert.equal(answer.status, 400, String(answer.body).slice(0, 300));
    }
    assert.equal((await browser.get('/api/v1/session')).status, 200);
  });
});
