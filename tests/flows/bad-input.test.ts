import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess } from '../support/in-process.ts';
import { addPerson, enrol, refused, signIn } from '../support/people.ts';
import { startServer, type RunningServer } from '../support/server.ts';

/** Bodies, addresses and headers that nobody sane sends: a clear 4xx each, never a 5xx, nothing half done. */
forEachEngine((engine) => {
  let server: RunningServer;
  let browser: Browser;
  let routes: { method: string; path: string }[];
  before(async () => {
    server = await startServer({ engine });
    await addPerson(server, 'olga', 'owner');
    const enrolled = await enrol(server, 'olga');
    ({ browser } = enrolled);
    await signIn(browser, enrolled.phone, 'olga', 'admin_login');
    const { paths } = (await browser.get('/api/openapi.json')).body as { paths: Record<string, object> };
    routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
  });
  after(() => server[Symbol.asyncDispose]());

  const withId = (path: string, id = 'AAAAAAAAAAAAAAAAAAAAAA') => path.replaceAll('{id}', id);
  const unsafe = () =>
    routes.filter(
      ({ method, path }) =>
        method !== 'GET' &&
        method !== 'HEAD' &&
        path !== '/api/v1/session' &&
        path !== '/api/v1/admin/session',
    );
  function clear4xx(answer: { status: number; body: any; headers: Headers }, what: string): void {
    assert.ok(
      answer.status >= 400 && answer.status < 500,
      `${what}: ${answer.status} ${JSON.stringify(answer.body)}`,
    );
    const type = answer.headers.get('content-type') ?? '';
    // Where a service provider sends a person's browser, a page.
    if (/ \/saml\/apps\/[^/]+\/start/.test(what) && type.startsWith('text/html'))
      return assert.match(answer.body, /This cannot go on/, what);
    assert.match(type, /^application\/problem\+json/, what);
    assert.equal(typeof answer.body.code, 'string', what);
  }

  test('every route is in the OpenAPI document, with a summary', async () => {
    assert.ok(routes.length > 45, `${routes.length} routes`);
    const { paths, openapi } = (await browser.get('/api/openapi.json')).body;
    assert.equal(openapi, '3.1.0');
    for (const { method, path } of routes)
      assert.ok(paths[path][method.toLowerCase()].summary, `${method} ${path}`);
  });

  const evil: Record<string, string> = {
    'not JSON': '{',
    'an array': '[]',
    'a string': '"x"',
    null: 'null',
    'duplicate names': '{"login":"a","login":"b","code":"a","code":"b","token":"a","token":"b"}',
    'a duplicate in another spelling': '{"code":"a","\\u0063ode":"b"}',
    'a lone surrogate': '{"code":"\\ud800","login":"\\ud800","token":"\\ud800"}',
    'a NUL': '{"code":"\\u0000","login":"a\\u0000b","token":"\\u0000"}',
    __proto__: '{"__proto__":{"role":"owner"}}',
    deep: `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`,
    mistyped:
      '{"login":7,"password":[],"code":{},"token":7,"purpose":7,"answer":7,"registration":7,"current":7,"new":7,"name":7,"organization":7,"group_id":7,"email":7,"new_password":7}',
  };
  for (const [what, body] of Object.entries(evil)) {
    test(`a body that is ${what}`, async () => {
      for (const { method, path } of unsafe()) {
        const takesNoBody =
          /\/(complete|push|seen|test|suspend|activate|unlock|reset-mfa|mail-link|(passkey-)?options)$|activations$|recovery-codes$|\/me\/totp$/.test(
            path,
          ) || method === 'DELETE';
        if (what === 'mistyped' && takesNoBody) continue;
        clear4xx(await browser.call(method, withId(path), body), `${method} ${path}`);
      }
    });
  }

  test('invalid UTF-8, and more than 64 KiB', async () => {
    for (const [bytes, code] of [
      [new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'malformed'],
      [new TextEncoder().encode(`{"login":"${'a'.repeat(64 * 1024)}"}`), 'too_large'],
    ] as const) {
      const response = await fetch(`${server.url}/api/v1/authentications`, {
        method: 'POST',
        headers: { origin: server.url, 'content-type': 'application/json' },
        body: bytes,
      });
      assert.equal(((await response.json()) as { code: string }).code, code);
    }
  });

  test('JSON only: 415', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
    ]) {
      refused(
        await browser.call('POST', '/api/v1/authentications', '{}', { 'content-type': type }),
        415,
        'unsupported_media_type',
      );
    }
  });

  test('a call without members may send {} or nothing', async () => {
    for (const body of ['{}', undefined]) {
      refused(
        await browser.call('POST', '/api/v1/authentications/AAAAAAAAAAAAAAAAAAAAAA/complete', body),
        404,
        'not_found',
      );
    }
  });

  test('an unknown address is 404, a wrong method 405 with Allow', async () => {
    for (const path of [
      '/api/v1/nothing',
      '/api/',
      '/authenticator/v1/nothing',
      '/nothing',
      '/api/v1/me/authenticators/x/y/z',
    ]) {
      refused(await browser.get(path), 404, 'not_found');
    }
    const wrong = await browser.call('PUT', '/api/v1/session', {});
    refused(wrong, 405, 'method_not_allowed');
    assert.equal(wrong.headers.get('allow'), 'DELETE, GET, HEAD');
    refused(
      await browser.call('PUT', '/api/v1/admin/users/AAAAAAAAAAAAAAAAAAAAAA', {}),
      405,
      'method_not_allowed',
    );
  });

  test('ids that are none of ours', async () => {
    for (const { method, path } of routes.filter(({ path }) => path.includes('{id}'))) {
      for (const id of [
        '%00',
        '..%2f..',
        '%F0%9F%92%A9',
        "'%20OR%201=1--",
        'a'.repeat(300),
        '%ZZ',
        '__proto__',
      ]) {
        const answer = await browser.call(method, withId(path, id), method === 'GET' ? undefined : '{}');
        clear4xx(answer, `${method} ${withId(path, id)}`);
      }
    }
  });

  test('somebody else’s id is as unknown as any other', async () => {
    await addPerson(server, 'other');
    const { browser: other } = await enrol(server, 'other');
    const [phone] = (await other.get('/api/v1/me/authenticators')).body.items;
    const [session] = (await other.get('/api/v1/me/sessions')).body.items;
    refused(await browser.delete(`/api/v1/me/authenticators/${phone.id}`), 404, 'not_found');
    refused(await browser.post(`/api/v1/me/authenticators/${phone.id}/test`), 404, 'not_found');
    refused(await browser.delete(`/api/v1/me/sessions/${session.id}`), 404, 'not_found');
  });

  test('every unsafe call wants the issuer’s Origin, login included', async () => {
    for (const { method, path } of unsafe().filter(({ path }) => path.startsWith('/api/'))) {
      const foreign: Record<string, string>[] = [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: '' },
        { origin: '', 'sec-fetch-site': 'cross-site' },
        { origin: '', 'sec-fetch-site': 'same-site' },
      ];
      for (const headers of foreign) {
        refused(await browser.call(method, withId(path), '{}', headers), 403, 'origin_not_allowed');
      }
    }
    const own = await browser.call('POST', '/api/v1/authentications', '{}', {
      origin: '',
      'sec-fetch-site': 'same-origin',
    });
    refused(own, 400, 'malformed');
  });

  test('every refusal of a phone’s call tells the server’s time, and lets any page read Date and Retry-After', async () => {
    const json = { 'content-type': 'application/json' };
    const post = (body: string, headers = json) => ({ method: 'POST', body, headers });
    const lookup = '/authenticator/v1/activations/lookup';
    const unknown = post('{"code":"nonsense"}');
    const calls: [number, string, RequestInit][] = [
      [400, lookup, post('{}')],
      [400, '/authenticator/v1/me?x=%00', {}],
      [401, '/authenticator/v1/me', {}],
      [404, '/authenticator/v1/nothing', {}],
      [404, '/authenticator/v1/%zz', {}],
      [405, '/authenticator/v1/me', { method: 'PUT' }],
      [413, lookup, post('x'.repeat(70_000))],
      [415, lookup, post('{}', { 'content-type': 'text/plain' })],
      ...Array.from({ length: 10 }, (): [number, string, RequestInit] => [404, lookup, unknown]),
      [429, lookup, unknown],
    ];
    for (const [status, path, init] of calls) {
      const response = await fetch(server.url + path, init);
      const what = `${status} ${path}`;
      assert.equal(response.status, status, what);
      const { server_time } = (await response.json()) as { server_time: string };
      assert.ok(Math.abs(Date.parse(server_time) - Date.now()) < 10_000, what);
      assert.equal(response.headers.get('access-control-allow-origin'), '*', what);
      assert.equal(response.headers.get('access-control-expose-headers'), 'Date, Retry-After', what);
      assert.ok(response.headers.get('date'), what);
      assert.equal(response.headers.has('retry-after'), status === 429, what);
    }
  });

  test('errors name the member, and unknown members are ignored', async () => {
    const answer = await browser.post('/api/v1/invitations/lookup', { tokn: 'x' });
    refused(answer, 400, 'malformed');
    assert.deepEqual(answer.body.errors[0].path, '/token');
    refused(
      await browser.post('/api/v1/invitations/lookup', { token: 'x', more: { deep: [1] } }),
      404,
      'invitation_not_found',
    );
  });

  test('cookies: HttpOnly, SameSite=Lax, Path=/, and on plain http neither Secure nor a prefix; no CORS', async () => {
    const response = await fetch(`${server.url}/api/v1/authentications`, {
      method: 'POST',
      headers: { origin: server.url, 'content-type': 'application/json' },
      body: JSON.stringify({ purpose: 'portal_login', login: 'olga', password: 'wrong' }),
    });
    assert.equal(response.status, 401);
    const [cookie] = response.headers.getSetCookie();
    assert.match(
      cookie!,
      /^countersign-browser=[\w-]{43}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    assert.equal(response.headers.get('access-control-allow-origin'), null);
  });

  test('with an https issuer every cookie is Secure and __Host-', async () => {
    await using secure = await startInProcess(engine, { COUNTERSIGN_URL: 'https://id.example.com' });
    const { address, port } = secure.server.app.server.address() as AddressInfo;
    const response = await fetch(`http://${address}:${port}/api/v1/authentications`, {
      method: 'POST',
      headers: { origin: 'https://id.example.com', 'content-type': 'application/json' },
      body: JSON.stringify({ purpose: 'portal_login', login: 'x', password: 'x' }),
    });
    assert.match(
      response.headers.getSetCookie()[0]!,
      /^__Host-countersign-browser=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    assert.match(response.headers.get('strict-transport-security')!, /max-age/);
  });

  test('no 5xx was written to the log in all of this', () => {
    assert.doesNotMatch(server.output(), /"level":50/);
  });
});
