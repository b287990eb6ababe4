import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiScope, type Role } from '@countersign/protocol/wire';
import { operationsOf, type Document, type Operation } from '../fuzz/support/contract.ts';
import { Browser, type Answer } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, refused, signIn } from '../support/people.ts';

const base = '/api/v1/admin';
const administrators = ['owner', 'admin', 'help_desk', 'read_only'] as const satisfies Role[];

const looks: readonly Role[] = administrators;
const helps: readonly Role[] = ['owner', 'admin', 'help_desk'];
const writes: readonly Role[] = ['owner', 'admin'];
const owns: readonly Role[] = ['owner'];

/** Every administrative act: the roles that may do it, and the scope with which a token of an owner may. */
const table: Record<string, readonly [roles: readonly Role[], scope: ApiScope | null]> = {
  'GET /session': [looks, null],
  'GET /users': [looks, 'users:read'],
  'POST /users': [writes, 'users:write'],
  'GET /users/{id}': [looks, 'users:read'],
  'PATCH /users/{id}': [writes, 'users:write'],
  'POST /users/{id}/suspend': [writes, 'users:write'],
  'POST /users/{id}/activate': [writes, 'users:write'],
  'POST /users/{id}/unlock': [helps, 'users:write'],
  'POST /users/{id}/end-sessions': [helps, 'users:write'],
  'POST /users/{id}/reset-mfa': [helps, 'users:write'],
  'POST /users/{id}/invite': [writes, 'users:write'],
  'POST /users/{id}/remind': [helps, 'users:write'],
  'GET /enrollment': [looks, 'users:read'],
  'GET /enrollment/people': [looks, 'users:read'],
  'GET /enrollment/export': [looks, 'users:read'],
  'POST /enrollment/reminders': [writes, 'users:write'],
  'DELETE /users/{id}': [writes, 'users:write'],
  'POST /users/import': [writes, 'users:write'],
  'GET /users/export': [looks, 'users:read'],
  'GET /groups/export': [looks, 'groups:read'],
  'GET /applications/export': [looks, 'applications:read'],
  'GET /policies/export': [looks, 'policies:read'],
  'GET /hosts/export': [looks, 'hosts:read'],
  'GET /host-groups/export': [looks, 'hosts:read'],
  'GET /tokens/export': [looks, 'tokens:read'],
  'GET /webhooks/export': [writes, null],
  'GET /outbox/export': [owns, 'outbox:read'],
  'POST /users/{id}/verification-push': [helps, 'users:write'],
  'GET /users/{id}/verification-push/{push}': [helps, 'users:read'],
  'GET /users/{id}/verification-push/{push}/events': [helps, 'users:read'],
  'DELETE /users/{id}/verification-push/{push}': [helps, 'users:write'],
  'GET /users/{id}/groups': [looks, 'users:read'],
  'GET /groups': [looks, 'groups:read'],
  'POST /groups': [writes, 'groups:write'],
  'GET /groups/{id}': [looks, 'groups:read'],
  'PATCH /groups/{id}': [writes, 'groups:write'],
  'DELETE /groups/{id}': [writes, 'groups:write'],
  'GET /groups/{id}/members': [looks, 'groups:read'],
  'PUT /groups/{id}/members/{user_id}': [writes, 'groups:write'],
  'DELETE /groups/{id}/members/{user_id}': [writes, 'groups:write'],
  'DELETE /authenticators/{id}': [helps, 'authenticators:write'],
  'GET /authenticators/unreachable': [looks, 'authenticators:read'],
  'GET /home/attention': [looks, null],
  'GET /home/statistics': [looks, null],
  'GET /fraud-reports': [looks, 'events:read'],
  'POST /fraud-reports/{id}/review': [helps, 'events:write'],
  'GET /diagnostics': [looks, 'authenticators:read'],
  'GET /applications': [looks, 'applications:read'],
  'POST /applications': [writes, 'applications:write'],
  'GET /applications/{id}': [looks, 'applications:read'],
  'PATCH /applications/{id}': [writes, 'applications:write'],
  'DELETE /applications/{id}': [writes, 'applications:write'],
  'GET /applications/{id}/attempts': [looks, 'applications:read'],
  'PUT /applications/{id}/logo': [writes, 'applications:write'],
  'POST /applications/{id}/preview': [looks, 'applications:write'],
  'POST /applications/{id}/secret': [writes, 'applications:write'],
  'GET /application-attempts': [looks, 'applications:read'],
  'POST /saml-metadata': [writes, 'applications:write'],
  'GET /hosts': [looks, 'hosts:read'],
  'GET /hosts/{id}': [looks, 'hosts:read'],
  'PATCH /hosts/{id}': [writes, 'hosts:write'],
  'DELETE /hosts/{id}': [writes, 'hosts:write'],
  'POST /hosts/{id}/revoke': [writes, 'hosts:write'],
  'GET /host-groups': [looks, 'hosts:read'],
  'POST /host-groups': [writes, 'hosts:write'],
  'GET /host-groups/{id}': [looks, 'hosts:read'],
  'PATCH /host-groups/{id}': [writes, 'hosts:write'],
  'DELETE /host-groups/{id}': [writes, 'hosts:write'],
  'POST /host-groups/{id}/join-tokens': [writes, 'hosts:write'],
  'GET /host-groups/{id}/accounts': [looks, 'hosts:read'],
  'PUT /host-groups/{id}/accounts': [writes, 'hosts:write'],
  'GET /events': [looks, 'events:read'],
  'GET /policies': [looks, 'policies:read'],
  'PUT /policies': [writes, 'policies:write'],
  'GET /policies/versions': [looks, 'policies:read'],
  'GET /policies/versions/{version}': [looks, 'policies:read'],
  'POST /policies/versions/{version}/restore': [writes, 'policies:write'],
  'POST /policies/simulate': [looks, 'policies:write'],
  // A token needs users:read too, and for the effect events:read: flows/policy-effect.test.ts.
  'POST /policies/effect': [looks, 'policies:write'],
  'GET /events/stream': [looks, 'events:read'],
  'GET /events/export': [looks, 'events:read'],
  'GET /webhooks': [writes, null],
  'POST /webhooks': [writes, null],
  'GET /webhooks/{id}': [writes, null],
  'PATCH /webhooks/{id}': [writes, null],
  'DELETE /webhooks/{id}': [writes, null],
  'POST /webhooks/{id}/secret': [writes, null],
  'POST /webhooks/{id}/test': [writes, null],
  'GET /webhooks/{id}/deliveries': [writes, null],
  'GET /settings': [looks, 'settings:read'],
  'PATCH /settings': [writes, 'settings:write'],
  'GET /outbox': [owns, 'outbox:read'],
  'GET /tokens': [looks, 'tokens:read'],
  'POST /tokens': [writes, 'tokens:write'],
  'DELETE /tokens/{id}': [writes, 'tokens:write'],
  // Last: it ends the session of whoever calls.
  'DELETE /session': [looks, null],
};

