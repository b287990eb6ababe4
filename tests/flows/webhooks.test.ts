import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { compose, type Server } from '../../apps/server/src/compose.ts';
import { readEnvironment } from '../../apps/server/src/platform/environment.ts';
import { openStore } from '../../apps/server/src/platform/store/open.ts';
import type { Statement } from '../../apps/server/src/platform/store/store.ts';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { freePort } from '../support/free-port.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { begin, enrol, refused, signIn } from '../support/people.ts';
import { holds, startReceiver } from '../support/webhook-receiver.ts';
import { placeOf } from '../support/whole-store.ts';

const at = '/api/v1/admin/webhooks';
const hour = 3_600_000;

/** Webhooks: signed, in order, each event at least once, again after failures, and to nobody inside. */
forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let other: Awaited<ReturnType<typeof startReceiver>>;
  before(async () => {
    receiver = await startReceiver();
    other = await startReceiver();
    server = await startInProcess(engine, { COUNTERSIGN_FETCH_ALLOW: `${receiver.url},${other.url}` });
    owner = await administrator('boss', 'owner');
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    for (const { id } of (await owner.get(at)).body.items) await owner.delete(`${at}/${id}`);
    for (const each of [receiver, other]) {
      each.received.length = 0;
      each.answerWith(() => 204);
    }
  });

  async function administrator(login: string, role: 'owner' | 'admin' | 'help_desk' | 'read_only') {
    await server.addPerson(login, { role });
    const { browser, phone } = await enrol(server, login);
    await signIn(browser, phone, login, 'admin_login');
    return browser;
  }
  async function add(url: string, types: string[]) {
    const { status, body } = await owner.post(at, { url, types });
    assert.equal(status, 201, JSON.stringify(body));
    return body as { id: string; secret: string };
  }
  let groups = 0;
  /** An event of its own, `group.created`. Returns the name. */
  async function happen(): Promise<string> {
    const name = `Group ${++groups} on ${engine}`;
    assert.equal((await owner.post('/api/v1/admin/groups', { name })).status, 201);
    return name;
  }
  async function until(what: () => boolean | Promise<boolean>, why: string, patience = 10_000) {
    for (const end = Date.now() + patience; !(await what()); await sleep(30)) {
      assert.ok(Date.now() < end, `not within ${patience} ms: ${why}`);
    }
  }
  const names = (from = receiver) => from.received.map(({ data }) => data.details.after.name as string);
  const deliveries = async (id: string) => (await owner.get(`${at}/${id}/deliveries`)).body.items;
  const query = (text: string) =>
    server.store.query({ text, names: [] as readonly string[] } as Statement, {});

  test('an event is told within seconds: as the log has it, signed as the specification says', async () => {
    const { id, secret } = await add(`${receiver.url}/hook?x=1`, ['group.*']);
    const name = await happen();
    await until(() => receiver.received.length > 0, 'the first message');
    const [message] = receiver.received;
    assert.ok(holds(message!, secret));
    assert.equal(holds({ ...message!, body: message!.body.replace('group', 'Group') }, secret), false);
    assert.ok(Math.abs(Number(message!.headers['webhook-timestamp']) * 1000 - Date.now()) < 10_000);
    const [event] = (await owner.get(`/api/v1/admin/events?type=group.created&limit=1`)).body.items;
    assert.equal(event.details.after.name, name);
    assert.equal(message!.id, event.id);
    assert.deepEqual(JSON.parse(message!.body), { type: 'group.created', timestamp: event.at, data: event });
    assert.equal(message!.path, '/hook?x=1');
    await until(async () => (await deliveries(id))[0].state === 'delivered', 'noted as delivered');
    const [{ id: _id, created_at: _at, ended_at, ...noted }] = await deliveries(id);
    const expected = { event_id: event.id, type: 'group.created', state: 'delivered', tries: 1, status: 204 };
    assert.deepEqual(noted, { ...expected, error: null });
    assert.ok(ended_at);
  });

  test('what factors a person has is no webhook’s business', async () => {
    await server.addPerson('anna');
    const { browser } = await enrol(server, 'anna');
    await add(receiver.url, ['authentication.begun']);
    const { id } = await begin(browser, 'anna');
    const message = () =>
      receiver.received
        .map(({ body }) => JSON.parse(body).data)
        .find((data) => data.authentication_id === id);
    await until(() => message() !== undefined, 'the message');
    const [event] = (await owner.get(`/api/v1/admin/events?authentication=${id}`)).body.items;
    const { basis, ...rest } = event.details;
    assert.ok(basis, 'the log has it');
    assert.deepEqual(message().details, rest);
  });

  test('only what was asked for, in the order of the log, also of one transaction', async () => {
    await add(receiver.url, ['group.created']);
    await add(other.url, ['*']);
    const made = [];
    for (let count = 0; count < 12; count += 1) made.push(await happen());
    await until(() => receiver.received.length === 12, 'all twelve');
    assert.deepEqual(names(), made);
    const listed = (await owner.get('/api/v1/admin/events?limit=200')).body.items.toReversed();
    await until(() => other.received.some(({ data }) => data.id === listed.at(-1).id), 'the last, elsewhere');
    const order = listed.map((event: { id: string }) => event.id);
    const told = other.received.map((message) => message.id);
    assert.deepEqual(told, order.slice(order.indexOf(told[0])));
  });

  test('what was not taken is told again, after longer and longer, before what came later; nothing is lost', async () => {
    const { id } = await add(receiver.url, ['group.created']);
    let fail = 2;
    receiver.answerWith(() => (fail-- > 0 ? 500 : 200));
    const first = await happen();
    await until(() => receiver.received.length === 1, 'the first try');
    await until(async () => (await owner.get(`${at}/${id}`)).body.failing_since !== null, 'noted');
    const second = await happen();
    await sleep(1200);
    assert.deepEqual(names(), [first], 'later ones wait');
    const view = (await owner.get(`${at}/${id}`)).body;
    assert.deepEqual([view.pending, view.last_error, view.state], [2, 'it answered 500', 'active']);
    server.advance(6000);
    await until(() => receiver.received.length === 2, 'the second try');
    await sleep(6000);
    assert.equal(receiver.received.length, 2, 'the pause is twice as long');
    server.advance(11_000);
    await until(() => receiver.received.length === 4, 'the third try, and the next event');
    assert.deepEqual(names(), [first, first, first, second]);
    assert.equal(new Set(receiver.received.slice(0, 3).map((message) => message.id)).size, 1);
    await until(async () => (await owner.get(`${at}/${id}`)).body.failing_since === null, 'all is well');
    assert.deepEqual(
      (await deliveries(id)).map(({ tries, state }: { tries: number; state: string }) => [tries, state]),
      [
        [1, 'delivered'],
        [3, 'delivered'],
      ],
    );
  });

  test('one that hangs is cut off, and holds up no other; a redirect is not followed', async () => {
    const hanging = await add(receiver.url, ['group.created']);
    await add(other.url, ['group.created']);
    receiver.answerWith(() => 'hang');
    for (let count = 0; count < 3; count += 1) await happen();
    await until(() => other.received.length === 3, 'the other is told meanwhile', 4000);
    assert.equal(receiver.received.length, 1);
    await until(
      async () => (await owner.get(`${at}/${hanging.id}`)).body.last_error !== null,
      'cut off',
      15_000,
    );
    assert.match((await owner.get(`${at}/${hanging.id}`)).body.last_error, /aborted|timeout/i);
    other.answerWith(() => 'redirect');
    await happen();
    await until(() => other.received.length === 4, 'the redirect');
    await sleep(500);
    assert.deepEqual(new Set(other.received.map(({ path }) => path)), new Set(['/']));
  });

  test('after a day without success it is turned off, an event and a mail to the owners say so', async () => {
    const { id } = await add(receiver.url, ['group.created']);
    await administrator(`aid-${engine}`, 'admin');
    receiver.answerWith(() => 503);
    await happen();
    const states = [];
    for (const [tries, hours] of [
      [1, 23],
      [2, 2],
      [3, 0],
    ] as const) {
      await until(async () => (await deliveries(id))[0]?.tries === tries, `try ${tries} is noted`);
      states.push((await owner.get(`${at}/${id}`)).body.state);
      server.advance(hours * hour);
      owner = await again(owner);
    }
    assert.deepEqual(states, ['active', 'active', 'disabled']);
    const view = (await owner.get(`${at}/${id}`)).body;
    assert.deepEqual([view.state, view.pending], ['disabled', 1]);
    const [event] = (await owner.get('/api/v1/admin/events?type=webhook.disabled&limit=1')).body.items;
    assert.deepEqual(event.details, { webhook: id, origin: receiver.url, reason: 'it answered 503' });
    const subject = `Webhook to ${receiver.url} was turned off`;
    assert.equal((await server.mailsTo('boss')).filter((each) => each === subject).length, 1);
    assert.ok(!(await server.mailsTo(`aid-${engine}`)).includes(subject));
    const tries = receiver.received.length;
    await happen();
    server.advance(hour + 1000);
    owner = await again(owner);
    await sleep(1500);
    assert.equal(receiver.received.length, tries);
    // Turned on again, what waited goes first.
    receiver.answerWith(() => 200);
    assert.equal((await owner.patch(`${at}/${id}`, { state: 'active' })).status, 200);
    await until(() => receiver.received.length === tries + 1, 'what waited');
  });

  /** The clock of the server has moved on, and sessions end. */
  async function again(browser: Browser): Promise<Browser> {
    const { status } = await browser.get('/api/v1/admin/session');
    if (status === 200) return browser;
    return administrator(`owner-${Math.random().toString(36).slice(2)}`, 'owner');
  }

  test('whoever answers 410 is told no more at once; one that is paused neither', async () => {
    const { id } = await add(receiver.url, ['group.created']);
    receiver.answerWith(() => 410);
    await happen();
    await until(async () => (await owner.get(`${at}/${id}`)).body.state === 'disabled', 'turned off');
    const paused = await add(other.url, ['group.created']);
    await owner.patch(`${at}/${paused.id}`, { state: 'paused' });
    await happen();
    await sleep(1500);
    assert.equal(other.received.length, 0);
  });

  test('nothing inside is reached: not at a private address, not by a name of one, not without TLS', async () => {
    for (const [url, reason] of [
      ['http://127.0.0.1:1/', /is not https/],
      ['https://127.0.0.1:1/', /is not public/],
      ['https://[::1]/', /is not public/],
      ['https://169.254.169.254/latest/meta-data', /is not public/],
      ['https://10.0.0.1/', /is not public/],
      ['https://localhost/', /is not public/],
      ['http://example.com/', /is not https/],
    ] as const) {
      const { id } = await add(url, ['group.created']);
      const { body } = await owner.post(`${at}/${id}/test`);
      assert.deepEqual([body.delivered, body.status], [false, null], url);
      assert.match(body.error, reason);
      if (url.includes('127.0.0.1:1/')) {
        await happen();
        await until(async () => reason.test((await owner.get(`${at}/${id}`)).body.last_error), url);
      }
      await owner.delete(`${at}/${id}`);
    }
  });

  test('the test button sends a message that is signed, and is limited', async () => {
    server.advance(61_000);
    const { id, secret } = await add(receiver.url, ['group.created']);
    assert.deepEqual((await owner.post(`${at}/${id}/test`)).body, {
      delivered: true,
      status: 204,
      error: null,
    });
    assert.equal(receiver.received[0]!.type, 'webhook.test');
    assert.ok(holds(receiver.received[0]!, secret));
    receiver.answerWith(() => 500);
    assert.deepEqual((await owner.post(`${at}/${id}/test`)).body, {
      delivered: false,
      status: 500,
      error: 'it answered 500',
    });
    for (let count = 0; count < 8; count += 1) await owner.post(`${at}/${id}/test`);
    refused(await owner.post(`${at}/${id}/test`), 429, 'too_many_requests');
  });

  test('the secret is shown once, lies sealed, and another takes its place at once', async () => {
    const { id, secret } = await add(receiver.url, ['group.created']);
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    for (const path of [at, `${at}/${id}`, '/api/v1/admin/events?limit=200']) {
      assert.ok(!JSON.stringify((await owner.get(path)).body).includes(secret.slice(6)));
    }
    const [{ secret: kept }] = (await query(`SELECT secret FROM webhooks WHERE id = '${id}'`)) as [
      { secret: string },
    ];
    assert.ok(!kept.includes(secret.slice(6)));
    const changed = (await owner.post(`${at}/${id}/secret`)).body;
    assert.notEqual(changed.secret, secret);
    await happen();
    await until(() => receiver.received.length === 1, 'the message');
    assert.deepEqual(
      [holds(receiver.received[0]!, secret), holds(receiver.received[0]!, changed.secret)],
      [false, true],
    );
  });

  test('only who may change settings sees them; every change is an event, without the whole address', async () => {
    const url = `${receiver.url}/path-with-a-token`;
    server.advance(61_000);
    const { id } = await add(url, ['group.created']);
    for (const role of ['help_desk', 'read_only'] as const) {
      const browser = await administrator(`${role}-${engine}`, role);
      for (const call of [
        browser.get(at),
        browser.get(`${at}/${id}`),
        browser.get(`${at}/${id}/deliveries`),
        browser.post(at, { url, types: ['*'] }),
        browser.patch(`${at}/${id}`, { state: 'paused' }),
        browser.post(`${at}/${id}/secret`),
        browser.post(`${at}/${id}/test`),
        browser.delete(`${at}/${id}`),
      ]) {
        refused(await call, 403, 'forbidden');
      }
    }
    await owner.patch(`${at}/${id}`, {
      url: `${receiver.url}/another-token`,
      types: ['push.*', 'group.created'],
    });
    await owner.post(`${at}/${id}/secret`);
    await owner.delete(`${at}/${id}`);
    const events = (await owner.get(`/api/v1/admin/events?target=${id}`)).body.items.toReversed();
    const origin = receiver.url;
    assert.deepEqual(
      events.map(({ type, details }: { type: string; details: { webhook: string } }) => {
        const { webhook: _, ...rest } = details;
        return [type, rest];
      }),
      [
        ['webhook.created', { after: { origin, types: ['group.created'] } }],
        [
          'webhook.changed',
          {
            before: { origin, types: ['group.created'], state: 'active' },
            after: { origin, types: ['push.*', 'group.created'], state: 'active' },
            address_changed: true,
          },
        ],
        ['webhook.secret_changed', { origin }],
        ['webhook.removed', { before: { origin, types: ['push.*', 'group.created'] } }],
      ],
    );
    for (const call of [
      owner.get(`${at}/${id}`),
      owner.patch(`${at}/${id}`, {}),
      owner.delete(`${at}/${id}`),
      owner.post(`${at}/${id}/test`),
      owner.post(`${at}/${id}/secret`),
      owner.get(`${at}/${id}/deliveries`),
    ]) {
      refused(await call, 404, 'not_found');
    }
    for (const body of [
      { url: 'ftp://x', types: ['*'] },
      { url: 'https://user:word@example.com/', types: ['*'] },
      { url: 'https://', types: ['*'] },
      { url, types: [] },
      { url, types: ['nothing.*'] },
      { url, types: ['group'] },
      { url },
    ]) {
      refused(await owner.post(at, body), 400, 'malformed');
    }
  });

  test('there are fifty of them and no more: each event is put down for each', async () => {
    for (let n = 0; n < 50; n += 1) await add(`${receiver.url}/${n}`, ['user.created']);
    refused(await owner.post(at, { url: `${receiver.url}/more`, types: ['*'] }), 409, 'too_many_webhooks');
    const { items } = (await owner.get(`${at}?limit=200`)).body;
    assert.equal(items.length, 50);
    for (const { id } of items) await owner.delete(`${at}/${id}`);
  });

  test('two processes tell each event once, and in order', async () => {
    const port = await freePort();
    const env = { ...server.env, PORT: String(port), COUNTERSIGN_URL: server.url };
    const store = await openStore(placeOf(server.env));
    const second: Server = await compose(readEnvironment(env), store, pino({ level: 'silent' }), {
      now: server.now,
    });
    try {
      const paths = ['/1', '/2', '/3', '/4', '/5', '/6', '/7', '/8'];
      for (const path of paths) await add(receiver.url + path, ['group.created']);
      const made: string[] = [];
      for (let count = 0; count < 40; count += 1) made.push(await happen());
      await until(() => receiver.received.length >= 40 * paths.length, 'all of them', 30_000);
      await sleep(1500);
      for (const path of paths) {
        const told = receiver.received.filter((message) => message.path === path);
        assert.deepEqual(
          told.map(({ data }) => data.details.after.name as string),
          made,
        );
      }
    } finally {
      await second.stop();
      await store.close();
    }
  });
});
