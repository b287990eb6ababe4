/** What a request carries besides its body: cookies, forwarded addresses, the browser's name, origins, cursors. */
import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { pino } from 'pino';
import { pageView, readPage } from '../../apps/server/src/admin/paging.ts';
import { readEnvironment } from '../../apps/server/src/platform/environment.ts';
import { createApp, type App } from '../../apps/server/src/platform/http/app.ts';
import { askerOf, clientInWords, sourceOf } from '../../apps/server/src/platform/http/asker.ts';
import { createCookies } from '../../apps/server/src/platform/http/cookies.ts';
import { demandOwnOrigin } from '../../apps/server/src/platform/http/origin.ts';
import { Refusal } from '../../apps/server/src/platform/http/refusal.ts';
import { corpus, hold } from './support/hold.ts';
import { editedText, oddText } from './support/inputs.ts';

const issuer = 'https://id.example.com';
const proxy = '10.0.0.1';
const direct = '192.0.2.1';

/** The HTTP kit with one route that says what it saw. */
function startKit(TRUSTED_PROXIES: string): App {
  const environment = readEnvironment({
    COUNTERSIGN_URL: issuer,
    COUNTERSIGN_SECRET: 'a secret of the tests, and long enough',
    TRUSTED_PROXIES,
  });
  const app = createApp(environment, pino({ level: 'silent' }), Date.now);
  const cookies = createCookies(issuer);
  app.register(async (scope) => {
    scope.all('/seen', (request) => {
      demandOwnOrigin(request, issuer);
      return { ...askerOf(request), session: cookies.read(request, 'session') ?? null };
    });
  });
  return app;
}
const behindProxy = startKit(proxy);
const alone = startKit('');
after(() => Promise.all([behindProxy.close(), alone.close()]));

/** What Node's parser lets through in the value of a header. */
const headerText = (text: string) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').trim();

interface Seen {
  ip: string;
  client: string | null;
  session: string | null;
}

async function see(app: App, remoteAddress: string, headers: Record<string, string>): Promise<Seen> {
  const answer = await app.inject({ method: 'GET', url: '/seen', remoteAddress, headers });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json();
}

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((ip) => `::ffff:${ip}`),
  fc.ipV4Extended(),
);
const forwarded = fc.oneof(
  fc.array(fc.oneof(address, oddText), { maxLength: 4 }).map((hops) => hops.join(', ')),
  fc.constantFrom(...corpus<string>('forwarded')).chain(editedText),
  oddText,
);

test('an asker’s address is an address, whatever a trusted proxy forwards', () =>
  hold({ inputs: forwarded, first: corpus<string>('forwarded'), runs: 1500 }, async (value) => {
    const { ip } = await see(behindProxy, proxy, { 'x-forwarded-for': headerText(value) });
    assert.ok(isIP(ip), ip);
    assert.doesNotMatch(ip, /^::ffff:\d+\./i, 'an IPv4 address is written as one');
  }));

test('nobody else is believed about an address', () =>
  hold({ inputs: forwarded, first: corpus<string>('forwarded'), runs: 500 }, async (value) => {
    const headers = { 'x-forwarded-for': headerText(value), forwarded: `for=${headerText(value)}` };
    assert.equal((await see(alone, direct, headers)).ip, direct);
    assert.equal((await see(behindProxy, direct, headers)).ip, direct);
  }));

test('the last address that a trusted proxy wrote counts, not what it was told', () =>
  hold({ inputs: fc.tuple(forwarded, fc.ipV4()), runs: 500 }, async ([told, last]) => {
    fc.pre(last !== proxy);
    const { ip } = await see(behindProxy, proxy, { 'x-forwarded-for': `${headerText(told)}, ${last}` });
    assert.equal(ip, last);
  }));

test('a source is the address, or the /64 that it is of, and the same for every spelling', () =>
  hold({ inputs: fc.oneof(address, oddText), runs: 2000 }, (ip) => {
    const source = sourceOf(ip);
    if (!ip.includes(':') || !isIP(ip)) return;
    assert.equal(sourceOf(ip.toUpperCase()), source);
    assert.equal(sourceOf(source.replace('::/64', '::')), source);
  }));

test('the name of a browser is short, whatever it says of itself', () =>
  hold(
    {
      inputs: fc.oneof(oddText, fc.constantFrom(...corpus<string>('user-agents')).chain(editedText)),
      runs: 1500,
    },
    (userAgent) => {
      const words = clientInWords(userAgent);
      assert.ok(words === null || (words.length > 0 && words.length <= 200), String(words));
    },
  ));

test('cookies: any header is read, and what was set is read back', async () => {
  const name = '__Host-countersign-session';
  const inputs = fc.oneof(
    oddText,
    editedText(`a=b; ${name}=abc; c="d"`),
    fc.array(oddText, { maxLength: 5 }).map((pieces) => pieces.join(';')),
  );
  await hold({ inputs, first: corpus<string>('cookies'), runs: 1500 }, async (cookie) => {
    const header = headerText(cookie);
    const { session } = await see(alone, direct, { cookie: header });
    if (session !== null) assert.ok(header.includes(name), header);
  });
  const secret = fc.base64String({ maxLength: 64 });
  await hold({ inputs: fc.tuple(secret, oddText), runs: 300 }, async ([value, other]) => {
    const before = headerText(other).replaceAll(/[;,]/g, '').replaceAll(name, '');
    const { session } = await see(alone, direct, { cookie: `${before}; ${name}=${value}; x=y` });
    assert.equal(session, value);
  });
});

test('an unsafe call goes on from the issuer’s own pages only, however near another origin comes', async () => {
  const inputs = fc.oneof(editedText(issuer), oddText, fc.webUrl());
  await hold({ inputs, first: corpus<string>('origins'), runs: 1000 }, async (value) => {
    const origin = headerText(value);
    const answer = await alone.inject({ method: 'POST', url: '/seen', headers: { origin } });
    assert.equal(answer.statusCode, origin === issuer ? 200 : 403, origin);
  });
});

test('cursors: one of ours comes back as it was, and any other text is refused by name', async () => {
  const row = fc.record({ at: fc.nat(8_640_000_000_000_000), id: fc.stringMatching(/^[\w-]{1,22}$/) });
  await hold({ inputs: row, runs: 500 }, ({ at, id }) => {
    const page = pageView(
      [
        { at, id },
        { at: 1, id: 'x' },
      ],
      1,
      (each) => [each.at, each.id],
      String,
    );
    const { at: readAt, id: readId } = readPage({ cursor: page.next_cursor! });
    assert.deepEqual([readAt, readId], [at, id]);
  });
  const inputs = fc.tuple(fc.oneof(oddText, editedText('1767225600000.uJ5P0iXb3oVRnX6vN0bYwA')), oddText);
  const first = corpus<string>('cursors').map((cursor): [string, string] => [cursor, '']);
  await hold({ inputs, first, runs: 2000 }, ([cursor, q]) => {
    try {
      const page = readPage({ cursor, q });
      assert.ok(Number.isSafeInteger(page.at), cursor);
      for (const word of page.words) assert.doesNotMatch(word, /[%\\\s]/);
    } catch (error) {
      assert.ok(error instanceof Refusal && error.code === 'malformed', String(error));
    }
  });
});
