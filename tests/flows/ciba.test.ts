import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { requestDigest } from '@countersign/protocol';
import * as client from 'openid-client';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, refused, signIn } from '../support/people.ts';

/** OpenID CIBA: a program asks for a push approval. */
const grantType = 'urn:openid:params:grant-type:ciba';

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

  interface Program {
    application: { id: string; oidc: { client_id: string } };
    secret: string;
    configuration: client.Configuration;
  }
  async function addProgram({ oidc = {}, ...more }: Record<string, unknown> = {}): Promise<Program> {
    const added = await owner.post('/api/v1/admin/applications', {
      kind: 'oidc',
      name: 'Call centre',
      url: 'https://calls.example.com/',
      oidc: { grant_types: [grantType], ...(oidc as object) },
      ...more,
    });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    const secret = added.body.client_secret as string;
    const configuration = await client.discovery(
      new URL(server.url),
      added.body.oidc.client_id,
      undefined,
      client.ClientSecretBasic(secret),
      { execute: [client.allowInsecureRequests] },
    );
    return { application: added.body, secret, configuration };
  }

  let people = 0;
  async function person(options?: Parameters<typeof enrol>[2]) {
    const login = `called${people++}`;
    await server.addPerson(login);
    return { login, ...(await enrol(server, login, options)) };
  }

  interface Answer {
    status: number;
    headers: Headers;
    body: any;
  }
  async function call(path: string, { application, secret }: Program, form: object): Promise<Answer> {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${application.oidc.client_id}:${secret}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form as Record<string, string>),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }
  const ask = (program: Program, login_hint: string, more: object = {}) =>
    call('/oidc/backchannel', program, { scope: 'openid', login_hint, ...more });
  const poll = (program: Program, auth_req_id: string) =>
    call('/oidc/token', program, { grant_type: grantType, auth_req_id });
  async function asked(program: Program, login: string, more?: object) {
    const { status, body } = await ask(program, login, more);
    assert.equal(status, 200, JSON.stringify(body));
    return body as { auth_req_id: string; expires_in: number; interval: number; number: string };
  }
  const failed = (answer: Answer, status: number, error: string) =>
    assert.deepEqual([answer.status, answer.body.error], [status, error], JSON.stringify(answer.body));
  /** Waits out what keeps the program from asking the same person again. */
  const later = () => server.advance(16 * 60_000);

  test('the rules of the policies hold for a program too, also when it fetches what was approved', async () => {
    const program = await addProgram();
    const { login, phone } = await person();
    const at = '/api/v1/admin/policies';
    const put = async (effect: object | undefined, networks: object | null = null) => {
      const what = [`application:${program.application.id}`];
      const rule = { id: 'rule', name: 'R', enabled: true, who: null, what, networks, familiar: null };
      const rules = effect ? [{ ...rule, when: null, effect }] : [];
      const etag = (await owner.get(at)).headers.get('etag')!;
      const { status, body } = await owner.call('PUT', at, { rules }, { 'if-match': etag });
      assert.equal(status, 200, JSON.stringify(body));
    };
    await put({ deny: true });
    failed(await ask(program, login), 403, 'access_denied');
    // Where the program is says nothing of where the person is.
    await put({ deny: true }, { inside: true, ranges: ['0.0.0.0/0', '::/0'] });
    const begun = await asked(program, login);
    await phone.answer(await phone.request('backchannel'), 'approve', { number: begun.number });
    await put({ deny: true });
    failed(await poll(program, begun.auth_req_id), 400, 'access_denied');
    await put({ factors: ['totp', 'passkey'] });
    later();
    assert.equal((await ask(program, login)).status, 403);
    await put(undefined);
    const again = await asked(program, login);
    await phone.answer(await phone.request('backchannel'), 'approve', { number: again.number });
    assert.equal((await poll(program, again.auth_req_id)).status, 200);
  });

  test('a program asks, tells the number, and has tokens once the phone has approved with it', async () => {
    const program = await addProgram();
    const { login, phone } = await person({ verification: false });
    const begun = (await client.initiateBackchannelAuthentication(program.configuration, {
      scope: 'openid email',
      login_hint: `${login}@example.com`,
      binding_message: 'Order 4711',
    })) as client.BackchannelAuthenticationResponse & { number: string };
    assert.match(begun.number, /^\d{2}$/);
    assert.deepEqual([begun.expires_in, begun.interval], [75, 5]);
    const request = await phone.request('backchannel');
    assert.deepEqual(request.resource, { kind: 'application', name: 'Call centre', logo_uri: null });
    assert.equal(request.context.binding_message, 'Order 4711');
    assert.deepEqual(
      [request.context.ip, request.context.client, request.context.familiar],
      [null, null, false],
    );
    assert.deepEqual(request.confirmation, { kind: 'number', length: 2 });
    failed(await poll(program, begun.auth_req_id), 400, 'authorization_pending');
    failed(await poll(program, begun.auth_req_id), 400, 'slow_down');
    const approved = await phone.answer(request, 'approve', { number: begun.number });
    assert.equal(approved.status, 200, JSON.stringify(approved.body));
    const tokens = await poll(program, begun.auth_req_id);
    assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
    const claims = JSON.parse(Buffer.from(tokens.body.id_token.split('.')[1], 'base64url').toString());
    // The phone alone, and it did not look who holds it: one factor.
    assert.equal(claims.acr, 'urn:countersign:aal1');
    assert.deepEqual(claims.amr, ['swk', 'pop']);
    assert.ok(Math.abs(claims.auth_time - server.now() / 1000) < 60);
    assert.equal(claims.email, `${login}@example.com`);
    failed(await poll(program, begun.auth_req_id), 400, 'invalid_grant');
    const events = (await owner.get('/api/v1/admin/events?type=backchannel.completed')).body.items;
    assert.equal(events[0].user.login, login);
  });

  test('a client’s own library asks and polls, to the tokens and to the denial', async () => {
    const { configuration } = await addProgram();
    for (const decision of ['approve', 'deny'] as const) {
      const { login, phone } = await person();
      const begun = await client.initiateBackchannelAuthentication(configuration, {
        scope: 'openid',
        login_hint: login,
      });
      const { number } = begun as unknown as { number: string };
      await phone.answer(await phone.request('backchannel'), decision, { number });
      const polled = client.pollBackchannelAuthenticationGrant(configuration, { ...begun, interval: 1 });
      if (decision === 'deny') await assert.rejects(polled, { error: 'access_denied' });
      else assert.equal((await polled).claims()!['acr'], 'urn:countersign:aal2');
    }
  });

  const aal2 = 'urn:countersign:aal2';
  const idOf = async (login: string): Promise<string> =>
    (await owner.get(`/api/v1/admin/users?search=${login}`)).body.items[0].id;
  const claimsIn = ({ body }: Answer) =>
    JSON.parse(Buffer.from(body.id_token.split('.')[1], 'base64url').toString()) as Record<string, unknown>;

  test('a phone that verified its user is both factors, one that did not never passes for that', async () => {
    const program = await addProgram();
    const sure = await person();
    const begun = await asked(program, sure.login, { acr_values: `urn:other ${aal2}` });
    const request = await sure.phone.request('backchannel');
    assert.equal(request.user_verification, true);
    refused(
      await sure.phone.answer(request, 'approve', { number: begun.number, verify: false }),
      403,
      'user_verification_required',
    );
    failed(await poll(program, begun.auth_req_id), 400, 'authorization_pending');
    assert.equal((await sure.phone.answer(request, 'approve', { number: begun.number })).status, 200);
    const { acr, amr } = claimsIn(await poll(program, begun.auth_req_id));
    assert.deepEqual([acr, amr], [aal2, ['swk', 'pop', 'user', 'mfa']]);

    const { login, phone } = await person({ verification: false });
    const strict = await addProgram({ step_up: true });
    for (const [asker, acr_values] of [
      [program, aal2],
      [program, 'urn:countersign:phr'],
      [strict, 'urn:countersign:aal1'],
    ] as const) {
      failed(await ask(asker, login, { acr_values }), 400, 'unmet_authentication_requirements');
    }
    assert.deepEqual(await phone.requests(), []);
  });

  test('whoever is unknown, suspended or shut out is nobody, and nobody is read out by guessing', async () => {
    const program = await addProgram();
    const forNobody = await addProgram({ access: 'groups' });
    const suspended = await person();
    await owner.post(`/api/v1/admin/users/${await idOf(suspended.login)}/suspend`);
    const { login, phone } = await person();
    const answers = [
      await ask(program, 'nobody at all'),
      await ask(program, suspended.login),
      await ask(forNobody, login),
      await ask(program, 'a\u0000b'),
      await ask(program, `${login}\u0000`),
      await ask(program, 'x'.repeat(20_000)),
    ];
    for (const answer of answers) failed(answer, 400, 'unknown_user_id');
    assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1);
    assert.deepEqual(await phone.requests(), []);
    for (let more = 0; more < 25; more++) await ask(program, `guess${more}`);
    const blocked = await ask(program, 'one too many');
    failed(blocked, 429, 'temporarily_unavailable');
    assert.ok(Number(blocked.headers.get('retry-after')) > 0);
    // Whoever is known is asked all the same.
    assert.equal((await ask(program, login)).status, 200);
  });

  test('somebody without a phone that may be asked: access_denied, and other factors are never offered', async () => {
    const program = await addProgram();
    const { id } = await server.addPerson('phoneless');
    failed(await ask(program, 'phoneless'), 403, 'access_denied');
    const { login } = await person({ verification: false });
    await owner.patch(`/api/v1/admin/users/${await idOf(login)}`, { push_enabled: false });
    failed(await ask(program, login), 403, 'access_denied');
    const refusals = (await owner.get('/api/v1/admin/events?type=authentication.refused')).body.items;
    assert.ok(refusals.some(({ user, actor }: any) => user.id === id && actor === null));
  });

  test('a denial is told, cools the program down, and signs nobody out', async () => {
    const program = await addProgram();
    const { login, browser, phone } = await person();
    const { auth_req_id } = await asked(program, login);
    assert.equal((await phone.answer(await phone.request('backchannel'), 'deny')).status, 200);
    failed(await poll(program, auth_req_id), 400, 'access_denied');
    assert.equal((await browser.get('/api/v1/me')).status, 200);
    const again = await ask(program, login);
    failed(again, 429, 'temporarily_unavailable');
    const wait = Number(again.headers.get('retry-after'));
    assert.ok(wait > 50 && wait <= 60, String(wait));
    assert.deepEqual(await phone.requests(), []);
  });

  test('a report is recorded, and for half an hour no program reaches the phone', async () => {
    const program = await addProgram();
    const other = await addProgram();
    const { login, browser, phone } = await person();
    const { auth_req_id } = await asked(program, login);
    assert.equal((await phone.answer(await phone.request('backchannel'), 'report')).status, 200);
    failed(await poll(program, auth_req_id), 400, 'access_denied');
    failed(await ask(other, login), 429, 'temporarily_unavailable');
    assert.equal((await browser.get('/api/v1/me')).status, 200);
    const [event] = (await owner.get('/api/v1/admin/events?type=push.reported')).body.items;
    assert.deepEqual([event.user.login, event.details.purpose], [login, 'backchannel']);
    server.advance(31 * 60_000);
    assert.equal((await ask(other, login)).status, 200);
  });

  test('a number is always asked for and is tried once, whatever is set for browsers', async () => {
    await server.patchSettings({ push: { confirmation: 'tap', number_length: 4 } });
    try {
      const program = await addProgram();
      const { login, phone } = await person();
      const { number, auth_req_id } = await asked(program, login);
      assert.match(number, /^\d{4}$/);
      const request = await phone.request('backchannel');
      refused(await phone.answer(request, 'approve'), 400, 'malformed');
      const wrong = number === '0000' ? '1111' : '0000';
      refused(await phone.answer(request, 'approve', { number: wrong }), 422, 'wrong_number');
      refused(await phone.answer(request, 'approve', { number }), 409, 'request_already_answered');
      failed(await poll(program, auth_req_id), 400, 'access_denied');
    } finally {
      await server.patchSettings({ push: { confirmation: 'adaptive', number_length: 2 } });
    }
  });

  test('each program has a small budget of its own, and takes nothing of what the person needs', async () => {
    const program = await addProgram();
    const { login, browser, phone } = await person();
    const first = await asked(program, login);
    // While one waits there is no other.
    failed(await ask(program, login), 429, 'temporarily_unavailable');
    assert.equal((await phone.requests()).length, 1);
    for (let asking = 0; asking < 2; asking++) {
      server.advance(5 * 60_000);
      if (asking === 0) failed(await poll(program, first.auth_req_id), 400, 'expired_token');
      await asked(program, login);
    }
    server.advance(4 * 60_000);
    failed(await ask(program, login), 429, 'temporarily_unavailable');
    // A stranger's budget, and the browser's, are whole.
    const stranger = new Browser(server.url);
    await signIn(stranger, phone, login);
    await signIn(browser, phone, login);
  });

  test('a program begins so many a minute and no more, whomever they are for', async () => {
    const program = await addProgram();
    const { login, phone } = await person();
    await server.addPerson('often');
    for (let asking = 0; asking < 300; asking++) failed(await ask(program, 'often'), 403, 'access_denied');
    failed(await ask(program, login), 429, 'temporarily_unavailable');
    assert.deepEqual(await phone.requests(), []);
    assert.equal((await ask(await addProgram(), login)).status, 200);
  });

  test('what nobody answers in time has expired; a program may want less time and never more', async () => {
    const program = await addProgram();
    const { login, phone } = await person();
    const short = await asked(program, login, { requested_expiry: '20' });
    assert.equal(short.expires_in, 35);
    const request = await phone.request('backchannel');
    assert.ok(Math.abs(Date.parse(request.expires_at) - Date.parse(request.created_at) - 20_000) < 2_000);
    server.advance(21_000);
    failed(await poll(program, short.auth_req_id), 400, 'expired_token');
    refused(await phone.answer(request, 'approve', { number: short.number }), 410, 'request_expired');
    later();
    const long = await asked(program, login, { requested_expiry: '86400' });
    assert.equal(long.expires_in, 75);
    const late = await phone.request('backchannel');
    assert.equal((await phone.answer(late, 'approve', { number: long.number })).status, 200);
    // Approved, and never fetched.
    server.advance(76_000);
    failed(await poll(program, long.auth_req_id), 400, 'expired_token');
    failed(await poll(await addProgram(), long.auth_req_id), 400, 'invalid_grant');
    for (const requested_expiry of ['0', '-1', 'soon', '1e99'])
      failed(await ask(program, login, { requested_expiry }), 400, 'invalid_request');
  });

  test('what the program tells the person is one line that reads as it is written, and is covered by the answer', async () => {
    const program = await addProgram();
    const { login, phone } = await person();
    for (const binding_message of ['two\nlines', 'a\u202Eb', 'a\u200Bb', '\u0000', ' ', 'x'.repeat(101)])
      failed(await ask(program, login, { binding_message }), 400, 'invalid_binding_message');
    assert.deepEqual(await phone.requests(), []);
    const { number } = await asked(program, login, { binding_message: 'Größe „42“ <b>?' });
    const request = await phone.request('backchannel');
    assert.equal(request.context.binding_message, 'Größe „42“ <b>?');
    // As somebody in between would have it: the digest does not fit what is shown, and is not signed.
    const changed = { ...request, context: { ...request.context, binding_message: 'Order 1' } };
    assert.notEqual(await requestDigest(changed), request.digest);
    assert.equal(await requestDigest(request), request.digest);
    assert.equal((await phone.answer(request, 'approve', { number })).status, 200);
  });

  test('suspended, or shut out, after the phone has approved: there are no tokens', async () => {
    for (const end of ['suspend', 'shut out'] as const) {
      const program = await addProgram();
      const { login, phone } = await person();
      const { number, auth_req_id } = await asked(program, login);
      const request = await phone.request('backchannel');
      assert.equal((await phone.answer(request, 'approve', { number })).status, 200);
      if (end === 'suspend') await owner.post(`/api/v1/admin/users/${await idOf(login)}/suspend`);
      else await owner.patch(`/api/v1/admin/applications/${program.application.id}`, { access: 'groups' });
      failed(await poll(program, auth_req_id), 400, 'invalid_grant');
    }
  });

  test('suspension takes a request from the phone', async () => {
    const program = await addProgram();
    const { login, phone } = await person();
    const { number } = await asked(program, login);
    const request = await phone.request('backchannel');
    await owner.post(`/api/v1/admin/users/${await idOf(login)}/suspend`);
    assert.notEqual((await phone.answer(request, 'approve', { number })).status, 200);
  });

  test('only the program that asked has the answer, once, and no browser can take it over', async () => {
    const program = await addProgram();
    const other = await addProgram();
    const { login, browser, phone } = await person();
    const { number, auth_req_id } = await asked(program, login);
    const request = await phone.request('backchannel');
    assert.equal((await phone.answer(request, 'approve', { number })).status, 200);
    failed(await poll(other, auth_req_id), 400, 'invalid_grant');
    const text = "SELECT id FROM authentications WHERE purpose = 'backchannel' AND state = 'ready'";
    const [row] = await server.store.query({ text, names: [] } as never, {});
    refused(await browser.post(`/api/v1/authentications/${row!.id as string}/complete`), 404, 'not_found');
    const polls = await Promise.all([1, 2, 3].map(() => poll(program, auth_req_id)));
    assert.equal(polls.filter(({ status }) => status === 200).length, 1, JSON.stringify(polls));
    assert.ok(polls.every(({ status }) => status < 500));
  });

  test('only a client that proves itself and was allowed to may ask', async () => {
    const { login, phone } = await person();
    const plain = await addProgram({
      oidc: { grant_types: ['authorization_code'], redirect_uris: ['https://app.example.com/callback'] },
    });
    failed(await ask(plain, login), 400, 'invalid_request');
    const program = await addProgram();
    failed(await ask({ ...program, secret: 'wrong' }, login), 401, 'invalid_client');
    failed(await call('/oidc/backchannel', program, { scope: 'openid' }), 400, 'invalid_request');
    failed(await ask(program, login, { id_token_hint: 'x' }), 400, 'invalid_request');
    failed(
      await call('/oidc/backchannel', program, { scope: 'openid', login_hint_token: 'x' }),
      400,
      'invalid_request',
    );
    assert.deepEqual(await phone.requests(), []);
    const settings = { kind: 'oidc', name: 'Public', url: 'https://app.example.com/' };
    for (const oidc of [
      { grant_types: [grantType], token_endpoint_auth_method: 'none' },
      { grant_types: ['refresh_token'] },
      { grant_types: [] },
      { grant_types: [grantType, 'authorization_code'] },
    ])
      refused(await owner.post('/api/v1/admin/applications', { ...settings, oidc }), 400, 'malformed');
    const path = `/api/v1/admin/applications/${program.application.id}`;
    refused(await owner.patch(path, { oidc: { token_endpoint_auth_method: 'none' } }), 400, 'malformed');
  });

  test('a token of an earlier sign-in names the person as well', async () => {
    const program = await addProgram();
    const { login, phone } = await person();
    const first = await asked(program, login);
    const request = await phone.request('backchannel');
    await phone.answer(request, 'approve', { number: first.number });
    const { id_token } = (await poll(program, first.auth_req_id)).body;
    later();
    const again = await call('/oidc/backchannel', program, { scope: 'openid', id_token_hint: id_token });
    assert.equal(again.status, 200, JSON.stringify(again.body));
    assert.equal((await phone.request('backchannel')).account.login, login);
    // But neither one that another program was given, nor that of somebody who was suspended.
    later();
    const hint = (by: Program) => call('/oidc/backchannel', by, { scope: 'openid', id_token_hint: id_token });
    failed(await hint(await addProgram()), 400, 'invalid_request');
    await owner.post(`/api/v1/admin/users/${await idOf(login)}/suspend`);
    failed(await hint(program), 400, 'unknown_user_id');
  });
});
