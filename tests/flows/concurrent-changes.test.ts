import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { operationsOf, type Document } from '../fuzz/support/contract.ts';
import { Browser, type Answer } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addHostGroup, Host, joinToken } from '../support/host.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, refused, signIn } from '../support/people.ts';
import { metadataText } from '../support/saml.ts';

const base = '/api/v1/admin';

/** Something that administrators edit as a form. */
interface Edited {
  /** Makes one, and resolves to where it is. */
  make(): Promise<string>;
  /** The `n`th change of it; no two are alike. */
  edit(n: number): object;
  /** Of the event that a change leaves. */
  event: string;
}

/** Two administrators change one thing at once: the second is told (RFC 9110 section 13.1.1). */
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

  let made = 0;
  const next = () => (made += 1);
  async function add(collection: string, body: object): Promise<string> {
    const added = await owner.post(`${base}/${collection}`, body);
    assert.equal(added.status, 201, JSON.stringify(added.body));
    assert.equal(added.headers.get('etag'), added.body.etag ?? null);
    return `${base}/${collection}/${added.body.id}`;
  }
  async function joined(): Promise<Host> {
    const group = await addHostGroup(owner);
    const host = await Host.create({ url: server.url, now: server.now }, `host${next()}`);
    assert.equal((await host.join(await joinToken(owner, group.id))).status, 201);
    return host;
  }
  const application = (more: object = {}) =>
    add('applications', { name: `App ${next()}`, url: 'https://app.example.com/', ...more });
  const rule = { factors: ['push'], first_factor: true, deny: false };
  const things: Record<string, Edited> = {
    person: {
      make: async () => `${base}/users/${(await server.addPerson(`person${next()}`)).id}`,
      edit: (n) => ({ name: `Person ${n}` }),
      event: 'user.changed',
    },
    group: {
      make: () => add('groups', { name: `Group ${next()}` }),
      edit: (n) => ({ name: `Renamed ${engine} ${n}` }),
      event: 'group.changed',
    },
    bookmark: {
      make: () => application(),
      edit: (n) => ({ name: `Bookmark ${n}` }),
      event: 'application.changed',
    },
    'OpenID client': {
      make: () => application({ kind: 'oidc', oidc: { redirect_uris: ['https://app.example.com/cb'] } }),
      edit: (n) => ({ oidc: { redirect_uris: [`https://app.example.com/cb${n}`] } }),
      event: 'application.changed',
    },
    'service provider': {
      make: () =>
        application({ kind: 'saml', saml: { metadata: metadataText({ entityId: `urn:sp:${next()}` }) } }),
      edit: (n) => ({ saml: { relay_state: `state ${n}` } }),
      event: 'application.changed',
    },
    host: {
      make: async () => `${base}/hosts/${(await joined()).id}`,
      edit: (n) => ({ name: `renamed-${n}` }),
      event: 'host.changed',
    },
    'host group': {
      make: async () => `${base}/host-groups/${(await addHostGroup(owner)).id}`,
      edit: (n) => ({ services: { '*': rule, [`service${n}`]: rule } }),
      event: 'host_group.changed',
    },
    settings: {
      make: async () => `${base}/settings`,
      edit: (n) => ({ people: { deletion_days: n } }),
      event: 'settings.changed',
    },
    webhook: {
      make: () => add('webhooks', { url: 'https://hook.example.com/', types: ['setup.completed'] }),
      edit: (n) => ({ url: `https://hook.example.com/${n}` }),
      event: 'webhook.changed',
    },
  };
  const tagOf = async (path: string): Promise<string> => {
    const { status, headers, body } = await owner.get(path);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(headers.get('etag'), body.etag);
    assert.match(body.etag, /^"[\w-]{22}"$/);
    return body.etag;
  };
  const change = (path: string, body: object, ifMatch: string | undefined, by = owner): Promise<Answer> =>
    by.call('PATCH', path, body, ifMatch === undefined ? {} : { 'if-match': ifMatch });
  const countEvents = async (type: string): Promise<number> =>
    (await owner.get(`${base}/events?type=${type}&limit=200`)).body.items.length;

  for (const [name, { make, edit, event }] of Object.entries(things)) {
    test(`${name}: the second of two administrators is told, and changes nothing`, async () => {
      const path = await make();
      const seen = await tagOf(path);
      assert.equal(await tagOf(path), seen);

      const first = await change(path, edit(1), seen);
      assert.equal(first.status, 200, JSON.stringify(first.body));
      const now = first.headers.get('etag')!;
      assert.notEqual(now, seen);
      assert.equal(await tagOf(path), now);

      const before = (await owner.get(path)).body;
      const events = await countEvents(event);
      for (const stale of [seen, `W/${now}`, `"other", ${seen}`, '"*"']) {
        refused(await change(path, edit(2), stale), 412, 'changed_meanwhile');
      }
      refused(await change(path, edit(2), now.slice(1, -1)), 400, 'malformed');
      assert.deepEqual((await owner.get(path)).body, before);
      assert.equal(await countEvents(event), events);

      for (const [n, holds] of [`${seen}, ${now}`, '*', undefined].entries()) {
        const changed = await change(path, edit(3 + n), holds);
        assert.equal(changed.status, 200, JSON.stringify(changed.body));
      }
      // Nobody is told of what is not there, or not theirs, by a tag.
      if (name !== 'settings') {
        const gone = path.replace(/[^/]+$/, 'nothing-there');
        refused(await change(gone, edit(9), seen), 404, 'not_found');
      }
    });

    test(`${name}: of changes at the same moment one is made`, async () => {
      const path = await make();
      for (let round = 0; round < 3; round += 1) {
        const seen = await tagOf(path);
        const answers = await Promise.all([0, 1, 2].map((n) => change(path, edit(20 + 3 * round + n), seen)));
        assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412]);
        const won = answers.find(({ status }) => status === 200)!;
        assert.equal(await tagOf(path), won.body.etag);
      }
    });
  }

  test('what nobody edits changes no tag: sign-ins, members, counts, names of other things, failures', async () => {
    const { id } = await server.addPerson('busy');
    const person = `${base}/users/${id}`;
    const group = await things.group!.make();
    const groupId = group.split('/').at(-1)!;
    const forGroup = { access: 'groups', group_ids: [groupId] };
    const app = await application(forGroup);
    const host = await joined();
    const hostPath = `${base}/hosts/${host.id}`;
    const hostGroup = `${base}/host-groups/${(await owner.get(hostPath)).body.group.id}`;
    assert.equal((await change(hostGroup, forGroup, undefined)).status, 200);
    const hook = await things.webhook!.make();
    const all = [person, group, app, hostPath, hostGroup, hook];
    const tags = await Promise.all(all.map(tagOf));

    server.advance(60_000);
    await enrol(server, 'busy');
    assert.equal((await owner.call('PUT', `${group}/members/${id}`)).status, 204);
    const another = await Host.create({ url: server.url, now: server.now }, `host${next()}`);
    const token = await joinToken(owner, hostGroup.split('/').at(-1)!);
    assert.equal((await another.join(token)).status, 201);
    await host.login('busy');
    assert.equal((await owner.post(`${person}/suspend`)).headers.get('etag'), tags[0]);
    assert.equal((await change(hook, { state: 'paused' }, tags[5])).status, 200);
    assert.deepEqual(await Promise.all(all.map(tagOf)), tags);

    assert.equal((await change(group, { name: 'Another name' }, tags[1])).status, 200);
    assert.deepEqual(
      await Promise.all(all.map(tagOf)),
      tags.with(1, await tagOf(group)),
      'its name is shown with what is for it',
    );
  });

  test('what was changed meanwhile is not taken away by who has not seen that', async () => {
    for (const [name, { make, edit }] of Object.entries(things)) {
      if (name === 'settings') continue;
      const path = await make();
      const seen = await tagOf(path);
      const changed = await change(path, edit(50), seen);
      const remove = (ifMatch: string) => owner.call('DELETE', path, undefined, { 'if-match': ifMatch });
      refused(await remove(seen), 412, 'changed_meanwhile');
      assert.equal((await owner.get(path)).status, 200, name);
      if (name === 'host') assert.equal((await owner.post(`${path}/revoke`)).status, 200);
      assert.ok((await remove(changed.body.etag)).status < 300, name);
    }
  });

  test('a logo is given to what was looked at', async () => {
    const path = await application();
    const seen = await tagOf(path);
    assert.equal((await change(path, { name: 'Renamed' }, seen)).status, 200);
    const take = (ifMatch: string) =>
      owner.call('PUT', `${path}/logo`, { png: null }, { 'if-match': ifMatch });
    refused(await take(seen), 412, 'changed_meanwhile');
    assert.equal((await take(await tagOf(path))).status, 200);
  });

  test('who may not change it learns nothing by guessing at its tag', async () => {
    await server.addPerson('looker', { role: 'read_only' });
    const { browser, phone } = await enrol(server, 'looker');
    await signIn(browser, phone, 'looker', 'admin_login');
    const path = await things.group!.make();
    for (const tag of ['"a"', '*', await tagOf(path)])
      refused(await change(path, { name: 'Mine' }, tag, browser), 403, 'forbidden');
  });

  test('every change that answers with a tag says in the OpenAPI document that it asks for one', async () => {
    const document = (await new Browser(server.url).get('/api/openapi.json')).body as Document;
    const changes = operationsOf(document).filter(
      ({ method, path, responses }) =>
        ['PATCH', 'PUT'].includes(method) &&
        path.startsWith(base) &&
        JSON.stringify(responses['200'] ?? {}).includes('"etag"'),
    );
    assert.ok(changes.length >= 9, String(changes.length));
    for (const { method, path, parameters = [], responses } of changes) {
      const names = (parameters as { in: string; name: string }[])
        .filter((each) => each.in === 'header')
        .map((each) => each.name.toLowerCase());
      assert.deepEqual(names, ['if-match'], `${method} ${path}`);
      assert.ok('ETag' in ((responses['200'] as { headers?: object }).headers ?? {}), `${method} ${path}`);
    }
  });
});
