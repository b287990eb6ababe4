import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { insertEvent } from '../../apps/server/src/events/store.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addHostGroup, Host, joinToken } from '../support/host.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, refused, signIn } from '../support/people.ts';
import { metadataText } from '../support/saml.ts';

const base = '/api/v1/admin';
const cookieOf = ({ cookies }: Browser) => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

/** The lists of the Admin Portal as files; and how files that go in or out come to an end. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  before(async () => {
    server = await startInProcess(engine);
    owner = await administrator('boss', 'owner');
  });
  after(() => server[Symbol.asyncDispose]());

  async function administrator(login: string, role: 'owner' | 'admin'): Promise<Browser> {
    await server.addPerson(login, { role });
    const { browser, phone } = await enrol(server, login);
    await signIn(browser, phone, login, 'admin_login');
    return browser;
  }
  async function add(collection: string, body: object) {
    const added = await owner.post(`${base}/${collection}`, body);
    assert.equal(added.status, 201, JSON.stringify(added.body));
    return added.body;
  }
  const fileOf = async (name: string, format: 'csv' | 'jsonl') => {
    const { status, headers, body } = await owner.get(`${base}/${name}/export?format=${format}`);
    assert.equal(status, 200, JSON.stringify(body));
    assert.match(
      headers.get('content-disposition')!,
      new RegExp(`^attachment; filename="${name}-\\d{4}-\\d\\d-\\d\\d\\.${format}"$`),
    );
    return String(body);
  };
  const itemsOf = (file: string) =>
    file
      .trimEnd()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));

  test('each list is a file of what it shows, without secrets, and with no cell that is a formula', async () => {
    const url = 'https://app.example.com/';
    const group = await add('groups', { name: '=Staff|1' });
    const oidc = { redirect_uris: ['https://app.example.com/cb'] };
    const forGroup = { access: 'groups', group_ids: [group.id] };
    const client = await add('applications', { kind: 'oidc', name: '=1+1', url, oidc, ...forGroup });
    await add('applications', { kind: 'saml', name: 'Files', url, saml: { metadata: metadataText() } });
    for (let n = 0; n < 3; n += 1) await add('applications', { name: `@Bookmark ${n}`, url });
    const hook = await add('webhooks', { url: 'https://hook.example.com/?key=1', types: ['*'] });
    const token = await add('tokens', { name: '-token', scopes: ['users:read', 'groups:read'] });
    const hostGroup = await addHostGroup(owner, { name: '+web', ...forGroup });
    const host = await Host.create({ url: server.url, now: server.now }, 'exported');
    assert.equal((await host.join(await joinToken(owner, hostGroup.id))).status, 201);
    await add('users', { login: 'mia', email: 'mia@example.com', name: 'Mia', invite: true });
    const rule = {
      id: 'r1',
      name: '=rule',
      enabled: true,
      who: { users: [], groups: [group.id] },
      what: ['portal', `application:${client.id}`],
      networks: null,
      familiar: null,
      when: null,
      effect: { confirmation: 'number' },
    };
    const { etag } = (await owner.get(`${base}/policies`)).body;
    const put = await owner.call('PUT', `${base}/policies`, { rules: [rule] }, { 'if-match': etag });
    assert.equal(put.status, 200, JSON.stringify(put.body));

    const [mail] = (await owner.get(`${base}/outbox?q=mia`)).body.items;
    const link = /#token=([\w-]+)/.exec(mail.text)![1]!;
    const secrets = [client.client_secret, hook.secret, token.token, link];
    for (const name of ['applications', 'hosts', 'host-groups', 'tokens', 'webhooks', 'outbox']) {
      const lines = itemsOf(await fileOf(name, 'jsonl'));
      const { items } = (await owner.get(`${base}/${name}?limit=200`)).body;
      assert.ok(items.length > 0, name);
      if (name === 'outbox')
        for (const item of items) for (const member of ['text', 'html']) delete item[member];
      assert.deepEqual(lines, items, name);
    }
    assert.deepEqual(itemsOf(await fileOf('policies', 'jsonl')), [{ position: 1, ...rule }]);
    const names = ['applications', 'policies', 'hosts', 'host-groups', 'tokens', 'webhooks', 'outbox'];
    for (const name of names) {
      const [csv, jsonl] = [await fileOf(name, 'csv'), await fileOf(name, 'jsonl')];
      assert.equal(csv.split('\r\n').length, itemsOf(jsonl).length + 2, name);
      assert.ok(!/(^|,|\n)"?[=+@-]/m.test(csv), csv);
      for (const secret of secrets) assert.ok(!(csv + jsonl).includes(secret), `${name} ${secret}`);
    }
    const applications = await fileOf('applications', 'csv');
    assert.match(applications, /,'=1\+1,oidc,https:\/\/app\.example\.com\/,groups,'=Staff\\\|1,false,,/);
    assert.match(await fileOf('tokens', 'csv'), /,'-token,[\w-]+,users:read\|groups:read,boss,/);

    const [noted] = (await owner.get(`${base}/events?type=list.exported&limit=1`)).body.items;
    assert.deepEqual([noted.actor.login, noted.details], ['boss', { what: 'tokens', format: 'csv' }]);
    refused(await owner.get(`${base}/hosts/export`), 400, 'malformed');
    refused(await owner.get(`${base}/hosts/export?format=xml`), 400, 'malformed');
  });

  test('more than a page of them, each once', async () => {
    for (let n = 0; n < 230; n += 1) await addHostGroup(owner, { name: `hosts ${engine} ${n}` });
    const ids = itemsOf(await fileOf('host-groups', 'jsonl')).map(({ id }) => id);
    assert.ok(ids.length > 230);
    assert.equal(new Set(ids).size, ids.length);
  });

  test('an export under way ends when the administrator is suspended', async () => {
    const many = 6_000;
    const rest = {
      actor_id: null,
      actor_login: null,
      user_id: null,
      user_login: null,
      ip: null,
      client: null,
    };
    const details = JSON.stringify({ text: 'x'.repeat(4_000) });
    await server.store.transaction(async (transaction) => {
      for (let index = 0; index < many; index += 1) {
        const row = { id: `e${index}`, at: 1_000 + index, type: 'push.sent', ...rest, details };
        await insertEvent.run(transaction, { ...row, authentication_id: null, target_id: null });
      }
    });
    const going = await administrator('going', 'admin');
    const answer = await fetch(`${server.url}${base}/events/export?format=jsonl&type=push.sent`, {
      headers: { cookie: cookieOf(going) },
    });
    const reader = answer.body!.getReader();
    let taken = (await reader.read()).value!.length;
    // More than any buffer between here and there is not taken yet.
    await sleep(300);
    const { id } = (await owner.get(`${base}/users?q=going`)).body.items[0];
    assert.equal((await owner.post(`${base}/users/${id}/suspend`)).status, 200);
    await assert.rejects(async () => {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read())
        taken += piece.value.length;
    });
    assert.ok(taken < many * 4_000, `${taken} bytes were told`);
  });

  /** A call of an import of which only the beginning is sent. Resolves when the server ends the connection. */
  function importing(body: string, length: number) {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const head = [
      `POST ${base}/users/import HTTP/1.1`,
      `host: ${new URL(server.url).host}`,
      `origin: ${server.url}`,
      `cookie: ${cookieOf(owner)}`,
      'content-type: text/csv',
      `content-length: ${length}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {});
    return { socket, ended };
  }
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  /** Until the server has the import in hand: no other is taken. */
  async function isBusy(): Promise<boolean> {
    const other = await fetch(`${server.url}${base}/users/import?dry_run=true`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', origin: server.url, cookie: cookieOf(owner) },
      body: 'login,email,name\n',
    });
    await other.text();
    return other.status === 429;
  }
  async function untilBusy(wanted: boolean): Promise<void> {
    for (let tries = 0; (await isBusy()) !== wanted; tries += 1) {
      assert.ok(tries < 500, `busy is not ${wanted}`);
      await turn();
    }
  }

  test('an import whose file never comes whole is cut off by its deadline, and the next one is taken', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { socket, ended } = importing('login,email,name\nlate,late@example.com,Late\n', 1_000);
      socket.resume();
      await untilBusy(true);
      mock.timers.tick(59_000);
      assert.ok(await isBusy(), 'it has a minute');
      mock.timers.tick(2_000);
      await untilBusy(false);
      await ended;
    } finally {
      mock.timers.reset();
    }
    assert.deepEqual((await owner.get(`${base}/users?q=late`)).body.items, []);
  });

  test('an import whose answer nobody takes is cut off by its deadline, and the next one is taken', async () => {
    const problem = 'x'.repeat(200);
    const file = `login,email,name\n${`${problem},${problem},\n`.repeat(60_000)}`;
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { socket, ended } = importing(file, file.length);
      socket.pause();
      await untilBusy(true);
      // As much of the answer as fits into what is between.
      for (let quiet = 0; quiet < 20; quiet += 1) {
        for (let n = 0; n < 200; n += 1) await turn();
        assert.ok(await isBusy());
      }
      mock.timers.tick(61_000);
      await untilBusy(false);
      socket.resume();
      await ended;
    } finally {
      mock.timers.reset();
    }
  });
});
