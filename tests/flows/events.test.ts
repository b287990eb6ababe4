import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Event } from '@countersign/protocol/wire';
import { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, enrol, refused, signIn } from '../support/people.ts';
import type { Phone } from '../support/phone.ts';

const at = '/api/v1/admin/events';

/** The event log as administrators read it: searched, live, one authentication, as a file. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let phoneOfOwner: Phone;
  let anna: { browser: Browser; phone: Phone };
  before(async () => {
    server = await startInProcess(engine);
    ({ browser: owner, phone: phoneOfOwner } = await administrator('boss', 'owner'));
    await server.addPerson('anna');
    anna = await enrol(server, 'anna');
  });
  after(() => server[Symbol.asyncDispose]());

  async function administrator(login: string, role: 'owner' | 'admin' | 'read_only') {
    await server.addPerson(login, { role });
    const { browser, phone } = await enrol(server, login);
    await signIn(browser, phone, login, 'admin_login');
    return { browser, phone };
  }
  const list = async (query: Record<string, string>): Promise<Event[]> => {
    const items: Event[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const asked = { ...query, ...(cursor && { cursor }) };
      const { status, body } = await owner.get(`${at}?${new URLSearchParams(asked)}`);
      assert.equal(status, 200, JSON.stringify(body));
      items.push(...body.items);
      cursor = body.next_cursor;
    }
    return items;
  };
  const all = () => list({ limit: '200' });
  const same = (found: Event[], expected: Event[]) =>
    assert.deepEqual(found.map(({ id }) => id).toSorted(), expected.map(({ id }) => id).toSorted());

  test('each filter finds what the whole list has of it, on pages of any length', async () => {
    const events = await all();
    const user = events.find((event) => event.user?.login === 'anna')!.user!.id;
    const boss = events.find((event) => event.user?.login === 'boss')!.user!.id;
    const middle = events[Math.floor(events.length / 2)]!.at;
    const filters: [Record<string, string>, (event: Event) => boolean][] = [
      [{ type: 'push.approved' }, ({ type }) => type === 'push.approved'],
      [{ type: 'authentication.*' }, ({ type }) => type.startsWith('authentication.')],
      [{ user }, (event) => event.user?.id === user],
      [{ actor: boss }, (event) => event.actor?.id === boss],
      [{ ip: '127.0.0.1' }, ({ ip }) => ip === '127.0.0.1'],
      [{ q: 'ANN' }, (event) => event.user?.login === 'anna'],
      [{ q: 'push' }, ({ type }) => type.startsWith('push')],
      [{ q: '127.' }, ({ ip }) => ip?.startsWith('127.') ?? false],
      [{ q: '%' }, () => false],
      [{ from: middle }, (event) => event.at >= middle],
      [{ to: middle }, (event) => event.at < middle],
      [
        { type: 'push.*', user, from: middle },
        (e) => e.type.startsWith('push') && e.user?.id === user && e.at >= middle,
      ],
      [{ type: 'nothing.*' }, () => false],
    ];
    for (const [filter, matches] of filters) {
      const expected = events.filter(matches);
      for (const limit of ['1', '3', '200']) same(await list({ ...filter, limit }), expected);
    }
    const found = await list({ type: 'authentication.*', limit: '3' });
    assert.deepEqual(
      found.map((event) => event.at),
      found
        .map((event) => event.at)
        .toSorted()
        .toReversed(),
    );
  });

  test('what is about an application, a group or a host is found by it', async () => {
    const group = (await owner.post('/api/v1/admin/groups', { name: `Auditors ${engine}` })).body;
    await owner.patch(`/api/v1/admin/groups/${group.id}`, { name: `Readers ${engine}` });
    const types = (await list({ target: group.id })).map(({ type }) => type);
    assert.deepEqual(types, ['group.changed', 'group.created']);
  });

  test('filters of another form are refused', async () => {
    for (const query of [
      'type=x',
      'type=push.*.x',
      'from=yesterday',
      'to=x',
      'user=%2e%2e',
      'cursor=x',
      'limit=0',
    ]) {
      refused(await owner.get(`${at}?${query}`), 400, 'malformed');
    }
    refused(await owner.get(`${at}/export?format=xml`), 400, 'malformed');
    refused(await owner.get(`${at}/export`), 400, 'malformed');
  });

  test('one authentication is read from password to session, with everything that was tried', async () => {
    const { browser, phone } = anna;
    const before = new Set((await all()).map(({ id }) => id));
    const { id } = await begin(browser, 'anna');
    const { push } = await askPush(browser, id);
    const request = await phone.request();
    const seen = () => phone.call('POST', `/requests/${request.id}/seen`);
    assert.equal((await seen()).status, 204);
    await seen();
    await phone.answer(request, 'approve', { number: push.number ?? undefined });
    await browser.post(`/api/v1/authentications/${id}/complete`);
    const steps = (await list({ authentication: id })).toReversed();
    assert.deepEqual(
      steps.map(({ type }) => type),
      ['authentication.begun', 'push.sent', 'push.seen', 'push.approved', 'authentication.completed'],
    );
    assert.ok(steps.every((step) => step.authentication_id === id));
    const [begun] = steps;
    assert.deepEqual(begun!.details, {
      authentication: id,
      purpose: 'portal_login',
      reason: 'a second factor is enrolled',
      amr: ['pwd'],
      basis: {
        purpose: 'portal_login',
        target: 'portal',
        familiar: true,
        had_factor: true,
        phones: [true],
        others: [],
      },
    });
    assert.ok(steps.at(-1)!.details['session' as never]);
    // Nothing else of it happened that is not there.
    const others = (await all()).filter((event) => !before.has(event.id) && event.authentication_id !== id);
    assert.deepEqual(others, []);
  });

  test('wrong codes are steps of the authentication that they were typed into', async () => {
    await server.addPerson('cora');
    const { browser } = await enrol(server, 'cora');
    assert.equal((await browser.post('/api/v1/me/recovery-codes')).status, 201);
    const { id } = await begin(browser, 'cora');
    refused(
      await browser.post(`/api/v1/authentications/${id}/recovery-code`, { code: 'AAAAA-AAAAA' }),
      422,
      'wrong_code',
    );
    assert.deepEqual(
      (await list({ authentication: id })).map(({ type }) => type),
      ['factor.wrong_code', 'authentication.begun'],
    );
  });

  /** Reads a stream until `enough` events came, or it ends. */
  async function follow(browser: Browser, query: string, enough: number, then: () => Promise<unknown>) {
    const stop = new AbortController();
    const heard: Event[] = [];
    const reading = (async () => {
      for await (const { event, data } of browser.events(`${at}/stream${query}`, stop.signal)) {
        assert.equal(event, 'events');
        heard.push(...data.items);
        if (heard.length >= enough) return 'enough';
      }
      return 'ended';
    })().catch((error: unknown) => {
      if (stop.signal.aborted) return 'stopped';
      throw error;
    });
    await sleep(300);
    await then();
    const how = await Promise.race([reading, sleep(10_000, 'nothing came')]);
    stop.abort();
    await reading;
    return { heard, how };
  }

  test('new events come by themselves, each once, and only those that were asked for', async () => {
    const { heard, how } = await follow(owner, '?type=group.*', 2, async () => {
      await begin(anna.browser, 'anna');
      const { id } = (await owner.post('/api/v1/admin/groups', { name: `Live ${engine}` })).body;
      await sleep(1500);
      await owner.delete(`/api/v1/admin/groups/${id}`);
    });
    assert.equal(how, 'enough');
    assert.deepEqual(
      heard.map(({ type }) => type),
      ['group.created', 'group.removed'],
    );
  });

  test('what a program follows ends with the time of its token', async () => {
    const expires_at = new Date(server.now() + 60_000).toISOString();
    const made = await owner.post('/api/v1/admin/tokens', {
      name: 'Live',
      scopes: ['events:read'],
      expires_at,
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const headers = { authorization: `Bearer ${made.body.token}` };
    const answer = await fetch(`${server.url}${at}/stream`, { headers });
    assert.equal(answer.status, 200);
    const ended = answer.text();
    assert.equal(await Promise.race([ended.then(() => 'ended'), sleep(1500, 'open')]), 'open');
    server.advance(61_000);
    assert.equal(await Promise.race([ended.then(() => 'ended'), sleep(5000, 'open')]), 'ended');
  });

  test('what factors a person has is told to sessions, and to tokens that read people; no other token, and no file', async () => {
    const program = async (...scopes: string[]) => {
      const made = await owner.post('/api/v1/admin/tokens', { name: scopes.join(), scopes });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      const browser = new Browser(server.url);
      browser.headers = { authorization: `Bearer ${made.body.token}`, origin: '' };
      return browser;
    };
    const blind = await program('events:read');
    const seeing = await program('events:read', 'users:read');
    const { id } = await begin(anna.browser, 'anna');
    const type = 'type=authentication.begun';
    const told = async (reader: Browser, query: string) => {
      const { status, body } = await reader.get(`${at}${query}`);
      assert.equal(status, 200, JSON.stringify(body));
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      assert.ok(text.includes(id), 'the sign-in is there');
      return text.includes('basis') || text.includes('had_factor');
    };
    for (const [reader, isTold] of [
      [owner, true],
      [seeing, true],
      [blind, false],
    ] as const) {
      assert.equal(await told(reader, `?${type}`), isTold);
      for (const format of ['jsonl', 'csv'])
        assert.equal(await told(reader, `/export?format=${format}&${type}`), false, format);
      const { heard } = await follow(reader, `?${type}`, 1, () => begin(anna.browser, 'anna'));
      assert.equal(heard.length, 1);
      assert.equal('basis' in heard[0]!.details, isTold);
      assert.ok('reason' in heard[0]!.details, 'the rest is told');
    }
  });

  test('a stream ends with the session, and with the role; a person has only so many, whatever session asks', async () => {
    const { browser: going } = await administrator('going', 'admin');
    const ended = await follow(going, '', 1000, () => going.delete('/api/v1/admin/session'));
    assert.equal(ended.how, 'ended');
    refused(await going.get(`${at}/stream`), 401, 'no_session');
    refused(await going.get(`${at}/export?format=csv`), 401, 'no_session');
    const { browser: falling } = await administrator('falling', 'read_only');
    const fallen = await follow(falling, '', 1000, async () => {
      const { id } = (await owner.get('/api/v1/admin/users?q=falling')).body.items[0];
      assert.equal((await owner.patch(`/api/v1/admin/users/${id}`, { role: 'user' })).status, 200);
    });
    assert.equal(fallen.how, 'ended');
    refused(await anna.browser.get(`${at}/stream`), 401, 'no_session');

    const stops = [1, 2, 3, 4].map(() => new AbortController());
    const opened = stops.map(({ signal }) =>
      owner
        .events(`${at}/stream`, signal)
        .next()
        .catch(() => undefined),
    );
    await sleep(500);
    refused(await owner.get(`${at}/stream`), 429, 'too_many_requests');
    refused(await owner.get(`${at}/export?format=csv`), 429, 'too_many_requests');
    const elsewhere = new Browser(server.url);
    await signIn(elsewhere, phoneOfOwner, 'boss', 'admin_login');
    refused(await elsewhere.get(`${at}/stream`), 429, 'too_many_requests');
    for (const stop of stops) stop.abort();
    await Promise.all(opened);
    await sleep(1500);
    assert.equal((await owner.get(`${at}/export?format=csv`)).status, 200);
  });

  test('an export holds what the list holds, and is itself an event', async () => {
    const listed = await list({ type: 'push.*', limit: '200' });
    const jsonl = await owner.get(`${at}/export?format=jsonl&type=push.*`);
    assert.equal(jsonl.headers.get('content-type'), 'application/jsonl');
    assert.match(
      jsonl.headers.get('content-disposition')!,
      /^attachment; filename="events-\d{4}-\d\d-\d\d\.jsonl"$/,
    );
    const lines = String(jsonl.body).trimEnd().split('\n');
    same(
      lines.map((line) => JSON.parse(line) as Event),
      listed,
    );
    assert.deepEqual(JSON.parse(lines[0]!), listed[0]);
    const csv = await owner.get(`${at}/export?format=csv&type=push.*`);
    assert.match(csv.headers.get('content-type')!, /^text\/csv; charset=utf-8/);
    const rows = String(csv.body).trimEnd().split('\r\n');
    assert.equal(rows[0], 'id,at,type,actor_id,actor,user_id,user,ip,client,authentication_id,details');
    assert.equal(rows.length, listed.length + 1);
    const [noted] = await list({ type: 'events.exported', limit: '1' });
    assert.equal(noted!.actor?.login, 'boss');
    assert.deepEqual(noted!.details, { format: 'csv', filter: { type: 'push.*' } });
    refused(await anna.browser.get(`${at}/export?format=csv`), 401, 'no_session');
  });
});
