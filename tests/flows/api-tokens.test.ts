import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiScope, Role } from '@countersign/protocol/wire';
import { Browser, type Answer } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, enrol, password, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { startServer } from '../support/server.ts';
import { placeOf, readStore } from '../support/whole-store.ts';

const base = '/api/v1/admin';
const at = `${base}/tokens`;
const minute = 60_000; // ms

/** A program with nothing but a token: no cookies, no Origin. */
const program = (url: string, token: string) => {
  const browser = new Browser(url);
  browser.headers = { authorization: `Bearer ${token}`, origin: '' };
  return browser;
};
const invalid = (answer: Answer) => {
  refused(answer, 401, 'invalid_token');
  assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="countersign", error="invalid_token"');
};

/** API tokens: who makes them, what they reach, and how they end. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Administrator;
  before(async () => {
    server = await startInProcess(engine);
    owner = await administrator('owner');
  });
  after(() => server[Symbol.asyncDispose]());

  interface Administrator {
    id: string;
    login: string;
    browser: Browser;
    phone: Phone;
  }
  let people = 0;
  async function administrator(role: Role): Promise<Administrator> {
    const login = `${role.replace('_', '')}${(people += 1)}`;
    const { id } = await server.addPerson(login, { role });
    const { browser, phone } = await enrol(server, login);
    await signIn(browser, phone, login, 'admin_login');
    return { id, login, browser, phone };
  }
  async function make(
    who: { post: Browser['post'] },
    scopes: ApiScope[],
    more: { name?: string; expires_at?: string } = {},
  ): Promise<{ id: string; token: string; by: Browser }> {
    const made = await who.post(at, { name: 'Import of people', scopes, ...more });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return { id: made.body.id, token: made.body.token, by: program(server.url, made.body.token) };
  }
  const inSeconds = (seconds: number) => new Date(server.now() + seconds * 1000).toISOString();
  const change = async (id: string, patch: object) => {
    const answer = await owner.browser.patch(`${base}/users/${id}`, patch);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  };

  test('a token is told once, does what its scopes are for, and is worth nothing from the moment it is deleted', async () => {
    const { browser } = owner;
    const made = await browser.post(at, {
      name: ' Import of people ',
      scopes: ['users:read', 'users:write'],
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { token, ...view } = made.body;
    assert.match(token, /^cst_[\w-]{43}$/);
    assert.deepEqual(view, {
      id: view.id,
      name: 'Import of people',
      beginning: token.slice(0, 8),
      scopes: ['users:read', 'users:write'],
      made_by: { id: owner.id, login: owner.login },
      created_at: view.created_at,
      expires_at: null,
      last_used_at: null,
      last_used_ip: null,
    });
    assert.deepEqual((await browser.get(`${at}?q=peop`)).body.items, [view]);

    const by = program(server.url, token);
    const added = await by.post(`${base}/users`, {
      login: 'imported',
      email: 'imported@example.com',
      name: 'Ida',
      password,
    });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    const suspended = await by.post(`${base}/users/${added.body.id}/suspend`);
    assert.equal(suspended.status, 200, JSON.stringify(suspended.body));

    assert.equal((await browser.delete(`${at}/${view.id}`)).status, 204);
    invalid(await by.get(`${base}/users`));
    refused(await browser.delete(`${at}/${view.id}`), 404, 'not_found');
    assert.deepEqual((await browser.get(`${at}?q=peop`)).body.items, []);

    const { items } = (await browser.get(`${base}/events?limit=200`)).body;
    const actor = { id: owner.id, login: owner.login };
    const by_token = { id: view.id, name: 'Import of people' };
    const told = (type: string) => items.find((event: { type: string }) => event.type === type);
    const after = { name: 'Import of people', scopes: ['users:read', 'users:write'], expires_at: null };
    assert.deepEqual(told('token.created').details, { token: view.id, after });
    assert.deepEqual(told('token.created').actor, actor);
    for (const type of ['user.created', 'user.suspended']) {
      assert.deepEqual([told(type).actor, told(type).details.by_token], [actor, by_token], type);
    }
    assert.deepEqual(told('token.deleted').details, { token: view.id, before: { name: 'Import of people' } });
  });

  test('the store has no token in it, but the hash of each', async () => {
    const { token } = await make(owner.browser, ['events:read']);
    const whole = JSON.stringify(await readStore(placeOf(server.env)));
    assert.ok(whole.includes(token.slice(0, 8)), 'its beginning is there');
    assert.ok(!whole.includes(token.slice(4)), 'the token is not');
  });

  test('when and from where it was used last is written once a minute', async () => {
    const { id, by } = await make(owner.browser, ['users:read']);
    const used = async () => {
      const { items } = (await owner.browser.get(at)).body;
      const found = items.find((item: { id: string }) => item.id === id);
      return [found.last_used_at && Date.parse(found.last_used_at), found.last_used_ip] as const;
    };
    assert.deepEqual(await used(), [null, null]);
    await by.get(`${base}/users`);
    const [first, ip] = await used();
    assert.ok(Math.abs(first - server.now()) < 10_000);
    assert.match(ip, /^(127\.0\.0\.1|::1)$/);
    await by.get(`${base}/users`);
    assert.equal((await used())[0], first);
    server.advance(minute);
    await by.get(`${base}/users`);
    assert.ok((await used())[0] >= first + minute);
  });

  test('a call with a token stands on that alone: it needs no Origin, and no cookie helps it', async () => {
    const { by, token } = await make(owner.browser, ['users:read']);
    for (const scheme of ['Bearer', 'bearer', 'BEARER  ']) {
      const answer = await by.call('GET', `${base}/users`, undefined, {
        authorization: `${scheme} ${token}`,
      });
      assert.equal(answer.status, 200, scheme);
    }
    // What the cookies of the same browser could do.
    const { cookies } = owner.browser;
    const both = program(server.url, token);
    for (const [name, value] of cookies) both.cookies.set(name, value);
    refused(await both.post(`${base}/groups`, { name: 'X' }), 403, 'insufficient_scope');
    refused(await both.get(`${base}/session`), 401, 'no_session');
    refused(await both.get('/api/v1/me'), 401, 'no_session');
    refused(await both.delete('/api/v1/session'), 401, 'no_session');
    for (const authorization of ['Bearer', 'Bearer x', 'bearer cst_x', `Bearer ${token}x`]) {
      invalid(await both.call('POST', `${base}/groups`, { name: 'X' }, { authorization }));
    }
    // Another scheme is no token: the Origin is asked for.
    const other = { authorization: `Basic ${token}`, origin: 'https://evil.example' };
    refused(await both.call('POST', `${base}/groups`, { name: 'X' }, other), 403, 'origin_not_allowed');
  });

  test('past its time a token is worth nothing, and a time that is over makes none', async () => {
    const { by } = await make(owner.browser, ['users:read'], { expires_at: inSeconds(30) });
    assert.equal((await by.get(`${base}/users`)).status, 200);
    server.advance(31_000);
    invalid(await by.get(`${base}/users`));
    for (const expires_at of [inSeconds(-1), 'tomorrow', '', 7]) {
      const body = { name: 'X', scopes: ['users:read'], expires_at };
      refused(await owner.browser.post(at, body), 400, 'malformed');
    }
    for (const scopes of [[], ['users'], ['users:admin'], ['users:read', 'users:read'], 'users:read']) {
      refused(await owner.browser.post(at, { name: 'X', scopes }), 400, 'malformed');
    }
  });

  test('a person confirms that it is them before a token is made', async () => {
    const { browser, phone, login } = await administrator('admin');
    await browser.get(`${base}/session`);
    server.advance(5 * minute + 1);
    const body = { name: 'Later', scopes: ['users:read'] };
    const answer = await browser.post(at, body);
    refused(answer, 403, 'step_up_required');
    assert.equal(answer.body.resource, 'act:admin');
    phone.now = server.now;
    const begun = await browser.post('/api/v1/authentications', {
      purpose: 'step_up',
      resource: 'act:admin',
    });
    await askPush(browser, begun.body.id);
    assert.equal((await phone.answer(await phone.request('step_up'), 'approve')).status, 200);
    assert.equal((await browser.post(`/api/v1/authentications/${begun.body.id}/complete`)).status, 200);
    assert.equal((await browser.post(at, body)).status, 201);
    // One that exists is ended without: whoever found it somewhere has no time.
    server.advance(5 * minute + 1);
    const { items } = (await browser.get(`${at}?q=later`)).body;
    assert.equal(items[0].made_by.login, login);
    assert.equal((await browser.delete(`${at}/${items[0].id}`)).status, 204);
    // The others go on being there.
    owner = await administrator('owner');
  });

  test('a token may do no more than its maker may at that moment', async () => {
    const maker = await administrator('admin');
    const { by } = await make(maker.browser, ['users:read', 'settings:write', 'outbox:read']);
    const reach = async () => [
      (await by.get(`${base}/users`)).status,
      (await by.patch(`${base}/settings`, {})).status,
      (await by.get(`${base}/outbox`)).status,
    ];
    assert.deepEqual(await reach(), [200, 200, 403]);
    await change(maker.id, { role: 'read_only' });
    assert.deepEqual(await reach(), [200, 403, 403]);
    await change(maker.id, { role: 'user' });
    assert.deepEqual(await reach(), [403, 403, 403]);
    refused(await by.get(`${base}/users`), 403, 'forbidden');
    await change(maker.id, { role: 'owner' });
    assert.deepEqual(await reach(), [200, 200, 200]);
    // Whatever suspended them, as the store has it.
    const text = `UPDATE users SET state = 'suspended' WHERE id = :id`;
    await server.store.query({ text, names: ['id'] } as never, { id: maker.id });
    assert.deepEqual(await reach(), [401, 401, 401]);
  });

  test('whoever may not write settings makes and deletes none, and nobody deletes one of those above them', async () => {
    const { id } = await make(owner.browser, ['users:read']);
    for (const role of ['help_desk', 'read_only'] as const) {
      const { browser } = await administrator(role);
      assert.equal((await browser.get(at)).status, 200);
      refused(await browser.post(at, { name: 'X', scopes: ['users:read'] }), 403, 'forbidden');
      refused(await browser.delete(`${at}/${id}`), 403, 'forbidden');
    }
    const admin = await administrator('admin');
    refused(await admin.browser.delete(`${at}/${id}`), 403, 'forbidden');
    const other = await make((await administrator('admin')).browser, ['users:read']);
    assert.equal((await admin.browser.delete(`${at}/${other.id}`)).status, 204);
  });

  test('suspension and a reset of the factors end the tokens of a person, also one that is being made', async () => {
    const maker = await administrator('admin');
    const { by } = await make(maker.browser, ['users:read']);
    assert.equal((await owner.browser.post(`${base}/users/${maker.id}/suspend`)).status, 200);
    invalid(await by.get(`${base}/users`));
    assert.equal((await owner.browser.post(`${base}/users/${maker.id}/activate`)).status, 200);
    invalid(await by.get(`${base}/users`));
    const { items } = (await owner.browser.get(`${base}/events?q=token.deleted`)).body;
    assert.equal(items[0].details.why, 'suspended');

    const second = await administrator('admin');
    const reset = await make(second.browser, ['users:read']);
    assert.equal((await owner.browser.post(`${base}/users/${second.id}/reset-mfa`)).status, 200);
    invalid(await reset.by.get(`${base}/users`));

    for (let round = 0; round < 5; round += 1) {
      const { id, browser } = await administrator('admin');
      const parent = await make(browser, ['tokens:write', 'users:read']);
      const body = { name: 'Meanwhile', scopes: ['users:read'] };
      const answers = await Promise.all([
        ...[browser, parent.by, browser, parent.by].map((one) => one.post(at, body)),
        owner.browser.post(`${base}/users/${id}/suspend`),
        ...[browser, parent.by].map((one) => one.post(at, body)),
      ]);
      assert.ok(answers.every(({ status }) => status < 500));
      await owner.browser.post(`${base}/users/${id}/activate`);
      for (const { body: made } of answers) {
        if (made.token) invalid(await program(server.url, made.token).get(`${base}/users`));
      }
    }
  });

  test('a token with users:write neither makes nor touches anybody who administers', async () => {
    const { by } = await make(owner.browser, ['users:read', 'users:write', 'authenticators:write']);
    const { id } = await server.addPerson('plain');
    const helper = await administrator('help_desk');
    const [phone] = (await by.get(`${base}/users/${helper.id}`)).body.authenticators;
    const person = { email: 'made@example.com', name: 'M', password };
    for (const role of ['owner', 'admin', 'help_desk', 'read_only']) {
      refused(await by.post(`${base}/users`, { ...person, login: role, role }), 403, 'forbidden');
      refused(await by.patch(`${base}/users/${id}`, { role }), 403, 'forbidden');
    }
    for (const one of [owner, helper]) {
      const user = `${base}/users/${one.id}`;
      refused(await by.patch(user, { email: 'taken-over@example.com' }), 403, 'forbidden');
      for (const act of ['suspend', 'activate', 'unlock', 'reset-mfa']) {
        refused(await by.post(`${user}/${act}`), 403, 'forbidden');
      }
    }
    refused(await by.delete(`${base}/authenticators/${phone.id}`), 403, 'forbidden');
    assert.equal((await by.patch(`${base}/users/${id}`, { name: 'Plain' })).status, 200);
  });

  test('a token makes no token that reaches further or lives longer than itself, and takes with it what it made', async () => {
    // Past what wrong tokens of one source are counted in.
    server.advance(minute);
    const without = await make(owner.browser, ['users:read']);
    const body = { name: 'Child', scopes: ['users:read'] };
    refused(await without.by.post(at, body), 403, 'insufficient_scope');

    const expires_at = inSeconds(3600);
    const parent = await make(owner.browser, ['tokens:read', 'tokens:write', 'users:read'], { expires_at });
    const beyond = await parent.by.post(at, { ...body, expires_at, scopes: ['users:read', 'users:write'] });
    refused(beyond, 403, 'insufficient_scope');
    assert.match(beyond.body.detail, /users:write/);
    for (const late of [undefined, inSeconds(3601)]) {
      refused(await parent.by.post(at, { ...body, expires_at: late }), 400, 'malformed');
    }
    const more = { expires_at };
    const child = await make(parent.by, ['tokens:write', 'users:read'], more);
    const grandchild = await make(child.by, ['users:read'], more);
    assert.equal((await grandchild.by.get(`${base}/users`)).status, 200);
    const { items } = (await parent.by.get(at)).body;
    assert.deepEqual(items[0].made_by, { id: owner.id, login: owner.login });

    // Of others, none.
    const foreign = await make((await administrator('admin')).browser, ['users:read']);
    refused(await parent.by.delete(`${at}/${foreign.id}`), 403, 'forbidden');
    assert.equal((await parent.by.delete(`${at}/${parent.id}`)).status, 204);
    for (const { by } of [parent, child, grandchild]) invalid(await by.get(`${base}/users`));
    assert.equal((await foreign.by.get(`${base}/users`)).status, 200);
    const { items: events } = (await owner.browser.get(`${base}/events?q=token.deleted&limit=3`)).body;
    const deleted = new Set(events.map((event: { details: { token: string } }) => event.details.token));
    assert.deepEqual(deleted, new Set([parent.id, child.id, grandchild.id]));
  });

  test('wrong tokens of one source are counted; a right one is taken all the same', async () => {
    server.advance(2 * minute);
    const { by } = await make((await administrator('admin')).browser, ['users:read']);
    const wrong = program(server.url, `cst_${'A'.repeat(43)}`);
    for (let time = 0; time < 60; time += 1) invalid(await wrong.get(`${base}/users`));
    const limited = await wrong.get(`${base}/users`);
    refused(limited, 429, 'too_many_requests');
    assert.ok(Number(limited.headers.get('retry-after')) > 0);
    assert.equal((await by.get(`${base}/users`)).status, 200);
  });

  test('the command line makes a token, beside a running server, which logs none', async () => {
    await using running = await startServer({ engine, env: { LOG_LEVEL: 'trace' } });
    const create = (...args: string[]) => running.cli(['token', 'create', ...args]);
    const scopes = ['--scope', 'outbox:read', '--scope', 'tokens:read', '--scope', 'users:write'];
    const { code, stdout, stderr } = await create('--name', 'Nightly', ...scopes);
    assert.equal(code, 0, stderr);
    const token = stdout.trim();
    assert.match(token, /^cst_[\w-]{43}$/);
    const by = program(running.url, token);
    assert.equal((await by.get(`${base}/outbox`)).status, 200);
    const { items } = (await by.get(at)).body;
    assert.deepEqual(items[0].made_by, { id: 'operator', login: 'operator' });
    const person = { login: 'x', email: 'x@example.com', name: 'X', password };
    assert.equal((await by.post(`${base}/users`, person)).status, 201);
    refused(await by.post(`${base}/users`, { ...person, login: 'y', role: 'owner' }), 403, 'forbidden');
    refused(await by.get(`${base}/events`), 403, 'insufficient_scope');

    const soon = new Date(Date.now() + 60_000).toISOString();
    assert.equal((await create('--name', 'X', '--scope', 'users:read', '--expires-at', soon)).code, 0);
    const wrong = [
      [/There is no scope "users:all", but: users:read/, '--name', 'X', '--scope', 'users:all'],
      [/needs --name and --scope/, '--name', 'X'],
      [/--name must be one line/, '--name', '\n', '--scope', 'users:read'],
      [/--expires-at/, '--name', 'X', '--scope', 'users:read', '--expires-at', '2001-01-01T00:00:00Z'],
    ] as const;
    for (const [sentence, ...args] of wrong) {
      const refusedBy = await create(...args);
      assert.equal(refusedBy.code, 1);
      assert.match(refusedBy.stderr, sentence);
    }
    const everything = running.output() + JSON.stringify((await by.get(at)).body);
    assert.ok(!everything.includes(token.slice(8)));
  });
});
