import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { offlineDigits, offlinePeriod, type HostConfigurationClaims } from '@countersign/protocol/host';
import { encodeBase32, importOtpKey, totp } from '@countersign/protocol/otp';
import { FakeServer } from './support/fake-server.ts';
import { joinedHost, type TestHost } from './support/host.ts';

/** Logins while the server is away. */

const secret = crypto.getRandomValues(new Uint8Array(20));
/** What the phone shows. */
const codeAt = async (now: number) =>
  totp(await importOtpKey(secret, 'SHA-1'), { period: offlinePeriod, digits: offlineDigits }, now);
const wrongCode = async () => String((Number(await codeAt(Date.now())) + 1) % 1e8).padStart(8, '0');

/** The server goes once the host has its configuration. */
async function without(
  settings: Partial<HostConfigurationClaims>,
  act: (host: TestHost, server: FakeServer) => Promise<void>,
  prepare: (server: FakeServer) => void = () => {},
): Promise<void> {
  await using server = await FakeServer.start();
  server.settings = settings;
  server.users = [{ local_user: 'alice', login: 'alice', secret: encodeBase32(secret) }];
  prepare(server);
  await using host = await joinedHost(server);
  await server.down();
  await act(host, server);
}
const has = (host: TestHost, text: RegExp) =>
  assert.ok(
    host.log.some((line) => text.test(line)),
    `${text} is not in\n${host.log.join('\n')}`,
  );
const record = (host: TestHost) => JSON.parse(readFileSync(join(host.folder, 'offline.json'), 'utf8'));

