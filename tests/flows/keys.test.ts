import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { addApplication } from '../../apps/server/src/applications/applications.ts';
import { dropUnusedVapidKeys } from '../../apps/server/src/authenticators/store.ts';
import { addHostGroup, makeJoinToken } from '../../apps/server/src/hosts/groups.ts';
import { offlineSecretOf } from '../../apps/server/src/hosts/offline/secrets.ts';
import { rotateSealing, rotateVapidKey } from '../../apps/server/src/keys/rotate.ts';
import { clientView, makeClient } from '../../apps/server/src/oidc/clients.ts';
import { readEnvironment } from '../../apps/server/src/platform/environment.ts';
import { resealAll } from '../../apps/server/src/platform/keys/reseal.ts';
import { sealedColumns } from '../../apps/server/src/platform/sealed-columns.ts';
import { createSealing } from '../../apps/server/src/platform/sealing.ts';
import { readMigrations } from '../../apps/server/src/platform/store/migrate.ts';
import { migrations } from '../../apps/server/src/platform/store/open.ts';
import { schemaOf } from '../../apps/server/src/platform/store/schema.ts';
import { openSnapshot } from '../../apps/server/src/platform/store/snapshot.ts';
import type { StorePlace } from '../../apps/server/src/platform/store/open.ts';
import { addWebhook } from '../../apps/server/src/webhooks/webhooks.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { addPerson, askPush, begin, enrol, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';
import { createPushDevice } from '../support/push-device.ts';
import { startServer } from '../support/server.ts';
import { placeOf } from '../support/whole-store.ts';

/** `countersign keys rotate`: the secret and the VAPID key change, and nothing that was is lost. */

/** Where a sealed text stands, wherever that is: found by its form, not by the list. */
async function sealedTexts(place: StorePlace): Promise<{ column: string; text: string; place: string }[]> {
  await using snapshot = await openSnapshot(place);
  const found: { column: string; text: string; place: string }[] = [];
  for (const table of schemaOf(await readMigrations(migrations))) {
    for await (const rows of snapshot.rows(table)) {
      for (const row of rows) {
        for (const [at, value] of row.entries()) {
          if (typeof value !== 'string' || !/^v1\.[\w-]{8}\.[\w-]{30,}$/.test(value)) continue;
          const column = `${table.name}.${table.columns[at]}`;
          const sealed = sealedColumns.find((each) => `${each.table}.${each.column}` === column);
          const key = sealed && String(row[table.columns.indexOf(sealed.key)]);
          found.push({ column, text: value, place: sealed ? sealed.place(key!) : 'unlisted' });
        }
      }
    }
  }
  return found;
}

const secrets = [
  'the first secret of the tests and long',
  'the second secret of the tests and long',
] as const;

