import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  exportPresenceJwk,
  generatePresenceKey,
  presenceThumbprint,
  signProof,
  type JsonValue,
} from '@countersign/protocol';
import { offlineStepOf, readJoinToken } from '@countersign/protocol/host';
import { decodeBase32, hotp, importOtpKey, timeStep } from '@countersign/protocol/otp';
import { decodeProtectedHeader } from 'jose';
import { rotateVerdictKey } from '../../apps/server/src/keys/rotate.ts';
import { holdHostNames } from '../../apps/server/src/hosts/store.ts';
import { offlineHostsOf } from '../../apps/server/src/hosts/offline/secrets.ts';
import { readEnvironment } from '../../apps/server/src/platform/environment.ts';
import { sealed } from '../../apps/server/src/platform/sealed-columns.ts';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addHost, addHostGroup, Host, joinToken } from '../support/host.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, refused, signIn } from '../support/people.ts';
import { Phone } from '../support/phone.ts';
import { totpCode } from '../support/totp.ts';

const second = 1_000; // ms
const minute = 60 * second;
const day = 24 * 60 * minute;

/** Hosts join, prove their calls, learn what holds for them, and are cut off. */
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

  /** Time passes, and the owner is still there. */
  async function pass(by: number): Promise<void> {
    for (let left = by; left > 0; left -= 30 * minute) {
      server.advance(Math.min(left, 30 * minute));
      assert.equal((await owner.get('/api/v1/admin/session')).status, 200);
    }
  }
  let made = 0;
  async function person(): Promise<{ id: string; login: string; browser: Browser; phone: Phone }> {
    const login = `hosted${(made += 1)}`;
    const { id } = await server.addPerson(login);
    return { id, login, ...(await enrol(server, login)) };
  }
  async function logIn(host: Host, { login: name, phone }: { login: string; phone: Phone }) {
    const login = await host.login(name);
    const request = await phone.request('device_login');
    await phone.answer(request, 'approve', { number: login.push!.number ?? undefined });
    const { body } = await host.wait(login.id);
    return { ...body, judged: await host.judge(body, login.asked) };
  }
  const events = async (type: string) =>
    (await owner.get('/api/v1/admin/events?limit=200')).body.items.filter(
      (event: { type: string }) => event.type === type,
    );
  const rows = (text: string) => server.store.query({ text, names: [] } as never, {});

  test('a token joins one host, once, and proves the server too; it is nowhere to be read', async () => {
    const group = await addHostGroup(owner);
    const made_ = await owner.post(`/api/v1/admin/host-groups/${group.id}/join-tokens`);
    const { token, command, expires_at } = made_.body;
    assert.match(token, /^([0-9A-HJKMNP-TV-Z]{5}-){7}[0-9A-HJKMNP-TV-Z]{5}$/);
    // The agent asks for the token, so that it stands on no command line.
    assert.equal(command, `countersign-agent join ${server.url}`);
    assert.ok(Math.abs(Date.parse(expires_at) - server.now() - 60 * minute) < minute);
    const kept = JSON.stringify(await rows('SELECT * FROM host_join_tokens'));
    const { key } = (await readJoinToken(token))!;
    assert.ok(!kept.includes(key) && !kept.includes(token.replaceAll('-', '')));
    const host = await Host.join(server, token, 'db-1.example');
    assert.equal(host.verdictKeys.length, 2);
    refused(await (await Host.create(server)).join(token), 404, 'join_token_not_found');
    assert.equal((await owner.get(`/api/v1/admin/host-groups/${group.id}`)).body.host_count, 1);
    const [event] = await events('host.joined');
    assert.deepEqual([event.details.host, event.details.name], [host.id, 'db-1.example']);
    assert.ok(!JSON.stringify(await events('host_group.join_token_made')).includes(token));
    await pass(2 * minute);
  });

  test('of ten hosts with one token at once, one joins', async () => {
    const token = await joinToken(owner, (await addHostGroup(owner)).id);
    const hosts = await Promise.all(Array.from({ length: 10 }, () => Host.create(server)));
    const joined = await Promise.all(hosts.map((host) => host.join(token)));
    const count = (status: number) => joined.filter((each) => each.status === status).length;
    assert.deepEqual([count(201), count(404)], [1, 9]);
    await pass(2 * minute);
  });

  test('a MAC that does not hold, an unknown and an expired token: one answer, and the token is not spent', async () => {
    const group = await addHostGroup(owner);
    const token = await joinToken(owner, group.id);
    const host = await Host.create(server);
    // Whoever is between reads it all, and puts other keys in their place.
    const mine = { ...(await exportPresenceJwk((await generatePresenceKey()).publicKey)) };
    const answers = [
      await host.join(token, {}, { host_key: mine }),
      await host.join(token, {}, { sealing_key: mine }),
      await host.join(token, {}, { name: 'other' }),
      await host.join(token, {}, { more: 'of it' }),
      await host.join('ABCDE-'.repeat(8).slice(0, -1)),
      // The id of a token, and the rest guessed.
      await host.join(`${token.slice(0, 24)}77777-77777-77777-77777`),
    ];
    for (const answer of answers) refused(answer, 404, 'join_token_not_found');
    assert.equal(new Set(answers.map(({ body }) => body.detail)).size, 1);
    assert.equal((await host.join(token)).status, 201);
    await pass(2 * minute);
    const late = await joinToken(owner, group.id);
    await pass(61 * minute);
    refused(await (await Host.create(server)).join(late), 404, 'join_token_not_found');
  });

  test('a clock that is wrong is named, with the server’s time, to whoever holds the token only', async () => {
    await pass(2 * minute);
    const token = await joinToken(owner, (await addHostGroup(owner)).id);
    for (const ahead of [120 * second, -120 * second]) {
      const host = await Host.create({ url: server.url, now: () => server.now() + ahead });
      const skewed = await host.join(token);
      refused(skewed, 401, 'clock_skew');
      assert.ok(Math.abs(Date.parse(skewed.body.server_time) - server.now()) < 5 * second);
      refused(await host.join(token, {}, { name: 'x' }), 404, 'join_token_not_found');
    }
    const host = await Host.join(server, token);
    host.now = () => server.now() - 90 * second;
    const call = await host.begin('anybody');
    refused(call, 401, 'invalid_proof');
    assert.ok(Math.abs(Date.parse((call.body as any).server_time) - server.now()) < 5 * second);
  });

  test('a key joins once, also after it was revoked, until it is forgotten', async () => {
    await pass(2 * minute);
    const { host, group } = await addHost(server, owner);
    const again = async () => host.join(await joinToken(owner, group.id));
    refused(await again(), 409, 'key_in_use');
    const { id } = host;
    await owner.post(`/api/v1/admin/hosts/${id}/revoke`);
    refused(await again(), 409, 'key_in_use');
    assert.equal((await owner.delete(`/api/v1/admin/hosts/${id}`)).status, 204);
    assert.equal((await again()).status, 201);
    assert.notEqual(host.id, id);
  });

  test('a name that an active host bears is refused, in whatever case, and the token is not spent', async () => {
    await pass(2 * minute);
    const { host, group } = await addHost(server, owner, { name: 'mail.example' });
    const other = await addHostGroup(owner);
    const token = await joinToken(owner, other.id);
    for (const name of ['mail.example', 'Mail.Example'])
      refused(await (await Host.create(server, name)).join(token), 409, 'host_name_taken');
    assert.equal((await Host.join(server, token, 'mail.example.org')).name, 'mail.example.org');
    const named = (id: string, name: string, more = {}) =>
      owner.patch(`/api/v1/admin/hosts/${id}`, { name, ...more });
    const { host: second_ } = await addHost(server, owner, { name: 'relay.example' });
    refused(await named(second_.id, 'MAIL.example'), 409, 'host_name_taken');
    assert.equal((await named(host.id, 'Mail.Example', { group_id: other.id })).status, 200, 'its own');
    // Installed anew: the old one is revoked first, and that is enough.
    await owner.post(`/api/v1/admin/hosts/${host.id}/revoke`);
    await Host.join(server, await joinToken(owner, group.id), 'mail.example');
    await pass(2 * minute);
    // In groups of their own, so that nothing but the name keeps them apart.
    const tokens = await Promise.all(
      Array.from({ length: 5 }, async () => joinToken(owner, (await addHostGroup(owner)).id)),
    );
    const joined = await Promise.all(
      tokens.map(async (each) => (await Host.create(server, 'twin')).join(each)),
    );
    assert.deepEqual(joined.map(({ status }) => status).sort(), [201, 409, 409, 409, 409]);
    await pass(2 * minute);
    // Whoever takes a name waits for whoever is taking one, in another process too.
    const last = await joinToken(owner, other.id);
    const fourth = await Host.create(server, 'fourth');
    let isDone = false;
    let joining: Promise<void> | undefined;
    await server.store.transaction(async (transaction) => {
      await holdHostNames.run(transaction, {});
      joining = fourth.join(last).then(({ status }) => {
        assert.equal(status, 201);
        isDone = true;
      });
      await sleep(500);
      assert.equal(isDone, false);
    });
    await joining;
    await pass(2 * minute);
  });

  test('keys that are no points, names that are none, and what is not of the form', async () => {
    await pass(2 * minute);
    const token = await joinToken(owner, (await addHostGroup(owner)).id);
    const host = await Host.create(server);
    const off = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) };
    const changes: Record<string, JsonValue>[] = [
      { host_key: off },
      { sealing_key: off },
      ...['', 'a b', 'a\n', 'é', 'x'.repeat(101), 'a/b', '\u202ea'].map((name) => ({ name })),
    ];
    for (const change of changes) refused(await host.join(token, change), 400, 'malformed');
    await pass(2 * minute);
    assert.equal((await host.join(token)).status, 201, 'nothing of it spent the token');
  });

  test('one source tries ten times a minute', async () => {
    await pass(2 * minute);
    const host = await Host.create(server);
    const token = 'ABCDE-'.repeat(8).slice(0, -1);
    const answers = [];
    for (let tries = 0; tries < 12; tries += 1) answers.push((await host.join(token)).status);
    assert.deepEqual(answers, [...Array.from({ length: 10 }, () => 404), 429, 429]);
    await pass(2 * minute);
  });

  test('a machine that cannot join is an event that says why; a flood of them is a few, and a number', async () => {
    await pass(2 * minute);
    const group = await addHostGroup(owner, { name: `Joined ${engine}` });
    const made = await joinToken(owner, group.id);
    const [{ details: making }] = await events('host_group.join_token_made');
    const said = async () => {
      const [{ details, ip }] = await events('host.join_refused');
      assert.equal(ip, '127.0.0.1');
      await pass(2 * minute);
      return details;
    };
    const host = await Host.create(server, 'stranger');
    await host.join(`${made.slice(0, 24)}77777-77777-77777-77777`);
    assert.deepEqual(await said(), {
      name: 'stranger',
      os: 'Debian GNU/Linux 12',
      why: 'join_token_wrong',
      join_token: making.join_token,
      group: group.name,
    });
    const joined = await Host.join(server, made);
    const [joining] = await events('host.joined');
    assert.deepEqual([joining.details.host, joining.details.join_token], [joined.id, making.join_token]);
    assert.ok(!made.replaceAll('-', '').includes(making.join_token.slice(0, 8).toUpperCase()));
    await host.join(made);
    assert.equal((await said()).why, 'join_token_used');
    const late = await joinToken(owner, group.id);
    await pass(61 * minute);
    await host.join(late);
    // Purged by and by, and unknown then.
    assert.match((await said()).why, /^join_token_(expired|unknown)$/);
    const fresh = await joinToken(owner, group.id);
    await host.join(fresh, { iat: 1 });
    assert.equal((await said()).why, 'clock_skew');

    const number = async () => (await events('host.join_refused')).length;
    const before = await number();
    for (let tries = 0; tries < 30; tries += 1) await host.join('ABCDE-'.repeat(8).slice(0, -1));
    assert.deepEqual(
      (await events('host.join_refused')).slice(0, 2).map((event: any) => event.details.why),
      ['too_many_requests', 'join_token_unknown'],
    );
    assert.equal((await number()) - before, 2);
    await pass(2 * minute);
    const told = async () =>
      (await events('host.more_joins_refused')).find((event: any) => event.details.count === 28);
    for (const deadline = Date.now() + 25_000; !(await told());) {
      assert.ok(Date.now() < deadline, 'maintenance did not come by');
      await sleep(200);
    }
    const { from, to } = (await told()).details;
    assert.equal(Date.parse(to) - Date.parse(from), minute);
  });

  test('a call without a proof, with one of another host, address, body or phone, or with one again', async () => {
    const [{ host }, { host: other }] = [await addHost(server, owner), await addHost(server, owner)];
    const one = await person();
    const login = await host.login(one.login);
    const path = `/logins/${login.id}`;
    const url = `${server.url}/host/v1${path}`;
    const now = server.now();
    for (const proof of [
      null,
      'x.y.z',
      await signProof({ method: 'GET', url }, await generatePresenceKey(), now),
      await signProof({ method: 'DELETE', url }, host.keys, now),
      await signProof({ method: 'GET', url: `${url}x` }, host.keys, now),
      await signProof(
        { method: 'GET', url: url.replace(server.url, 'https://evil.example') },
        host.keys,
        now,
      ),
      // A phone's key is no host's.
      await signProof({ method: 'GET', url }, one.phone.keys, now),
    ])
      refused(await host.call('GET', path, undefined, { proof }), 401, 'invalid_proof');
    refused(
      await host.call('GET', path, undefined, { proof: await other.proof('GET', path) }),
      404,
      'not_found',
    );
    const proof = await host.proof('GET', path);
    assert.equal((await host.call('GET', path, undefined, { proof })).status, 200);
    refused(await host.call('GET', path, undefined, { proof }), 401, 'invalid_proof');
    const own = await host.proof('GET', path);
    const many = await Promise.all(
      Array.from({ length: 20 }, () => host.call('GET', path, undefined, { proof: own })),
    );
    assert.equal(many.filter(({ status }) => status === 200).length, 1);
    const body = new TextEncoder().encode(JSON.stringify({ code: '123456' }));
    const forCode = await host.proof('POST', `${path}/code`, body);
    refused(
      await host.call('POST', `${path}/code`, { code: '654321' }, { proof: forCode }),
      401,
      'invalid_proof',
    );
    // Nor is a host's key a phone's.
    const phone = await Phone.create(server.url, 'none', server.now);
    phone.keys = host.keys;
    refused(await phone.call('GET', '/hosts'), 401, 'invalid_proof');
    refused(await phone.call('GET', '/requests'), 401, 'invalid_proof');
  });

  test('the configuration: signed for this host, with its rules and keys; it is noted what the host says of itself', async () => {
    const rule = { factors: ['push' as const], first_factor: false, deny: false };
    const services = { '*': rule, sudo: { ...rule, first_factor: true } };
    const group = await addHostGroup(owner, { services, outage: 'deny', break_glass: 'rescue' });
    const { host } = await addHost(server, owner, { group });
    const { claims, offline } = await host.configure(['anybody']);
    assert.deepEqual(
      [claims.host, claims.services, claims.outage, claims.break_glass, offline],
      [{ id: host.id, name: host.name }, services, 'deny', 'rescue', null],
    );
    assert.equal(claims.exp - claims.iat, (7 * day) / second);
    const { body } = await owner.get(`/api/v1/admin/hosts/${host.id}`);
    assert.deepEqual([body.os, body.agent_version], ['Debian GNU/Linux 13', '0.1.1']);
    const { host: other } = await addHost(server, owner);
    const { text } = await other.configure();
    assert.notEqual(text, '');
    const statuses = [];
    for (let calls = 0; calls < 65; calls += 1) statuses.push((await other.askConfiguration()).status);
    assert.ok(statuses.includes(429));
    assert.equal((await host.configure()).claims.aud, host.id, 'others are not in its way');
  });

  test('offline codes: the phone and the host have one secret, of this person and this host', async () => {
    const one = await person();
    const [{ host, group }, { host: other }] = [await addHost(server, owner), await addHost(server, owner)];
    assert.deepEqual((await one.phone.call('GET', '/hosts')).body.items, [], 'never logged in there');
    await logIn(host, one);
    server.advance(16 * minute);
    await logIn(other, one);
    const { items } = (await one.phone.call('GET', '/hosts')).body as {
      items: { id: string; name: string; secret: string }[];
    };
    assert.deepEqual(new Set(items.map(({ id }) => id)), new Set([host.id, other.id]));
    assert.notEqual(items[0]!.secret, items[1]!.secret);
    const onPhone = items.find(({ id }) => id === host.id)!.secret;
    const { offline } = await host.configure([one.login, one.login, 'nobody-here']);
    assert.deepEqual(offline!.users, [{ local_user: one.login, login: one.login, secret: onPhone }]);
    const secret = decodeBase32(onPhone)!;
    assert.equal(secret.length, 20);
    const step = timeStep(server.now(), 30);
    const code = await hotp(await importOtpKey(secret, 'SHA-1'), step, 8);
    assert.equal(await offlineStepOf(code, secret, 0, server.now()), step);
    assert.equal(await offlineStepOf(code, secret, step, server.now()), undefined, 'once');
    const stranger = await person();
    server.advance(16 * minute);
    await logIn(host, stranger);
    assert.notEqual((await stranger.phone.call('GET', '/hosts')).body.items[0].secret, onPhone);
    // Nothing of it is readable in the store, and a phone that is gone knows nothing any more.
    assert.ok(!JSON.stringify(await rows('SELECT * FROM offline_seeds')).includes(onPhone));
    // Who may not log in is not among them.
    await owner.patch(`/api/v1/admin/host-groups/${group.id}`, { access: 'groups', group_ids: [] });
    assert.equal((await host.configure([one.login])).offline, null);
    await owner.patch(`/api/v1/admin/host-groups/${group.id}`, { access: 'everyone' });
    await server.addPerson('phoneless');
    assert.equal((await host.configure(['phoneless'])).offline, null);
    // With codes of another app and no phone: nothing shows what this host would take.
    const typist = await person();
    const { body } = await typist.browser.post('/api/v1/me/totp');
    const confirming = { code: totpCode(body.secret, server.now()) };
    assert.equal((await typist.browser.post(`/api/v1/me/totp/${body.id}/confirm`, confirming)).status, 200);
    assert.equal((await host.configure([typist.login])).offline!.users.length, 1);
    const [its] = (await typist.browser.get('/api/v1/me/authenticators')).body.items;
    assert.equal((await typist.browser.delete(`/api/v1/me/authenticators/${its.id}`)).status, 204);
    assert.equal((await host.configure([typist.login])).offline, null);
    await owner.post(`/api/v1/admin/users/${one.id}/suspend`);
    assert.equal((await host.configure([one.login])).offline, null);
    refused(await one.phone.call('GET', '/hosts'), 401, 'invalid_proof');
  });

  test('a phone that is removed makes no more offline codes: the secrets are others then', async () => {
    const one = await person();
    const { host } = await addHost(server, owner);
    await logIn(host, one);
    const { secret } = (await one.phone.call('GET', '/hosts')).body.items[0] as { secret: string };
    const { items } = (await one.browser.get('/api/v1/me/authenticators')).body;
    assert.equal((await one.browser.delete(`/api/v1/me/authenticators/${items[0].id}`)).status, 204);
    refused(await one.phone.call('GET', '/hosts'), 401, 'invalid_proof');
    // Its call was under way, and its proof held, when it was removed.
    await assert.rejects(offlineHostsOf({ id: items[0].id, user_id: one.id }, server.server.platform), {
      code: 'invalid_proof',
    });
    assert.ok(!(await rows('SELECT user_id FROM offline_seeds')).some(({ user_id }) => user_id === one.id));
    assert.equal((await host.configure([one.login])).offline, null);
    const { enrollment_code } = (await owner.post(`/api/v1/admin/users/${one.id}/reset-mfa`)).body;
    assert.ok(enrollment_code);
    const browser = new Browser(server.url);
    const begun = await browser.post('/api/v1/authentications', {
      purpose: 'portal_login',
      login: one.login,
      password: 'correct horse battery staple',
    });
    const at = `/api/v1/authentications/${begun.body.id}`;
    assert.equal((await browser.post(`${at}/enrollment-code`, { code: enrollment_code })).status, 200);
    assert.equal((await browser.post(`${at}/complete`)).status, 200);
    const phone = await Phone.create(server.url, 'New', server.now);
    const activation = await browser.post('/api/v1/me/activations');
    assert.equal((await phone.activate(activation.body.code)).status, 201);
    const anew = (await phone.call('GET', '/hosts')).body.items[0];
    assert.deepEqual([anew.id, anew.secret === secret], [host.id, false]);
    assert.equal((await host.configure([one.login])).offline!.users[0]!.secret, anew.secret);
  });

  test('whom policy lets use nothing on hosts has no offline codes there either', async () => {
    const one = await person();
    const { host } = await addHost(server, owner);
    await logIn(host, one);
    assert.equal((await host.configure([one.login])).offline!.users.length, 1);
    await server.patchSettings({ push: { enabled: false } });
    assert.equal((await host.configure([one.login])).offline, null);
    await server.patchSettings({ push: { enabled: true } });
  });

  test('what happened while it was cut off is taken once, and the emergency account is told of by mail', async () => {
    const one = await person();
    const { host } = await addHost(server, owner, { name: 'far-away' });
    const entry = {
      id: 'e1',
      at: new Date(server.now() - day).toISOString(),
      local_user: one.login,
      service: 'sshd',
      rhost: '203.0.113.9',
      outcome: 'offline_code',
    };
    const broken = { ...entry, id: 'e2', local_user: 'rescue\n\u202e', rhost: null, outcome: 'break_glass' };
    const tell = (entries: object[], on = host) => on.call('POST', '/offline-logins', { entries });
    for (let sent = 0; sent < 3; sent += 1) assert.equal((await tell([entry, broken, entry])).status, 204);
    const many = await Promise.all(Array.from({ length: 5 }, () => tell([{ ...entry, id: 'e3' }])));
    assert.ok(many.every(({ status }) => status === 204));
    const { logins } = (await owner.get(`/api/v1/admin/hosts/${host.id}`)).body;
    assert.deepEqual(
      logins
        .map(({ outcome, user }: { outcome: string; user: { login: string } | null }) => [
          outcome,
          user?.login,
        ])
        .sort(),
      [
        ['break_glass', undefined],
        ['offline_code', one.login],
        ['offline_code', one.login],
      ],
    );
    const [glass] = await events('host.break_glass');
    assert.deepEqual([glass.details.name, glass.details.local_user], ['far-away', 'rescue\u{fffd}\u{fffd}']);
    assert.equal(
      (await server.mailsTo('boss')).filter((each) => /far-away let the emergency/.test(each)).length,
      1,
    );
    // Another host's entries are its own.
    const { host: other } = await addHost(server, owner);
    assert.equal((await tell([entry], other)).status, 204);
    assert.equal((await owner.get(`/api/v1/admin/hosts/${other.id}`)).body.logins.length, 1);
    // Not from the future, and only what is a time.
    await tell([{ ...entry, id: 'e4', at: '2999-01-01T00:00:00Z' }], other);
    const [newest] = (await owner.get(`/api/v1/admin/hosts/${other.id}`)).body.logins;
    assert.ok(Date.parse(newest.at) <= server.now());
    refused(await tell([{ ...entry, id: 'e5', at: 'yesterday' }]), 400, 'malformed');
    refused(await tell(Array.from({ length: 101 }, (_, n) => ({ ...entry, id: `n${n}` }))), 400, 'malformed');
    refused(await tell([{ ...entry, outcome: 'allowed' }]), 400, 'malformed');
    // What it tells of lets nobody in, and earns nothing.
    assert.deepEqual((await one.phone.call('GET', '/hosts')).body.items, []);
    // A host that tells of it again and again fills no mailbox.
    for (let sent = 0; sent < 20; sent += 1) await tell([{ ...broken, id: `b${sent}` }]);
    assert.equal(
      (await server.mailsTo('boss')).filter((each) => /far-away let the emergency/.test(each)).length,
      5,
    );
    const statuses = [];
    for (let sent = 0; sent < 12; sent += 1) statuses.push((await tell([])).status);
    assert.ok(statuses.includes(429));
  });

  test('a host leaves, and is a stranger then', async () => {
    const { host } = await addHost(server, owner);
    const one = await person();
    await host.login(one.login);
    assert.equal((await host.call('DELETE', '/self')).status, 204);
    refused(await host.call('DELETE', '/self'), 403, 'host_revoked');
    assert.deepEqual(await one.phone.requests(), []);
    const left = await events('host.left');
    assert.equal(left.filter((event: any) => event.details.host === host.id).length, 1);
  });

  test('an answer that never arrived: the host is answered with the keys that it has, over any number of changes', async () => {
    const { host } = await addHost(server, owner);
    const one = await person();
    const rotate = () => rotateVerdictKey(readEnvironment(server.env), server.now);
    for (let changes = 0; changes < 3; changes += 1) {
      await pass(61 * minute);
      await rotate();
      await pass(2 * minute);
      // Swallowed by the network, twice.
      for (let tries = 0; tries < 2; tries += 1) assert.equal((await host.askConfiguration()).status, 200);
      assert.equal((await logIn(host, one)).judged.valid, true, `after ${changes + 1} changes`);
    }
    // What it names is noted where it is one of the server's, and else what it had.
    const before = await host.newestKey();
    const noted = async () =>
      (await rows(`SELECT verdict_key FROM hosts WHERE id = '${host.id}'`))[0]!.verdict_key;
    const ask = { agent_version: '1', os: 'x', local_users: [], verdict_key: 'A'.repeat(43) };
    assert.equal((await host.call('POST', '/configuration', ask)).status, 200);
    assert.equal(await noted(), before);
    await host.configure();
    assert.notEqual(await host.newestKey(), before);
    assert.equal(await noted(), await host.newestKey());
    await pass(16 * minute);
    assert.equal((await logIn(host, one)).judged.valid, true);
    await pass(61 * minute);
  });

  test('the key changes while people log in, and every host goes on, also one that missed two changes', async () => {
    const [{ host: steady }, { host: asleep }] = [await addHost(server, owner), await addHost(server, owner)];
    const [one, two] = [await person(), await person()];
    const rotate = () => rotateVerdictKey(readEnvironment(server.env), server.now);
    const kidOf = (jws: string) => decodeProtectedHeader(jws).kid;
    const first = await logIn(steady, one);
    const before = steady.verdictKeys;
    const waiting = await asleep.login(two.login);
    await rotate();
    await assert.rejects(rotate(), /less than an hour ago/);
    server.advance(2 * second);
    // It knew the next one.
    const request = await two.phone.request('device_login');
    await two.phone.answer(request, 'approve', { number: waiting.push!.number! });
    const { body } = await asleep.wait(waiting.id);
    assert.equal((await asleep.judge(body, waiting.asked)).valid, true);
    assert.notEqual(kidOf(body.verdict!), kidOf(first.verdict!));
    await steady.configure();
    assert.deepEqual(steady.verdictKeys[0], before[1]);
    await pass(61 * minute);
    await rotate();
    await pass(61 * minute);
    await steady.configure();
    await rotate();
    await pass(2 * minute);
    // The one that asked each time has the newest; the other is answered with what it knows, until it asks.
    const [ofSteady, ofAsleep] = [await logIn(steady, one), await logIn(asleep, two)];
    assert.deepEqual([ofSteady.judged.valid, ofAsleep.judged.valid], [true, true]);
    assert.notEqual(kidOf(ofSteady.verdict!), kidOf(ofAsleep.verdict!));
    await asleep.configure();
    await pass(16 * minute);
    const caughtUp = await logIn(asleep, two);
    assert.deepEqual([caughtUp.judged.valid, kidOf(caughtUp.verdict!)], [true, kidOf(ofSteady.verdict!)]);
    // Who joins now learns only the present ones.
    assert.deepEqual((await addHost(server, owner)).host.verdictKeys, asleep.verdictKeys);
    await pass(61 * minute);
    await steady.configure();
    await owner.post(`/api/v1/admin/hosts/${asleep.id}/revoke`);
    await rotate();
    assert.equal((await rows("SELECT id FROM events WHERE type = 'keys.rotated'")).length, 4 + 3);
    assert.ok(!JSON.stringify(await rows('SELECT * FROM server_keys')).includes('"d"'));
    // A key that no active host needs is gone.
    const [kept] = await rows("SELECT sealed FROM server_keys WHERE name = 'hosts'");
    const place = sealed.serverKeys.place('hosts');
    const { current, next, former } = JSON.parse(
      server.server.platform.sealing.open(String(kept!.sealed), place),
    );
    const [present, ...older] = await Promise.all(
      [[current, next], former].map((keys) => Promise.all(keys.map(presenceThumbprint))),
    );
    const known = (await rows("SELECT DISTINCT verdict_key FROM hosts WHERE state = 'active'")).map(
      ({ verdict_key }) => String(verdict_key),
    );
    assert.deepEqual(older.flat().sort(), known.filter((key) => !present!.includes(key)).sort());
  });
});