describe('an offline code', () => {
  test('lets in once, also after a restart, and is told once the server is back', () =>
    without({}, async (host, server) => {
      const code = await codeAt(Date.now());
      const outcome = await host.ask({}, [code]);
      assert.deepEqual(
        [outcome.last, outcome.prompts],
        ['OK', ['The server cannot be reached. Type the code that your app shows for web-1: ']],
      );
      has(host, /let in, by an offline code/);
      assert.equal((await host.ask({}, [code, code, code])).last, 'STOP');
      await host.restart();
      assert.equal((await host.ask({}, [code, code, code])).last, 'STOP');
      assert.equal((await host.ask({}, [await codeAt(Date.now() + 30_000)])).last, 'OK');
      await server.up();
      await host.restart();
      for (let tries = 0; record(host).entries.length > 0 && tries < 100; tries += 1) await sleep(20);
      const outcomes = server.entries.map(({ outcome: each }) => each);
      assert.deepEqual(outcomes, [
        'offline_code',
        ...Array.from({ length: 6 }, () => 'wrong_code'),
        'offline_code',
      ]);
      assert.equal(new Set(server.entries.map(({ id }) => id)).size, 8);
      assert.deepEqual(record(host).entries, []);
      await host.restart();
      await sleep(200);
      assert.equal(server.entries.length, 8);
    }));

  test('typed twice at the same moment lets in one', () =>
    without({}, async (host) => {
      const code = await codeAt(Date.now());
      const asked = Array.from({ length: 8 }, () => host.ask({}, [code, '0', '0']));
      const let_in = (await Promise.all(asked)).filter(({ last }) => last === 'OK');
      assert.equal(let_in.length, 1);
    }));

  test('ten wrong ones lock that local user until the server is back, over restarts too', () =>
    without({}, async (host, server) => {
      const wrong = await wrongCode();
      for (let i = 0; i < 3; i += 1) await host.ask({}, [wrong, wrong, wrong]);
      await host.restart();
      const outcome = await host.ask({}, [wrong, await codeAt(Date.now())]);
      assert.deepEqual(
        [outcome.last, outcome.text],
        ['STOP', 'Offline codes are locked until the server is back.'],
      );
      assert.equal((await host.ask({}, [await codeAt(Date.now())])).last, 'STOP');
      has(host, /refused, offline codes are locked/);
      await server.up();
      await host.restart();
      for (let tries = 0; record(host).entries.length > 0 && tries < 100; tries += 1) await sleep(20);
      assert.deepEqual(server.entries.at(-1)!.outcome, 'locked');
      await server.down();
      assert.equal((await host.ask({}, [await codeAt(Date.now())])).last, 'OK');
    }));

  test('of another time, another form or another local user is none', () =>
    without({}, async (host) => {
      const old = await codeAt(Date.now() - 90_000);
      assert.equal((await host.ask({}, [old, '123456', ''])).last, 'STOP');
      const other = await host.ask({ local_user: 'bob' }, [await codeAt(Date.now())]);
      assert.deepEqual([other.last, other.prompts], ['STOP', []]);
    }));

  test('typed into the prompt of a push, when the server has gone meanwhile', async () => {
    await using server = await FakeServer.start();
    server.users = [{ local_user: 'alice', login: 'alice', secret: encodeBase32(secret) }];
    await using host = await joinedHost(server);
    const outcome = await host.ask({}, [async () => (await server.down(), codeAt(Date.now()))]);
    assert.deepEqual([outcome.last, outcome.prompts.length], ['OK', 1]);
  });

  test('after seven days without the server is of no use', () =>
    without({}, async (host) => {
      host.clock.now = () => Date.now() + 7 * 24 * 3600_000 + 1000;
      const outcome = await host.ask({}, [await codeAt(host.clock.now())]);
      assert.equal(outcome.last, 'UNAVAIL');
      has(host, /the configuration is older than seven days/);
    }));

  test('with a clock that was set back is of no use', () =>
    without({}, async (host) => {
      host.clock.now = () => Date.now() - 3600_000;
      assert.equal((await host.ask({}, [await codeAt(host.clock.now())])).last, 'UNAVAIL');
      has(host, /the clock of this host is behind its configuration/);
    }));

  test('sealed for less, for another host, or of no secret: none', async () => {
    await without(
      {},
      async (host) => assert.equal((await host.ask({}, [await codeAt(Date.now())])).last, 'STOP'),
      (server) => (server.sealedFor = -1),
    );
    await without({ offline: 'a.b.c.d.e' }, async (host) => {
      assert.equal((await host.ask({}, [await codeAt(Date.now())])).last, 'STOP');
      has(host, /cannot be opened/);
    });
    await without(
      {},
      async (host) => assert.equal((await host.ask()).last, 'STOP'),
      (server) => (server.users[0]!.secret = ''),
    );
  });

  test('cannot be asked for where nothing can be asked', () =>
    without({}, async (host) => assert.equal((await host.ask({ interactive: false })).last, 'DENY')));

  test('is refused while its record is damaged, and that file is named and begun anew once the server was there', async () => {
    await without({}, async (host, server) => {
      writeFileSync(join(host.folder, 'offline.json'), '{"floor":0,"codes":"none"}');
      await host.restart();
      const code = await codeAt(Date.now());
      assert.equal((await host.ask({}, [code])).last, 'STOP');
      has(host, /offline\.json is damaged/);
      await server.up();
      await host.restart();
      await sleep(200);
      await server.down();
      // Whether it was used before nobody knows.
      assert.equal((await host.ask({}, [code, code, code])).last, 'STOP');
      assert.ok(record(host).floor > 0);
    });
  });
});