/** Of no call's form, and no harm to anything: a call that may be made is answered 400, 404, or with what it reads. */
const wrongBody = { name: 7, login: 7, mfa: 7, saml: 7, user_id: 7, group_id: 7, png: 7, local_user: 7 };

forEachEngine((engine) => {
  let server: InProcess;
  let acts: { name: string; operation: Operation & { security?: Record<string, string[]>[] } }[];
  const browsers = {} as Record<Role, Browser>;
  const tokens = new Map<string, string>();
  before(async () => {
    server = await startInProcess(engine);
    for (const role of [...administrators, 'user'] as const) {
      await server.addPerson(role, { role });
      const { browser, phone } = await enrol(server, role);
      if (role !== 'user') await signIn(browser, phone, role, 'admin_login');
      browsers[role] = browser;
    }
    const document = (await new Browser(server.url).get('/api/openapi.json')).body as Document;
    const order = Object.keys(table);
    acts = operationsOf(document)
      .filter(({ path }) => path.startsWith(`${base}/`))
      .map((operation) => ({ name: `${operation.method} ${operation.path.slice(base.length)}`, operation }))
      .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  });
  after(() => server[Symbol.asyncDispose]());

  /** Of the owner. */
  async function tokenWith(scopes: readonly ApiScope[]): Promise<string> {
    const key = scopes.join(' ');
    if (!tokens.has(key)) {
      const made = await browsers.owner.post(`${base}/tokens`, { name: 'Table', scopes });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      tokens.set(key, made.body.token);
    }
    return tokens.get(key)!;
  }
  // A stream that opens would not end: one of no time is refused, once it is known who asks.
  const addressOf = ({ path }: Operation) =>
    path.replace(/\{\w+\}/g, 'nothing-there') + (path.endsWith('/stream') ? '?from=never' : '');
  const call = (browser: Browser, operation: Operation, body: unknown, token?: string): Promise<Answer> =>
    browser.call(
      operation.method,
      addressOf(operation),
      operation.method === 'GET' ? undefined : body,
      token === undefined ? {} : { authorization: `Bearer ${token}`, origin: '' },
    );
  const wasAllowed = ({ status, body }: Answer): boolean => {
    assert.ok(status < 500, JSON.stringify(body));
    return status !== 401 && status !== 403;
  };

  test('every administrative call of the OpenAPI document is in the table, with its scope, and no other', () => {
    const served = acts.map(({ name }) => name);
    assert.deepEqual(
      served.filter((name) => !Object.hasOwn(table, name)),
      [],
      'calls that the table does not know',
    );
    assert.deepEqual(
      Object.keys(table).filter((name) => !served.includes(name)),
      [],
      'lines of the table without a call',
    );
    for (const { name, operation } of acts) {
      const [, scope] = table[name]!;
      const wanted = [{ admin_session: [] }, ...(scope ? [{ api_token: [scope] }] : [])];
      assert.deepEqual(operation.security, wanted, name);
    }
  });

  test('each role may do what the table says, and is told so before its body is looked at', async () => {
    for (const { name, operation } of acts) {
      for (const role of administrators) {
        const answer = await call(browsers[role], operation, wrongBody);
        assert.equal(wasAllowed(answer), table[name]![0].includes(role), `${role}: ${name} ${answer.status}`);
        if (!wasAllowed(answer)) refused(answer, 403, 'forbidden');
      }
    }
    // Signing out was the last of them.
    for (const role of administrators) {
      refused(await browsers[role].get(`${base}/users`), 401, 'no_session');
    }
  });

  test('nobody, a person without a role, and an administrator who is signed in to the User Portal only, may do nothing', async () => {
    await server.addPerson('portal-owner', { role: 'owner' });
    const { browser: portal } = await enrol(server, 'portal-owner');
    const callers = { nobody: new Browser(server.url), user: browsers.user, portal };
    for (const { name, operation } of acts) {
      for (const [who, browser] of Object.entries(callers)) {
        // Malformed JSON too: nothing is read for them.
        for (const body of [wrongBody, '{']) {
          const answer = await call(browser, operation, body);
          assert.deepEqual([answer.status, answer.body.code], [401, 'no_session'], `${who}: ${name}`);
          assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="countersign"');
        }
      }
    }
  });

  test('a token reaches what its scope is for and nothing else, whatever cookies come with it', async () => {
    const { browser, phone } = await enrolledOwner('token-owner');
    await signIn(browser, phone, 'token-owner', 'admin_login');
    browsers.owner = browser;
    for (const { name, operation } of acts) {
      const [, scope] = table[name]!;
      const others = await tokenWith(ApiScope.enum.filter((one) => one !== scope));
      // With the cookies of an owner beside it, and with none.
      for (const caller of [browser, new Browser(server.url)]) {
        for (const body of [wrongBody, '{']) {
          const answer = await call(caller, operation, body, others);
          if (scope === null) {
            refused(answer, 401, 'no_session');
            continue;
          }
          assert.deepEqual([answer.status, answer.body.code], [403, 'insufficient_scope'], name);
          assert.match(answer.body.detail, new RegExp(`\\b${scope}\\b`), name);
          assert.equal(
            answer.headers.get('www-authenticate'),
            `Bearer realm="countersign", error="insufficient_scope", scope="${scope}"`,
          );
        }
        if (scope === null) continue;
        const answer = await call(caller, operation, wrongBody, await tokenWith([scope]));
        assert.ok(wasAllowed(answer), `${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
      }
    }
  });

  async function enrolledOwner(login: string) {
    await server.addPerson(login, { role: 'owner' });
    return enrol(server, login);
  }
});
