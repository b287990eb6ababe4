import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addHost, addHostGroup, Host, joinToken } from '../support/host.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, refused, signIn } from '../support/people.ts';

const groupsAt = '/api/v1/admin/host-groups';
const hostsAt = '/api/v1/admin/hosts';
const usual = { '*': { factors: ['push', 'totp', 'recovery_code'], first_factor: true, deny: false } };

/** How administrators keep hosts and their groups. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  before(async () => {
    server = await startInProcess(engine);
    owner = await administrator('boss', 'owner');
  });
  after(() => server[Symbol.asyncDispose]());

  async function administrator(login: string, role: 'owner' | 'help_desk' | 'read_only'): Promise<Browser> {
    await server.addPerson(login, { role });
    const { browser, phone } = await enrol(server, login);
    await signIn(browser, phone, login, 'admin_login');
    return browser;
  }
  /** What the log says of a group or a host, oldest first. */
  const logged = async (name: 'host_group' | 'host', id: string) =>
    (await owner.get('/api/v1/admin/events?limit=200')).body.items
      .filter(({ details }: { details: Record<string, unknown> }) => details[name] === id)
      .toReversed()
      .map(({ type, details }: { type: string; details: Record<string, unknown> }) => {
        const { host: _host, host_group: _group, ...rest } = details;
        return [type, rest];
      });

  test('a group is added with what is usual, changed, found, paged and taken away; each an event with before and after', async () => {
    const added = await owner.post(groupsAt, { name: '  Web servers ' });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    const { id, etag: _etag, created_at, ...rest } = added.body;
    assert.deepEqual(rest, {
      name: 'Web servers',
      access: 'everyone',
      groups: [],
      match_login: false,
      services: usual,
      outage: 'offline_codes',
      break_glass: null,
      host_count: 0,
    });
    assert.ok(Date.parse(created_at) > 0);
    const people = (await owner.post('/api/v1/admin/groups', { name: `Operators ${engine}` })).body;
    const services = { ...usual, sudo: { factors: ['push'], first_factor: true, deny: false } };
    const patch = {
      name: 'Web',
      access: 'groups',
      group_ids: [people.id],
      match_login: true,
      services,
      outage: 'deny',
      break_glass: 'rescue',
    };
    const changed = await owner.patch(`${groupsAt}/${id}`, patch);
    const { group_ids: _, ...members } = patch;
    const groups = [{ id: people.id, name: people.name }];
    const { etag, ...is } = changed.body;
    assert.deepEqual(is, { id, created_at, host_count: 0, ...members, groups });
    assert.equal(changed.headers.get('etag'), etag);
    assert.deepEqual((await owner.get(`${groupsAt}/${id}`)).body, changed.body);
    assert.equal((await owner.patch(`${groupsAt}/${id}`, { break_glass: null })).body.break_glass, null);
    assert.deepEqual(
      (await owner.get(`${groupsAt}?q=we`)).body.items.map((each: { id: string }) => each.id),
      [id],
    );
    await owner.post(groupsAt, { name: 'Databases' });
    const page = (await owner.get(`${groupsAt}?limit=1`)).body;
    const next = (await owner.get(`${groupsAt}?limit=1&cursor=${page.next_cursor}`)).body;
    assert.deepEqual([page.items.length, next.items[0].id], [1, id]);
    assert.equal((await owner.delete(`${groupsAt}/${id}`)).status, 204);
    const { host_count: _count, ...before } = rest;
    const after_ = { ...members, groups: [people.name] };
    assert.deepEqual(await logged('host_group', id), [
      ['host_group.created', { after: before }],
      ['host_group.changed', { before, after: after_ }],
      ['host_group.changed', { before: after_, after: { ...after_, break_glass: null } }],
      ['host_group.removed', { before: { name: 'Web' } }],
    ]);
    const nowhere = `${groupsAt}/${id}`;
    for (const call of [
      owner.get(nowhere),
      owner.patch(nowhere, {}),
      owner.delete(nowhere),
      owner.get(`${nowhere}/accounts`),
      owner.call('PUT', `${nowhere}/accounts`, { local_user: 'x', user_id: null }),
      owner.post(`${nowhere}/join-tokens`),
      owner.get(`${hostsAt}/${id}`),
      owner.patch(`${hostsAt}/${id}`, {}),
      owner.post(`${hostsAt}/${id}/revoke`),
      owner.delete(`${hostsAt}/${id}`),
    ])
      refused(await call, 404, 'not_found');
  });

  test('what is no rule, no group and no name of its own is refused, and changes nothing', async () => {
    const group = await addHostGroup(owner, { name: 'Kept' });
    refused(await owner.post(groupsAt, { name: ' kept' }), 409, 'host_group_name_taken');
    const other = await addHostGroup(owner);
    refused(await owner.patch(`${groupsAt}/${other.id}`, { name: 'KEPT' }), 409, 'host_group_name_taken');
    const rule = usual['*'];
    for (const patch of [
      { services: {} },
      { services: { sshd: rule } },
      { services: { '*': { ...rule, factors: ['passkey'] } } },
      { services: { '*': { ...rule, factors: ['push', 'push'] } } },
      { services: { '*': { factors: [] } } },
      { group_ids: ['AAAAAAAAAAAAAAAAAAAAAA'] },
      { outage: 'open' },
      { name: '\n' },
      { name: 'a\u202eb' },
      { break_glass: '' },
    ])
      refused(await owner.patch(`${groupsAt}/${group.id}`, patch), 400, 'malformed');
    assert.deepEqual((await owner.get(`${groupsAt}/${group.id}`)).body, group);
  });

  test('accounts: who a local user is, found and paged, changed and taken away, each an event', async () => {
    const { id } = await addHostGroup(owner);
    const [ann, ben] = [await server.addPerson('ann'), await server.addPerson('ben')];
    const put = async (local_user: string, user_id: string | null, replaces?: string) =>
      owner.call('PUT', `${groupsAt}/${id}/accounts`, { local_user, user_id, replaces });
    for (const [name, user, replaced] of [
      ['root', ann.id],
      ['root', ann.id],
      ['root', ben.id, ann.id],
      ['deploy', ann.id],
      ['nothing', null],
      // Nobody was there to be replaced, which is no harm.
      ['backup', ann.id, ben.id],
      ['backup', null],
    ] as const)
      assert.equal((await put(name, user, replaced)).status, 204);
    // Not by a slip, and not over what another administrator changed meanwhile.
    refused(await put('root', ann.id), 409, 'local_user_taken');
    refused(await put('root', ann.id, ann.id), 409, 'local_user_taken');
    const both = await Promise.all([put('cron', ann.id), put('cron', ben.id)]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [204, 409]);
    assert.equal((await put('cron', null)).status, 204);
    const { items } = (await owner.get(`${groupsAt}/${id}/accounts`)).body;
    assert.deepEqual(
      items.map((each: object) => JSON.stringify(each)).sort(),
      [
        { local_user: 'deploy', user: { id: ann.id, login: 'ann', name: 'Test ann' } },
        { local_user: 'root', user: { id: ben.id, login: 'ben', name: 'Test ben' } },
      ].map((each) => JSON.stringify(each)),
    );
    assert.equal((await owner.get(`${groupsAt}/${id}/accounts?q=ben`)).body.items[0].local_user, 'root');
    const page = (await owner.get(`${groupsAt}/${id}/accounts?limit=1`)).body;
    assert.equal(
      (await owner.get(`${groupsAt}/${id}/accounts?cursor=${page.next_cursor}`)).body.items.length,
      1,
    );
    refused(await put('x', 'AAAAAAAAAAAAAAAAAAAAAA'), 400, 'malformed');
    assert.equal((await put('root', null)).status, 204);
    const changes = (await logged('host_group', id)).slice(1).map(([type, details]: [string, any]) => {
      assert.equal(type, 'host_group.account_set');
      return [details.local_user, details.before, details.after];
    });
    assert.deepEqual(
      changes.filter(([name]: string[]) => name !== 'backup' && name !== 'cron'),
      [
        ['root', null, 'ann'],
        ['root', 'ann', 'ben'],
        ['deploy', null, 'ann'],
        ['root', 'ben', null],
      ],
    );
  });

  test('hosts: listed, found, renamed, moved, revoked and forgotten; a group with a host stays', async () => {
    const [group, other] = [await addHostGroup(owner), await addHostGroup(owner)];
    const { host } = await addHost(server, owner, { group, name: 'alpha.example' });
    const { host: second } = await addHost(server, owner, { group: other, name: 'beta' });
    const found = async (query: string) =>
      (await owner.get(`${hostsAt}?${query}`)).body.items.map(({ id }: { id: string }) => id);
    assert.deepEqual(await found(`group_id=${group.id}`), [host.id]);
    assert.deepEqual(await found('q=alph'), [host.id]);
    const page = (await owner.get(`${hostsAt}?limit=1`)).body;
    assert.deepEqual(
      page.items.map(({ id }: { id: string }) => id),
      [second.id],
    );
    assert.ok((await found(`cursor=${page.next_cursor}`)).includes(host.id));
    const shown = (await owner.get(`${hostsAt}/${host.id}`)).body;
    assert.deepEqual(
      [shown.name, shown.group, shown.state, shown.logins],
      ['alpha.example', { id: group.id, name: group.name }, 'active', []],
    );
    const moved = await owner.patch(`${hostsAt}/${host.id}`, { name: 'gamma', group_id: other.id });
    assert.deepEqual([moved.body.name, moved.body.group.id], ['gamma', other.id]);
    refused(await owner.patch(`${hostsAt}/${host.id}`, { group_id: host.id }), 400, 'malformed');
    refused(await owner.patch(`${hostsAt}/${host.id}`, { name: 'a b' }), 400, 'malformed');
    assert.deepEqual((await host.configure()).claims.host, { id: host.id, name: 'gamma' });
    refused(await owner.delete(`${groupsAt}/${other.id}`), 409, 'host_group_not_empty');
    refused(await owner.delete(`${hostsAt}/${host.id}`), 409, 'host_active');
    for (let times = 0; times < 2; times += 1)
      assert.equal((await owner.post(`${hostsAt}/${host.id}/revoke`)).body.state, 'revoked');
    assert.deepEqual(await found(`group_id=${other.id}&state=active`), [second.id]);
    assert.deepEqual(await found(`group_id=${other.id}&state=revoked`), [host.id]);
    refused(await owner.get(`${hostsAt}?state=dead`), 400, 'malformed');
    assert.equal((await owner.delete(`${hostsAt}/${host.id}`)).status, 204);
    assert.deepEqual(
      (await logged('host', host.id)).map(([type]: [string]) => type),
      ['host.joined', 'host.changed', 'host.revoked', 'host.removed'],
    );
    const [, [, change]] = await logged('host', host.id);
    assert.deepEqual(change, {
      before: { name: 'alpha.example', group: group.name },
      after: { name: 'gamma', group: other.name },
    });
    await owner.post(`${hostsAt}/${second.id}/revoke`);
    assert.equal((await owner.get(`${groupsAt}/${other.id}`)).body.host_count, 0);
    assert.equal((await owner.delete(`${groupsAt}/${other.id}`)).status, 204, 'the revoked ones go with it');
    refused(await owner.get(`${hostsAt}/${second.id}`), 404, 'not_found');
  });

  test('a group that goes while a machine joins it: one of both happens, whole', async () => {
    for (let round = 0; round < 5; round += 1) {
      const group = await addHostGroup(owner);
      const token = await joinToken(owner, group.id);
      const host = await Host.create(server);
      const [joined, removed] = await Promise.all([
        host.join(token),
        owner.delete(`${groupsAt}/${group.id}`),
      ]);
      assert.ok(
        (joined.status === 201 && removed.status === 409) ||
          (joined.status === 404 && removed.status === 204),
        `${joined.status} ${removed.status}`,
      );
    }
  });

  test('who reads may not change, and who is no administrator sees nothing', async () => {
    const { host, group } = await addHost(server, owner);
    await server.addPerson('plain');
    const { browser: plain } = await enrol(server, 'plain');
    const readers = [await administrator('reader', 'read_only'), await administrator('helper', 'help_desk')];
    const reads = [
      groupsAt,
      `${groupsAt}/${group.id}`,
      `${groupsAt}/${group.id}/accounts`,
      hostsAt,
      `${hostsAt}/${host.id}`,
    ];
    const writes: [string, string, object?][] = [
      ['POST', groupsAt, { name: 'x' }],
      ['PATCH', `${groupsAt}/${group.id}`, {}],
      ['DELETE', `${groupsAt}/${group.id}`],
      ['PUT', `${groupsAt}/${group.id}/accounts`, { local_user: 'x', user_id: null }],
      ['POST', `${groupsAt}/${group.id}/join-tokens`],
      ['PATCH', `${hostsAt}/${host.id}`, {}],
      ['POST', `${hostsAt}/${host.id}/revoke`],
      ['DELETE', `${hostsAt}/${host.id}`],
    ];
    for (const reader of readers) {
      for (const path of reads) assert.equal((await reader.get(path)).status, 200, path);
      for (const [method, path, body] of writes)
        refused(await reader.call(method, path, body), 403, 'forbidden');
    }
    for (const path of reads) refused(await plain.get(path), 401, 'no_session');
    for (const [method, path, body] of writes)
      refused(await plain.call(method, path, body), 401, 'no_session');
    assert.equal((await host.configure()).claims.host.id, host.id);
  });
});