describe('what the group wants of an outage', () => {
  test('deny: nobody', () =>
    without({ outage: 'deny' }, async (host) => {
      const outcome = await host.ask({}, [await codeAt(Date.now())]);
      assert.deepEqual([outcome.last, outcome.prompts], ['DENY', []]);
    }));

  test('allow: everybody, written down first', () =>
    without({ outage: 'allow' }, async (host) => {
      assert.equal((await host.ask()).last, 'OK');
      has(host, /let in, outage_allowed, with nothing asked/);
      assert.equal(record(host).entries[0].outcome, 'outage_allowed');
    }));

  test('allow: nobody any more once something was said', async () => {
    await using server = await FakeServer.start();
    server.settings = { outage: 'allow' };
    await using host = await joinedHost(server);
    const outcome = await host.ask({}, [async () => (await server.down(), '123456')]);
    assert.equal(outcome.last, 'STOP');
    const asking = host.ask({ interactive: false });
    await server.up();
    await asking;
    const silent = host.ask({ interactive: false, timeout: 15 });
    await sleep(200);
    await server.down();
    assert.notEqual((await silent).last, 'OK');
  });

  test('a service by which nobody logs in stays shut', () =>
    without(
      {
        outage: 'allow',
        services: {
          '*': { factors: [], first_factor: true, deny: false },
          telnet: { factors: [], first_factor: true, deny: true },
        },
      },
      async (host) => {
        assert.equal((await host.ask({ service: 'telnet' })).last, 'STOP');
        assert.equal((await host.ask({ service: 'toString' })).last, 'OK');
      },
    ));

  for (const status of [502, 503, 504]) {
    test(`${status} is an outage`, () =>
      without({ outage: 'allow' }, async (host, server) => {
        server.instead = () => ({ status, raw: 'away' });
        await server.up();
        assert.equal((await host.ask()).last, 'OK');
        has(host, new RegExp(`out of reach: it answers ${status}`));
      }));
  }

  test('where no configuration was ever had, the module’s own option decides', async () => {
    await using server = await FakeServer.start();
    server.instead = ({ path }) => (path === '/join' ? undefined : 'cut');
    await using host = await joinedHost(server);
    assert.equal((await host.ask()).last, 'UNAVAIL');
    has(host, /there is no configuration of the server yet/);
  });
});

test('a host that was revoked lets in nobody, also where the server goes away afterwards, over restarts too', async () => {
  await using server = await FakeServer.start();
  server.settings = { outage: 'allow', break_glass: 'rescue' };
  server.users = [{ local_user: 'alice', login: 'alice', secret: encodeBase32(secret) }];
  await using host = await joinedHost(server);
  server.instead = () => server.refuse(403, 'host_revoked');
  assert.equal((await host.ask()).last, 'STOP');
  await server.down();
  for (let i = 0; i < 2; i += 1) {
    assert.equal((await host.ask({}, [await codeAt(Date.now())])).last, 'DENY');
    assert.equal((await host.ask({ local_user: 'rescue', rhost: null, tty: 'tty1' })).last, 'DENY');
    await host.restart();
  }
  has(host, /out of reach, and this host was revoked/);
  // Whoever revoked it may have changed their mind.
  server.instead = () => undefined;
  await server.up();
  await host.restart();
  await sleep(200);
  assert.equal((await host.ask({}, ['123456'])).last, 'OK');
});

describe('the break-glass account', () => {
  const settings = { outage: 'deny', break_glass: 'rescue' } as const;
  test('gets in on the console, written down first', () =>
    without(settings, async (host) => {
      for (const tty of ['tty1', '/dev/tty2', 'ttyS0', 'hvc0', 'console'])
        assert.equal(
          (await host.ask({ local_user: 'rescue', service: 'login', rhost: null, tty })).last,
          'OK',
          tty,
        );
      assert.equal(record(host).entries.length, 5);
      assert.equal(record(host).entries[0].outcome, 'break_glass');
    }));
  test('gets in from nowhere else, and nobody else does', () =>
    without(settings, async (host) => {
      const places = [
        { rhost: '203.0.113.9', tty: 'tty1' },
        { rhost: '203.0.113.9', tty: 'ssh' },
        { rhost: null, tty: 'ssh' },
        // Whoever came over the network, and then su.
        { rhost: null, tty: 'pts/3' },
        { rhost: null, tty: '/dev/pts/3' },
        { rhost: null, tty: null },
      ];
      for (const place of places)
        assert.equal(
          (await host.ask({ local_user: 'rescue', ...place })).last,
          'DENY',
          JSON.stringify(place),
        );
      assert.equal((await host.ask({ local_user: 'alice', rhost: null, tty: 'tty1' })).last, 'DENY');
    }));
  test('asks the phone while the server is there', async () => {
    await using server = await FakeServer.start();
    server.settings = settings;
    await using host = await joinedHost(server);
    server.instead = ({ path }) =>
      path === '/logins' ? server.refuse(403, 'local_user_unmapped') : undefined;
    assert.equal((await host.ask({ local_user: 'rescue', rhost: null, tty: 'tty1' })).last, 'STOP');
  });
});