forEachEngine((engine) => {
  /** A push service that takes, for each address, only what the key of its subscription signed (RFC 8292 section 4). */
  const keyOf = new Map<string, string>();
  const taken: { path: string; key: string; status: number }[] = [];
  const service = createServer((request, response) => {
    const path = request.url!;
    const key = /k=(.+)$/.exec(request.headers.authorization!)![1]!;
    const status = (keyOf.get(path) ?? key) === key ? 201 : 403;
    taken.push({ path, key, status });
    response.writeHead(status).end();
  });
  let origin: string;
  let server: InProcess;

  before(async () => {
    await once(service.listen(0, '127.0.0.1'), 'listening');
    origin = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    server = await startInProcess(engine, {
      COUNTERSIGN_FETCH_ALLOW: origin,
      COUNTERSIGN_SECRET: secrets[0],
    });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    service.closeAllConnections();
    service.close();
  });

  /** Another process on the same store, with other secrets. */
  const beside = (env: Record<string, string>) => {
    const { PORT: _, ...shared } = server.env;
    return startInProcess(engine, { ...shared, ...env });
  };
  const current = async () =>
    (await new Browser(server.url).get('/.well-known/countersign')).body.vapid_public_key as string;

  async function pushed(login: string, path: string, key?: string) {
    keyOf.set(path, key ?? (await current()));
    await server.addPerson(login);
    const push_subscription = createPushDevice(origin + path).subscription;
    return enrol(server, login, { push_subscription });
  }
  /** A sign-in begins; resolves to what the push service took of it, and gives the sign-in up. */
  async function wake(browser: Browser, login: string, calls = 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    taken.length = 0;
    const { id } = await begin(browser, login);
    await askPush(browser, id);
    for (const giveUp = performance.now() + 5_000; taken.length < calls;) {
      assert.ok(performance.now() < giveUp, 'no push came');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal((await browser.delete(`/api/v1/authentications/${id}`)).status, 204);
    return [...taken];
  }

  /** A client of the OpenID provider, and a request of its that waits for the person. */
  async function askByOidc(): Promise<void> {
    const { platform } = server.server;
    const by = { actor: { id: 'operator', login: 'operator' }, asker: { ip: '127.0.0.1', client: null } };
    const what = { kind: 'oidc', name: 'Wiki', url: 'https://wiki.example.com' } as const;
    const redirect_uri = 'https://wiki.example.com/callback';
    const events = { record: async () => {} } as never;
    const { id } = await addApplication(what, by, { platform, events }, async (transaction, application) => {
      await makeClient(transaction, application, { redirect_uris: [redirect_uri] }, platform);
      return {};
    });
    const { client_id } = (await clientView(server.store, id))!;
    const asked = new URLSearchParams({
      client_id,
      redirect_uri,
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    assert.equal((await new Browser(server.url).get(`/oidc/authorize?${asked}`)).status, 303);
  }

  /** A token that a host may join with, and what the phone makes codes for hosts of. */
  async function askByHost(phone: Phone): Promise<void> {
    const { platform } = server.server;
    const by = { actor: { id: 'operator', login: 'operator' }, asker: { ip: '127.0.0.1', client: null } };
    const needs = { platform, events: { record: async () => {} } as never };
    const { id } = await addHostGroup({ name: 'Web' }, by, needs);
    await makeJoinToken(id, by, needs);
    const { user_id } = (
      await platform.store.query(
        { text: "SELECT id AS user_id FROM users WHERE login = 'listed'", names: [] } as never,
        {},
      )
    )[0]!;
    await offlineSecretOf(String(user_id), 'a host', platform);
    assert.equal((await phone.call('GET', '/hosts')).status, 200);
  }

  test('every sealed text stands in a column of the list', async () => {
    const { browser, phone } = await pushed('listed', '/listed');
    assert.equal((await browser.post('/api/v1/me/totp')).status, 201);
    await askByOidc();
    await askByHost(phone);
    const { platform } = server.server;
    const by = { actor: { id: 'operator', login: 'operator' }, asker: { ip: '127.0.0.1', client: null } };
    const webhook = { url: 'https://hooks.example.com', types: ['*'] };
    await addWebhook(webhook, by, { platform, events: { record: async () => {} } });
    const found = await sealedTexts(placeOf(server.env));
    assert.deepEqual(
      new Set(found.map(({ column }) => column)),
      new Set(sealedColumns.map(({ table, column }) => `${table}.${column}`)),
    );
  });

  test('the secret changes: with the old one beside it all goes on; sealed anew, all goes on without', async () => {
    const { browser, phone } = await pushed('sealed', '/sealed');
    const count = (await sealedTexts(placeOf(server.env))).length;
    await using both = await beside({
      COUNTERSIGN_SECRET: secrets[1],
      COUNTERSIGN_SECRET_PREVIOUS: `another one that was used a long time ago, ${secrets[0]}`,
    });
    // Interrupted after the first transaction, and run again.
    let transactions = 0;
    const { platform } = both.server;
    const breaking = {
      ...platform.store,
      query: platform.store.query.bind(platform.store),
      transaction: async <T>(work: Parameters<typeof platform.store.transaction<T>>[0]) => {
        if (transactions++ > 0) throw new Error('power loss');
        return platform.store.transaction(work);
      },
    } as unknown as typeof platform.store;
    await assert.rejects(resealAll({ store: breaking, sealing: platform.sealing }), /power loss/);
    const said = await rotateSealing(readEnvironment(both.env));
    const anew = Number(/^(\d+) texts were sealed anew/.exec(said)![1]);
    assert.ok(anew > 0 && anew < count, `${anew} of ${count}`);
    assert.match(await rotateSealing(readEnvironment(both.env)), /^0 texts/);

    const onlyNew = createSealing(() => [secrets[1]]);
    const found = await sealedTexts(placeOf(server.env));
    assert.equal(found.length, count);
    for (const { text, place } of found) assert.ok(onlyNew.open(text, place as never).length > 0);
    await using after = await beside({ COUNTERSIGN_SECRET: secrets[1] });
    const there = new Browser(after.url);
    for (const [name, value] of browser.cookies) there.cookies.set(name, value);
    assert.equal((await wake(there, 'sealed'))[0]!.path, '/sealed');
    assert.equal((await phone.call('GET', '/me')).body.authenticator.push, 'ok');

    // Back, for the tests that follow; and with a secret that is not there, nothing is lost.
    const back = { ...server.env, COUNTERSIGN_SECRET_PREVIOUS: secrets[1] };
    await assert.rejects(
      rotateSealing(readEnvironment(server.env)),
      /sealed under a secret that is not here/,
    );
    await rotateSealing(readEnvironment(back));
  });

  test('a new VAPID key: a phone is reached with the key of its subscription, until its app subscribes anew', async () => {
    const first = await current();
    const { browser, phone } = await pushed('vapid', '/old');
    await rotateVapidKey(readEnvironment(server.env));
    const second = await current();
    assert.notEqual(second, first);
    assert.deepEqual(await wake(browser, 'vapid'), [{ path: '/old', key: first, status: 201 }]);
    // An app that tells the same address again has the same subscription.
    const tell = async (path: string) =>
      phone.call('PATCH', '/me', { push_subscription: createPushDevice(origin + path).subscription });
    assert.equal((await tell('/old')).status, 200);
    server.advance(15 * 60_000);
    phone.now = server.now;
    assert.deepEqual(await wake(browser, 'vapid'), [{ path: '/old', key: first, status: 201 }]);
    // The key stays while a subscription needs it, however old, and goes afterwards.
    const later = { before: server.now() + 1 };
    await dropUnusedVapidKeys.run(server.store, later);
    assert.deepEqual(await wake(browser, 'vapid'), [{ path: '/old', key: first, status: 201 }]);
    keyOf.set('/new', second);
    server.advance(15 * 60_000);
    assert.equal((await tell('/new')).body.authenticator.push, 'ok');
    assert.deepEqual(await wake(browser, 'vapid'), [{ path: '/new', key: second, status: 201 }]);
    const keys = async () =>
      server.store.query(
        { text: "SELECT name FROM server_keys WHERE name LIKE 'vapid%'", names: [] } as never,
        {},
      );
    assert.equal((await keys()).length, 2, 'other phones of these tests have the first');
    await server.store.query(
      {
        text: `UPDATE authenticators SET push_subscription = NULL WHERE vapid_public_key = '${first}'`,
        names: [],
      } as never,
      {},
    );
    await dropUnusedVapidKeys.run(server.store, { before: 0 });
    assert.equal((await keys()).length, 2, 'an app may be subscribing for it just now');
    await dropUnusedVapidKeys.run(server.store, later);
    assert.deepEqual(await keys(), [{ name: 'vapid' }]);
    assert.deepEqual(await wake(browser, 'vapid'), [{ path: '/new', key: second, status: 201 }]);
  });

  test('an app that subscribed while the key changed is reached all the same, and the key is learned', async () => {
    const before = await current();
    await rotateVapidKey(readEnvironment(server.env));
    const { browser } = await pushed('between', '/between', before);
    const tried = await wake(browser, 'between');
    assert.deepEqual(
      tried.map(({ key, status }) => [key === before, status]),
      [[true, 201]],
      'learned from the push of the activation',
    );
  });
});

test('a secret that the product made: changed beside a server at work, which loses nothing', async () => {
  await using server = await startServer({ engine: 'sqlite' });
  const place = placeOf(server.env);
  const file = join(place.dataFolder, 'secret');
  const before = await readFile(file, 'utf8');
  await addPerson(server, 'olga', 'owner');
  const { phone } = await enrol(server, 'olga');
  const admin = new Browser(server.url);
  await signIn(admin, phone, 'olga', 'admin_login');
  let running = true;
  let invited = 0;
  const inviting = (async () => {
    while (running) {
      const login = `guest-${invited++}`;
      const person = { login, email: `${login}@example.com`, name: 'Guest', invite: true };
      assert.equal((await admin.post('/api/v1/admin/users', person)).status, 201);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const { code, stdout, stderr } = await server.cli(['keys', 'rotate', 'sealing']);
  running = false;
  await inviting;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /texts were sealed anew under a new secret in/);
  const after = await readFile(file, 'utf8');
  assert.match(after, /^[\w-]{43}\n$/);
  assert.notEqual(after, before);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.ok(invited > 20, `${invited} invited meanwhile`);
  const onlyNew = createSealing(() => [after.trim()]);
  const found = await sealedTexts(place);
  assert.ok(found.length > invited);
  for (const { text, place: at } of found) onlyNew.open(text, at as never);
  await server.restart();
  const outbox = await admin.get('/api/v1/admin/outbox?limit=200');
  assert.equal(outbox.status, 200, JSON.stringify(outbox.body));
  assert.match(outbox.body.items[0].text, /invite#/);
});

test('a change of the secret that was interrupted goes on where it stopped', async () => {
  await using server = await startServer({ engine: 'sqlite' });
  const file = join(server.env.COUNTERSIGN_DATA!, 'secret');
  const old = (await readFile(file, 'utf8')).trim();
  await server.stop();
  // As the interrupted run left it: that change is finished, and no third secret comes.
  await writeFile(file, `${secrets[0]}\n${old}\n`);
  const { code, stdout, stderr } = await server.cli(['keys', 'rotate']);
  assert.equal(code, 0, stderr);
  // Without a kind it is both.
  assert.match(stdout, /a new VAPID key/);
  assert.equal(await readFile(file, 'utf8'), `${secrets[0]}\n`);
  await server.restart();
});
