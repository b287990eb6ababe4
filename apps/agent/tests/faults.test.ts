import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { presenceThumbprint } from '@countersign/protocol';
import { FakeServer, newKey, type Reply } from './support/fake-server.ts';
import { join as join_ } from '../src/commands/join.ts';
import { leave } from '../src/commands/leave.ts';
import { joinedHost, startHost, temporaryFolder, type TestHost } from './support/host.ts';

/** What a server, or whoever is between, may do wrong: none of it lets anybody in, none takes longer than its time. */

async function together(act: (host: TestHost, server: FakeServer) => Promise<void>): Promise<void> {
  await using server = await FakeServer.start();
  await using host = await joinedHost(server);
  await act(host, server);
}
const has = (host: TestHost, text: RegExp) =>
  assert.ok(
    host.log.some((line) => text.test(line)),
    `${text} is not in\n${host.log.join('\n')}`,
  );
const isBegin = ({ method, path }: { method: string; path: string }) =>
  method === 'POST' && path === '/logins';

describe('a verdict that does not hold', () => {
  type Forge = (server: FakeServer) => Promise<string | null>;
  const last = (server: FakeServer) => server.last();
  const forged: [string, Forge, RegExp][] = [
    [
      'by a key that is not the server’s',
      async (s) => s.verdict(last(s), {}, await newKey()),
      /a key that this host does not know/,
    ],
    [
      'by a key of that name that is another',
      async (s) => {
        const [head, ...rest] = (await s.verdict(last(s), {}, await newKey())).split('.');
        const kid = JSON.parse(
          Buffer.from((await s.verdict(last(s))).split('.')[0]!, 'base64url').toString(),
        ).kid;
        const header = { ...JSON.parse(Buffer.from(head!, 'base64url').toString()), kid };
        return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
      },
      /signature does not verify/,
    ],
    ['of another login', (s) => s.verdict(last(s), { sub: 'login_other' }), /another sub/],
    ['of another host', (s) => s.verdict(last(s), { aud: 'host_2' }), /another aud/],
    ['of another server', (s) => s.verdict(last(s), { iss: 'https://evil.example' }), /another iss/],
    ['about another local user', (s) => s.verdict(last(s), { local_user: 'root' }), /another local_user/],
    ['about another service', (s) => s.verdict(last(s), { service: 'sudo' }), /another service/],
    ['with another nonce', (s) => s.verdict(last(s), { nonce: 'A'.repeat(22) }), /another nonce/],
    ['that is old', (s) => s.verdict(last(s), {}, s.keys[0], Date.now() - 120_000), /another time/],
    [
      'rewritten on its way',
      async (s) => {
        const [head, claims, signature] = (await s.verdict(last(s), { local_user: 'bob' })).split('.');
        const text = Buffer.from(claims!, 'base64url').toString().replace('"bob"', '"alice"');
        return [head, Buffer.from(text).toString('base64url'), signature].join('.');
      },
      /signature does not verify/,
    ],
    [
      'without a signature',
      async (s) => {
        const claims = (await s.verdict(last(s))).split('.')[1];
        const header = { alg: 'none', typ: 'countersign-verdict+jwt' };
        return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${claims}.`;
      },
      /not a well-formed JWS/,
    ],
    ['that is a configuration', (s) => s.configuration(), /not a well-formed JWS of this type/],
    ['that is none', async () => null, /there is none/],
  ];
  for (const [what, forge, reason] of forged) {
    test(`${what}: refused, also where outages let in`, () =>
      together(async (host, server) => {
        server.settings = { outage: 'allow' };
        const outcome = await host.ask({}, [
          async () => {
            await server.set(server.last(), { state: 'allowed', verdict: await forge(server) });
            return '';
          },
        ]);
        assert.equal(outcome.last, 'STOP');
        has(host, reason);
      }));
  }

  test('replayed from the login before: refused', () =>
    together(async (host, server) => {
      assert.equal((await host.ask({}, ['123456'])).last, 'OK');
      const { verdict } = server.last().login;
      const outcome = await host.ask({}, [
        async () => (await server.set(server.last(), { state: 'allowed', verdict }), ''),
      ]);
      assert.equal(outcome.last, 'STOP');
      has(host, /verdict does not hold: it is about another sub/);
    }));

  test('a whole answer about another login is none', () =>
    together(async (host, server) => {
      assert.equal((await host.ask({}, ['123456'])).last, 'OK');
      const before = server.last().login;
      server.change = (reply, { path, method }) =>
        method === 'GET' && path.startsWith('/logins/') ? { status: 200, body: before } : reply;
      assert.equal((await host.ask({}, [''])).last, 'STOP');
      has(host, /refused, the server refused: its answer \(200, \d+ bytes\) is not of this protocol/);
    }));
});

describe('an answer that is none', () => {
  const answers: [string, Reply | 'cut', RegExp][] = [
    ['a redirect', { status: 302, headers: { location: 'https://evil.example/' } }, /not followed/],
    ['a page of a proxy', { status: 200, raw: '<html>Please sign in</html>' }, /not of this protocol/],
    ['nothing', { status: 201, raw: '' }, /not of this protocol/],
    ['JSON with a name twice', { status: 201, raw: '{"id":"a","id":"b"}' }, /not of this protocol/],
    ['a megabyte', { status: 201, raw: 'x'.repeat(1024 * 1024) }, /larger than/],
    ['a list', { status: 201, body: [] }, /not of this protocol/],
    [
      'another protocol',
      { status: 101, headers: { connection: 'upgrade', upgrade: 'countersign' } },
      /it answers 101, to speak another protocol/,
    ],
    [
      'a login with a number that is a text',
      {
        status: 201,
        body: {
          id: 'a',
          version: '1',
          state: 'challenge',
          user: { login: 'a', name: 'a' },
          code: true,
          push: { state: 'pending', number: '\u001b[2J', seen: false, expires_at: '' },
          reason: null,
          expires_at: '',
          verdict: null,
        },
      },
      /not of this protocol/,
    ],
    ['a fault of the server', { status: 500, body: { code: 'internal' } }, /refused: internal/],
    ['a refusal without a reason', { status: 403, raw: 'no' }, /refused: status 403/],
  ];
  for (const [what, reply, reason] of answers) {
    test(`${what}: refused, also where outages let in`, () =>
      together(async (host, server) => {
        server.settings = { outage: 'allow' };
        await host.restart();
        await sleep(50);
        server.instead = (call) => (isBegin(call) ? reply : undefined);
        const outcome = await host.ask();
        assert.equal(outcome.last, 'STOP');
        has(host, reason);
      }));
  }

  test('a text with orders for the terminal is shown without them', () =>
    together(async (host, server) => {
      server.instead = (call) =>
        isBegin(call)
          ? server.refuse(403, 'host_login_not_allowed', { detail: 'No.\u001b[2J\nOK\n\u202eyes' })
          : undefined;
      assert.deepEqual((await host.ask()).text, 'No. [2J OK  yes');
    }));

  for (const [status, code] of [
    [401, 'invalid_proof'],
    [403, 'host_revoked'],
    [403, 'local_user_unmapped'],
    [403, 'host_login_not_allowed'],
    [403, 'service_denied'],
    [403, 'no_allowed_factor'],
    [403, 'policy_denied'],
    [404, 'not_found'],
    [422, 'malformed'],
    [423, 'push_locked'],
    [429, 'too_many_requests'],
  ] as const) {
    test(`${status} ${code}: refused, and not as an outage`, () =>
      together(async (host, server) => {
        server.settings = { outage: 'allow' };
        await host.restart();
        await sleep(50);
        server.instead = (call) => (isBegin(call) ? server.refuse(status, code) : undefined);
        const outcome = await host.ask();
        assert.deepEqual([outcome.last, outcome.text], ['STOP', `Refused: ${code}.`]);
        has(host, new RegExp(`the server refused: ${code}`));
      }));
  }
});

describe('the clock of the host', () => {
  for (const [off, words] of [
    [-300, '300 seconds behind'],
    [7200, '7200 seconds ahead'],
  ] as const) {
    test(`is off: the log says ${words}`, () =>
      together(async (host) => {
        host.clock.now = () => Date.now() + off * 1000;
        const outcome = await host.ask();
        assert.deepEqual([outcome.last, outcome.text], ['STOP', `The clock of this host is ${words}.`]);
        has(host, new RegExp(`the clock of this host is ${words}`));
      }));
  }
});

describe('a server that is not there for a moment', () => {
  test('restarts while the phone is waited for: the login goes on', () =>
    together(async (host, server) => {
      const asking = host.ask({}, [
        async () => {
          await server.down();
          await sleep(700);
          await server.up();
          setTimeout(() => void server.approve(), 800);
          return '';
        },
      ]);
      assert.equal((await asking).last, 'OK');
    }));

  test('had closed the connection that was kept open: asked again, once', () =>
    together(async (host, server) => {
      await host.ask({}, ['123456']);
      let cuts = 0;
      server.instead = (call) => (isBegin(call) && cuts++ === 0 ? 'cut' : undefined);
      assert.equal((await host.ask({}, ['123456'])).last, 'OK');
      // By the nonce the server knows that it is the same login, and sends one push.
      const nonces = server.calls.filter(isBegin).map(({ body }) => body.nonce as string);
      assert.deepEqual([nonces.length, new Set(nonces.slice(1)).size], [3, 1]);
    }));
});

describe('the keys of the server', () => {
  test('the next one takes over, over restarts too, and the old one lets in no more', () =>
    together(async (host, server) => {
      const [old, second] = server.keys;
      const [third, fourth] = [await newKey(), await newKey()];
      // The server signs with the next one, and names the one after it: twice.
      for (const keys of [
        [second!, third],
        [third, fourth],
      ]) {
        server.keys = keys;
        assert.equal((await host.ask({}, ['123456'])).last, 'OK');
        for (let asked = server.count('POST', /configuration/), tries = 0; tries < 500; tries += 1) {
          if (server.count('POST', /configuration/) > asked) break;
          await sleep(10);
        }
        await sleep(100);
      }
      // While the server is away, so that the host has nothing but its files.
      await server.down();
      await host.restart();
      await sleep(100);
      server.keys = [fourth, await newKey()];
      server.instead = ({ path }) => (path === '/configuration' ? { status: 503 } : undefined);
      await server.up();
      assert.equal((await host.ask({}, ['123456'])).last, 'OK');
      const signed = server.verdict.bind(server);
      server.verdict = (fake, change, _key, now) => signed(fake, change, old, now);
      assert.equal((await host.ask({}, ['123456'])).last, 'STOP');
      has(host, /a key that this host does not know/);
    }));

  test('after several changes that it missed, the old one lets in until the server has heard which are known here', () =>
    together(async (host, server) => {
      const old = server.keys[0]!;
      server.keys = [await newKey(), await newKey()];
      const newest = await presenceThumbprint(server.keys[1]!.jwk);
      const [configuration, verdict] = [server.configuration.bind(server), server.verdict.bind(server)];
      let signer = old;
      let isHeard = false;
      server.configuration = () => configuration({}, signer);
      server.verdict = (fake, change, _key, now) => verdict(fake, change, signer, now);
      server.instead = ({ path, body }) => {
        if (path !== '/configuration' || body.verdict_key !== newest) return undefined;
        isHeard = true;
        return signer === old ? { status: 503 } : undefined;
      };
      const heard = async () => {
        for (let tries = 0; !isHeard && tries < 500; tries += 1) await sleep(10);
        assert.ok(isHeard, 'the server is told which key is known');
        isHeard = false;
        await sleep(50);
      };
      assert.equal((await host.ask({}, ['123456'])).last, 'OK');
      // At once, with the answer that names them, and not ten minutes later.
      await heard();
      // It did not hear it.
      assert.equal((await host.ask({}, ['123456'])).last, 'OK');
      await heard();
      signer = server.keys[0]!;
      assert.equal((await host.ask({}, ['123456'])).last, 'OK');
      await heard();
      signer = old;
      assert.equal((await host.ask({}, ['123456'])).last, 'STOP');
      has(host, /a key that this host does not know/);
    }));

  test('a configuration that is old, of another host or by another key is not taken', () =>
    together(async (host, server) => {
      const held = readFileSync(join(host.folder, 'configuration.jws'), 'utf8');
      const made = FakeServer.prototype.configuration;
      for (const [make, reason] of [
        [() => made.call(server, {}, server.keys[0], Date.now() - 3600_000), /it was not made just now/],
        [() => made.call(server, { aud: 'host_2' }), /it is for another host/],
        [async () => made.call(server, {}, await newKey()), /a key that this host does not know/],
        [() => made.call(server, { outage: 'maybe' as 'deny' }), /not of the form/],
      ] as const) {
        server.configuration = make;
        await host.restart();
        await sleep(100);
        has(host, reason);
        assert.equal(readFileSync(join(host.folder, 'configuration.jws'), 'utf8'), held);
      }
    }));
});

describe('certificates', () => {
  const folder = temporaryFolder();
  const made = (name: string, subject: string, days = '2') => {
    const file = (end: string) => join(folder, `${name}.${end}`);
    const options = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      days,
    ];
    execFileSync(
      'openssl',
      [
        ...options,
        '-subj',
        '/CN=test',
        '-addext',
        `subjectAltName=DNS:${subject}`,
        '-keyout',
        file('key'),
        '-out',
        file('pem'),
      ],
      { stdio: 'ignore' },
    );
    return {
      key: readFileSync(file('key'), 'utf8'),
      cert: readFileSync(file('pem'), 'utf8'),
      path: file('pem'),
    };
  };
  after(() => rmSync(folder, { recursive: true, force: true }));
  const right = made('right', 'localhost');
  const wrong = made('wrong', 'elsewhere.example');

  test('one that the host was told to trust does, another of the same name does not: that is an outage, and named', async () => {
    await using server = await FakeServer.start(right);
    await using host = await joinedHost(server, { ca: right.path });
    assert.equal((await host.ask({}, ['123456'])).last, 'OK');
    await server.down();
    const other = made('other', 'localhost');
    const port = Number(new URL(server.issuer).port);
    await using impostor = await FakeServer.start(other);
    (impostor as unknown as { port: number }).port = port;
    await impostor.down();
    await impostor.up();
    const outcome = await host.ask();
    assert.deepEqual(
      [outcome.last, outcome.text],
      [
        'STOP',
        'The server that approves logins cannot be reached, and there is no offline code for you on this host.',
      ],
    );
    has(host, /the server is out of reach: its certificate/);
    assert.equal(impostor.calls.length, 0);
  });

  test('one for another name is refused when joining, and named', async () => {
    await using server = await FakeServer.start(wrong);
    await assert.rejects(joinedHost(server, { ca: wrong.path }), /its certificate is for another name/);
    assert.equal(server.calls.length, 0);
  });

  test('one that nobody vouches for too', async () => {
    await using server = await FakeServer.start(right);
    await assert.rejects(joinedHost(server), /its certificate is its own/);
  });
});

describe('files of the host', () => {
  const spoil: [string, string, (path: string) => void, RegExp][] = [
    ['host.json', 'damaged', (path) => writeFileSync(path, '{"issuer":'), /host\.json is damaged/],
    ['host.json', 'gone', (path) => rmSync(path), /has not joined/],
    ['host-key.pem', 'damaged', (path) => writeFileSync(path, 'x'), /host-key\.pem is damaged/],
    ['sealing-key.pem', 'gone', (path) => rmSync(path), /sealing-key\.pem is missing/],
    ['host-key.pem', 'open to all', (path) => execFileSync('chmod', ['644', path]), /can be read by others/],
  ];
  for (const [file, how, act, reason] of spoil) {
    test(`${file} ${how}: every login is refused, the file is named, and the agent stays`, async () => {
      await using server = await FakeServer.start();
      const { folder, stop } = await joinedHost(server);
      await stop();
      act(join(folder, file));
      await using again = await startHost(folder);
      for (let i = 0; i < 2; i += 1) assert.equal((await again.ask()).last, 'DENY');
      has(again, reason);
    });
  }

  test('a host that joins, or joins anew, is one by itself, without a restart and before anybody logs in', async () => {
    await using server = await FakeServer.start();
    const folder = temporaryFolder();
    await using host = await startHost(folder);
    assert.equal((await host.ask()).last, 'DENY');
    has(host, /every login is refused: this host has not joined/);
    const reached = () => host.log.filter((line) => line.includes('the server is reached')).length;
    for (const [times, id] of ['host_1', 'host_2'].entries()) {
      server.hostId = id;
      await leave(folder, { pam: folder, force: true });
      await join_({ url: server.issuer, token: server.token, folder, name: 'web-1' });
      for (let tries = 0; reached() <= times && tries < 1000; tries += 1) await sleep(10);
      assert.equal(reached(), times + 1, host.log.join('\n'));
      assert.equal((await host.ask({}, ['123456'])).last, 'OK');
    }
  });

  test('a damaged configuration is named, and fetched again', () =>
    together(async (host, server) => {
      writeFileSync(join(host.folder, 'configuration.jws'), 'spoilt');
      await host.restart();
      await sleep(100);
      has(host, /configuration\.jws does not hold/);
      assert.equal((await host.ask({}, ['123456'])).last, 'OK');
      assert.notEqual(readFileSync(join(host.folder, 'configuration.jws'), 'utf8'), 'spoilt');
      assert.ok(server.calls.length > 0);
    }));

  test('something that is no socket where the socket would be is left alone, a dead socket is replaced', async () => {
    await using server = await FakeServer.start();
    await using host = await joinedHost(server);
    await assert.rejects(startHost(host.folder), /Another agent listens/);
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'agent.sock'), '');
    await assert.rejects(startHost(folder), /is there and no socket/);
    rmSync(join(folder, 'agent.sock'));
    spawnSync(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(join(folder, 'agent.sock'))}, () => process.kill(process.pid, 'SIGKILL'))`,
    ]);
    await (await startHost(folder))[Symbol.asyncDispose]();
  });
});

test(
  'a server that takes the connection and says nothing is an outage after ten seconds',
  { timeout: 40_000 },
  () =>
    together(async (host, server) => {
      server.instead = (call) => (isBegin(call) ? 'hang' : undefined);
      const outcome = await host.ask();
      assert.equal(outcome.last, 'STOP');
      assert.ok(outcome.ms > 9000 && outcome.ms < 12_000, `${outcome.ms} ms`);
      has(host, /the server is out of reach: no answer within 10 seconds/);
    }),
);

test('an agent that is told to a port where nobody speaks HTTP', async () => {
  await using server = await FakeServer.start();
  await using host = await joinedHost(server);
  const port = Number(new URL(server.issuer).port);
  await server.down();
  const babbler = createServer((socket) => void socket.end('\u0000\u0001\u0002hello\r\n\r\n')).listen(
    port,
    '127.0.0.1',
  );
  await once(babbler, 'listening');
  try {
    assert.equal((await host.ask()).last, 'STOP');
    has(host, /the server is out of reach/);
  } finally {
    babbler.close();
  }
});
