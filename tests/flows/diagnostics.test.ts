import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { forEachEngine } from '../support/engines.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { enrol, refused, signIn } from '../support/people.ts';
import type { Browser } from '../support/browser.ts';
import { placeOf, readStore } from '../support/whole-store.ts';

const hour = 60 * 60_000; // ms

/** What apps tell of how they fare: counters of nobody. */
forEachEngine((engine) => {
  let server: InProcess;
  let admin: Browser;
  let reader: Browser;
  before(async () => {
    server = await startInProcess(engine, { TRUSTED_PROXIES: '127.0.0.1' });
    admin = await signedIn('owner');
    reader = await signedIn('read_only');
  });
  after(() => server[Symbol.asyncDispose]());

  async function signedIn(role: 'owner' | 'read_only') {
    await server.addPerson(role, { role });
    const { browser, phone } = await enrol(server, role);
    await signIn(browser, phone, role, 'admin_login');
    return browser;
  }
  const today = () => new Date(server.now()).toISOString().slice(0, 10);
  const daysAgo = (days: number) => new Date(server.now() - days * 24 * hour).toISOString().slice(0, 10);
  const entry = (more: object = {}) => ({
    day: today(),
    app_version: '1.0.0',
    platform: 'ios',
    name: 'error',
    ...more,
  });
  let sources = 0;
  async function report(body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${server.url}/authenticator/v1/diagnostics`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': `198.51.100.${(sources += 1) % 250}`,
        ...headers,
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }
  const list = async (query = '') => (await reader.get(`/api/v1/admin/diagnostics${query}`)).body;

  test('reports are counted up by day, kind, name, platform, version and code', async () => {
    const entries = [
      entry(),
      entry({ count: 2, duration_ms: 100 }),
      entry({ duration_ms: 50 }),
      entry({ code: 'invalid_proof' }),
      entry({ platform: 'android' }),
      entry({ app_version: '1.0.1' }),
      entry({ name: 'start', duration_ms: 0 }),
    ];
    const answer = await report({ kind: 'diagnostic', entries });
    assert.deepEqual([answer.status, answer.body], [202, {}]);
    assert.equal((await report({ kind: 'diagnostic', entries: [entry()] })).status, 202);
    assert.equal((await report({ kind: 'usage', entries: [entry({ name: 'code_copied' })] })).status, 202);
    const { items, next_cursor } = await list();
    assert.equal(next_cursor, null);
    const base = { day: today(), platform: 'ios', app_version: '1.0.0', code: null, duration_ms: null };
    const diagnostic = { ...base, kind: 'diagnostic', name: 'error', count: 1 };
    assert.deepEqual(items, [
      { ...diagnostic, platform: 'android' },
      { ...diagnostic, count: 5, duration_ms: 150 },
      { ...diagnostic, code: 'invalid_proof' },
      { ...diagnostic, app_version: '1.0.1' },
      { ...diagnostic, name: 'start', duration_ms: 0 },
      { ...base, kind: 'usage', name: 'code_copied', count: 1 },
    ]);
    assert.deepEqual(
      (await list('?kind=usage')).items.map(({ name }: { name: string }) => name),
      ['code_copied'],
    );
  });

  test('what does not fit is dropped, and the rest is kept', async () => {
    const before = (await list('?limit=200')).items.length;
    const answer = await report({
      kind: 'usage',
      login: 'zoe',
      entries: [
        entry({ name: 'moved', login: 'zoe', secret: 'x' }),
        entry({ name: 'error' }),
        entry({ name: 'zoe' }),
        entry({ name: 'help_opened', code: 'Zoe' }),
        entry({ name: 'help_opened', platform: 'windows' }),
        entry({ name: 'help_opened', day: 'today' }),
        entry({ name: 'help_opened', day: daysAgo(91) }),
        entry({ name: 'help_opened', count: -1 }),
        ...[7, null, 'x', [], {}],
      ],
    });
    assert.equal(answer.status, 202);
    const { items } = await list('?kind=usage&q=moved');
    assert.equal(items.length, 1);
    assert.equal((await list('?limit=200')).items.length, before + 1);
    assert.ok(!JSON.stringify(items).includes('zoe'));
  });

  test('another kind, more than 100 entries, or no list is refused whole', async () => {
    for (const body of [
      {},
      { kind: 'usage' },
      { kind: 'other', entries: [] },
      { kind: 'usage', entries: 'x' },
      { kind: 'usage', entries: Array(101).fill(entry({ name: 'moved' })) },
    ]) {
      const answer = await report(body);
      refused(answer, 400, 'malformed');
      assert.equal(typeof answer.body.server_time, 'string');
    }
    assert.equal((await report({ kind: 'usage', entries: [] })).status, 202);
  });

  test('the list is paged, newest day first, and no cursor of another list is taken', async () => {
    await report({
      kind: 'usage',
      entries: [entry({ name: 'moved', day: daysAgo(3) }), entry({ name: 'moved' })],
    });
    const days: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 50; pages += 1) {
      const page: { items: { day: string }[]; next_cursor: string | null } = await list(
        `?kind=usage&limit=2${cursor && `&cursor=${cursor}`}`,
      );
      days.push(...page.items.map(({ day }) => day));
      cursor = page.next_cursor;
    }
    assert.deepEqual(days, days.toSorted().toReversed());
    assert.equal(days.length, (await list('?kind=usage&limit=200')).items.length);
    for (const odd of ['x', '12.abc', 'W10', 'WzEsMiwzLDQsNSw2XQ', 'bnVsbA', 'e30']) {
      refused(await reader.get(`/api/v1/admin/diagnostics?cursor=${odd}`), 400, 'malformed');
    }
  });

  test('only an administrator reads them; the defaults of what apps send are in the discovery', async () => {
    assert.equal((await admin.get('/api/v1/admin/diagnostics')).status, 200);
    const { Browser } = await import('../support/browser.ts');
    const nobody = new Browser(server.url);
    refused(await nobody.get('/api/v1/admin/diagnostics'), 401, 'no_session');
    const telemetry = async () => (await nobody.get('/.well-known/countersign')).body.telemetry;
    assert.deepEqual(await telemetry(), { diagnostics: true, usage: true });
    await server.patchSettings({ telemetry: { usage_default: false } });
    assert.deepEqual(await telemetry(), { diagnostics: true, usage: false });
    await server.patchSettings({ telemetry: null });
  });

  test('what was planted is in no column of the store: no address, no name, no id, no agent', async () => {
    const planted = ['203.0.113.77', 'zoe-planted', 'planted-agent', 'planted.example'];
    const answer = await report(
      {
        kind: 'diagnostic',
        user: 'zoe-planted',
        entries: [
          entry({ name: 'stream_lost', login: 'zoe-planted', url: 'https://planted.example' }),
          entry({ name: 'zoe-planted' }),
          entry({ name: 'error', code: 'zoe-planted' }),
          entry({ name: 'error', app_version: '203.0.113.77' }),
        ],
      },
      {
        'x-forwarded-for': '203.0.113.77',
        'user-agent': 'planted-agent',
        origin: 'https://planted.example',
        cookie: 'a=zoe-planted',
      },
    );
    assert.equal(answer.status, 202);
    assert.equal((await list('?q=stream_lost')).items.length, 1);
    // Of the limiter's own row the hour's end is the end.
    server.advance(hour + 1);
    await server.store.query(
      { text: 'DELETE FROM attempts WHERE forget_at <= :now', names: ['now'] } as never,
      { now: server.now() },
    );
    const whole = await readStore(placeOf({ ...server.env, COUNTERSIGN_DATA: server.env.COUNTERSIGN_DATA! }));
    assert.ok(whole.app_reports!.length > 0);
    for (const [table, rows] of Object.entries(whole)) {
      for (const word of planted) assert.ok(!rows.some((row) => row.includes(word)), `${word} in ${table}`);
    }
  });

  test('sixty an hour from one source, and no more; another source goes on', async () => {
    const from = { 'x-forwarded-for': '203.0.113.9' };
    for (let n = 0; n < 60; n += 1)
      assert.equal((await report({ kind: 'usage', entries: [] }, from)).status, 202);
    const limited = await report({ kind: 'usage', entries: [] }, from);
    refused(limited, 429, 'too_many_requests');
    assert.ok(Number(limited.headers.get('retry-after')) > 0);
    assert.equal((await report({ kind: 'usage', entries: [] })).status, 202);
    server.advance(hour + 1);
    assert.equal((await report({ kind: 'usage', entries: [] }, from)).status, 202);
  });

  test('one day takes a bounded number of counters, and goes on counting those that it has', async () => {
    // A day that no other test counts on, whatever the hour: they move the time past midnight late in the evening.
    const day = daysAgo(30);
    const version = (n: number) => `2.${Math.floor(n / 100)}.${n % 100}`;
    for (let from = 0; from < 2_100; from += 100) {
      const entries = Array.from({ length: 100 }, (_, n) => entry({ day, app_version: version(from + n) }));
      assert.equal((await report({ kind: 'diagnostic', entries })).status, 202);
    }
    const counted = async () =>
      (
        await server.store.query(
          {
            text: 'SELECT SUM(count) AS sum, COUNT(*) AS rows_of FROM app_reports WHERE day = :day',
            names: ['day'],
          } as never,
          { day },
        )
      ).map((row) => [Number(row.sum), Number(row.rows_of)])[0];
    assert.deepEqual(await counted(), [2_000, 2_000]);
    await report({ kind: 'diagnostic', entries: [entry({ day, app_version: version(0) })] });
    assert.deepEqual(await counted(), [2_001, 2_000]);
  });
});
