import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import * as client from 'openid-client';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { openidClients, redirect_uri } from '../support/openid-clients.ts';
import { enrol, signIn } from '../support/people.ts';

/** How applications prove who they are, and what they may ask about their tokens. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let browser: Browser;
  let site: Server;
  let origin: string;
  let keys: CryptoKeyPair;
  let calls = 0;

  before(async () => {
    keys = await generateKeyPair('ES256', { extractable: true });
    const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] };
    site = createServer((_request, response) => {
      calls += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(jwks));
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    origin = `http://localhost:${(site.address() as AddressInfo).port}`;
    server = await startInProcess(engine, { COUNTERSIGN_FETCH_ALLOW: origin });
    await server.addPerson('boss', { role: 'owner' });
    const { browser: enrolled, phone } = await enrol(server, 'boss');
    await signIn(enrolled, phone, 'boss', 'admin_login');
    owner = enrolled;
    await server.addPerson('fiona');
    browser = (await enrol(server, 'fiona')).browser;
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    site.close();
  });
  const { addClient, ask, follow, redeem } = openidClients(
    () => server,
    () => owner,
  );

  async function call(path: string, fields: Record<string, string>, authorization?: string) {
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(authorization ? { authorization } : {}),
      },
      body: new URLSearchParams(fields),
    });
    return {
      status: answer.status,
      body: (await answer.json().catch(() => undefined)) as Record<string, unknown>,
    };
  }
  async function open(configuration: client.Configuration, more: Record<string, string> = {}) {
    const asked = await ask(configuration, more);
    return redeem(configuration, asked, await follow(browser, asked.url));
  }

  /** Asks for tokens with this assertion of the client. */
  const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  const withAssertion = (client_assertion: string) =>
    call('/oidc/token', {
      grant_type: 'authorization_code',
      code: 'none-such',
      redirect_uri,
      client_assertion_type: assertionType,
      client_assertion,
    });
  interface Made {
    key?: CryptoKey | Uint8Array;
    alg?: string;
    audience?: string;
    jti?: string;
    expires?: string;
  }
  const assertion = (
    clientId: string,
    {
      key = keys.privateKey,
      alg = 'ES256',
      audience = server.url,
      jti = randomUUID(),
      expires = '1m',
    }: Made = {},
  ) =>
    new SignJWT({})
      .setProtectedHeader({ alg, kid: 'one' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setJti(jti)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(key);

  async function addSigning() {
    const { application } = await addClient({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: `${origin}/keys`,
    });
    return application.oidc.client_id as string;
  }

  test('a client that signs with its own key gets its tokens', async () => {
    const id = await addSigning();
    const configuration = await client.discovery(
      new URL(server.url),
      id,
      undefined,
      client.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' }),
      { execute: [client.allowInsecureRequests] },
    );
    const tokens = await open(configuration);
    assert.ok(tokens.claims()!.sub);
  });

  test('its assertion must be signed with its key, for this server, be in time and be used once', async () => {
    const id = await addSigning();
    // That the assertion is good shows in that the code is what is wrong.
    const good = await withAssertion(await assertion(id));
    assert.deepEqual([good.status, good.body.error], [400, 'invalid_grant']);
    const stranger = await generateKeyPair('ES256');
    const publicKey = new TextEncoder().encode(JSON.stringify(await exportJWK(keys.publicKey)));
    const bad: Record<string, string> = {
      'another key': await assertion(id, { key: stranger.privateKey }),
      'another audience': await assertion(id, { audience: 'https://elsewhere.example' }),
      'over long ago': await assertion(id, { expires: '-1h' }),
      'HS256 with the public key': await assertion(id, { key: publicKey, alg: 'HS256' }),
      'no signature': new UnsecuredJWT({ jti: randomUUID() })
        .setIssuer(id)
        .setSubject(id)
        .setAudience(server.url)
        .setExpirationTime('1m')
        .encode(),
      'another client': await assertion(await addSigning(), { key: stranger.privateKey }),
    };
    for (const [why, text] of Object.entries(bad)) {
      const { status, body } = await withAssertion(text);
      assert.deepEqual([status, body.error], [401, 'invalid_client'], why);
    }
    const once = await assertion(id);
    assert.equal((await withAssertion(once)).body.error, 'invalid_grant');
    assert.equal((await withAssertion(once)).body.error, 'invalid_client', 'a second time');
    const both = await assertion(id);
    const answers = await Promise.all(Array.from({ length: 6 }, () => withAssertion(both)));
    const admitted = answers.filter(({ body }) => body.error === 'invalid_grant');
    assert.equal(admitted.length, 1, 'of six in one moment, one');
  });

  test('a refresh token that is revoked takes along what came of it', async () => {
    const { configuration } = await addClient();
    const tokens = await open(configuration, { scope: 'openid offline_access', prompt: 'consent' });
    await client.tokenRevocation(configuration, tokens.refresh_token!);
    await assert.rejects(client.refreshTokenGrant(configuration, tokens.refresh_token!));
    await assert.rejects(client.fetchUserInfo(configuration, tokens.access_token, client.skipSubjectCheck));
  });

  test('after signing out, only a registered address is gone on to, for the client that registered it', async () => {
    const one = await addClient({ post_logout_redirect_uris: ['https://app.example.com/bye'] });
    const other = await addClient();
    for (const [configuration, uri] of [
      [one.configuration, 'https://app.example.com/bye/'],
      [one.configuration, 'https://app.example.com/bye?x=1'],
      [one.configuration, 'https://user@app.example.com/bye'],
      [other.configuration, 'https://app.example.com/bye'],
    ] as const) {
      const url = client.buildEndSessionUrl(configuration, { post_logout_redirect_uri: uri });
      const { status, headers } = await browser.get(url.pathname + url.search);
      assert.equal(status, 400, uri);
      assert.equal(headers.get('location'), null);
    }
  });
});
