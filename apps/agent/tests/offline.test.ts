import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { offlineDigits, offlinePeriod, type HostConfigurationClaims } from '@countersign/protocol/host';
import { encodeBase32, importOtpKey, totp } from '@countersign/protocol/otp';
import { FakeServer } from './support/fake-server.ts';
import { emptyRecord, openRecord, type Entry } from '../src/offline/record.ts';
import { joinedHost, temporaryFolder, type TestHost } from './support/host.ts';

/** Logins while the server is away. */

const secret = crypto.getRandomValues(new Uint8Array(20));
/** What the phone shows. */
const codeAt = async (now: number, of = secret) =>
  totp(await importOtpKey(of, 'SHA-1'), { period: offlinePeriod, digits: offlineDigits }, now);
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

  test('is not what Enter alone is: it counts as no wrong one', () =>
    without({}, async (host) => {
      for (let i = 0; i < 4; i += 1) assert.equal((await host.ask({}, ['', '', ''])).last, 'STOP');
      assert.equal((await host.ask({}, ['', await codeAt(Date.now())])).last, 'OK');
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

  test('is spent for the person, not for the local user: of two that one person has, the second takes it no more', () =>
    without(
      {},
      async (host) => {
        const [code, next] = [await codeAt(Date.now()), await codeAt(Date.now() + 30_000)];
        assert.equal((await host.ask({ local_user: 'alice' }, [code])).last, 'OK');
        assert.equal((await host.ask({ local_user: 'root' }, [code, code, code])).last, 'STOP');
        await host.restart();
        assert.equal((await host.ask({ local_user: 'root' }, [code, code, code])).last, 'STOP');
        // So are the wrong ones.
        const wrong = await wrongCode();
        assert.equal((await host.ask({ local_user: 'alice' }, [wrong, wrong, wrong])).last, 'STOP');
        assert.equal((await host.ask({ local_user: 'root' }, [wrong, next])).last, 'STOP');
        has(host, /refused, offline codes are locked/);
        // Another person's are others.
        assert.equal((await host.ask({ local_user: 'grace' }, [next])).last, 'OK');
        assert.deepEqual(
          record(host).codes.map(({ login }: { login: string }) => login),
          ['alice', 'grace'],
        );
      },
      (server) =>
        server.users.push(
          { local_user: 'root', login: 'alice', secret: encodeBase32(secret) },
          { local_user: 'grace', login: 'grace', secret: encodeBase32(secret) },
        ),
    ));

  test('spent by somebody who is in no configuration any more is forgotten once its steps are over, and no sooner', () =>
    without({}, async (host) => {
      const step = Math.floor(Date.now() / 30_000);
      const row = { failures: 3, wrong_in_all: 3, secret_hash: 'x' };
      const codes = [
        { login: 'gone', last_step: step - 100, ...row },
        { login: 'just-gone', last_step: step, ...row },
        { login: 'alice', last_step: step - 100, ...row },
      ];
      writeFileSync(join(host.folder, 'offline.json'), JSON.stringify({ ...record(host), codes }));
      await host.restart();
      assert.equal((await host.ask({}, [await codeAt(Date.now())])).last, 'OK');
      assert.deepEqual(
        record(host).codes.map(({ login }: { login: string }) => login),
        ['just-gone', 'alice'],
      );
    }));

  test(
    'after a hundred wrong ones is taken no more, however often the server came back, until its secret is another',
    { timeout: 60_000 },
    () =>
      without({}, async (host, server) => {
        const write = (change: object) =>
          writeFileSync(
            join(host.folder, 'offline.json'),
            JSON.stringify({ ...record(host), codes: [{ ...record(host).codes[0], ...change }] }),
          );
        const wrong = await wrongCode();
        const back = async () => {
          await server.up();
          await host.restart();
          for (let tries = 0; record(host).codes[0]?.failures > 0 && tries < 100; tries += 1) await sleep(20);
          await server.down();
        };
        await host.ask({}, [wrong, wrong, wrong]);
        await back();
        assert.equal(record(host).codes[0].wrong_in_all, 3);
        // A right one ends the row.
        assert.equal((await host.ask({}, [wrong, await codeAt(Date.now() - 30_000)])).last, 'OK');
        assert.equal(record(host).codes[0].wrong_in_all, 0);
        // Nothing is being written any more.
        await host.restart();
        write({ wrong_in_all: 97 });
        await host.restart();
        const outcome = await host.ask({}, [wrong, wrong, wrong]);
        assert.equal(outcome.last, 'STOP');
        await back();
        for (let i = 0; i < 2; i += 1) {
          const after = await host.ask({}, [await codeAt(Date.now())]);
          assert.deepEqual(
            [after.last, after.text, after.prompts],
            [
              'STOP',
              'Too many offline codes were wrong: yours are locked on this host until your phone is enrolled anew.',
              [],
            ],
          );
          await host.restart();
        }
        assert.equal(server.entries.filter(({ outcome: each }) => each === 'locked').length, 1);
        const other = crypto.getRandomValues(new Uint8Array(20));
        server.users[0]!.secret = encodeBase32(other);
        await back();
        assert.equal((await host.ask({}, [await codeAt(Date.now(), other)])).last, 'OK');
      }),
  );

  test('of a record that an older agent wrote is spent as it was, and the record is not damaged', () =>
    without({}, async (host) => {
      const code = await codeAt(Date.now());
      const codes = [{ local_user: 'root', last_step: Math.floor(Date.now() / 30_000), failures: 2 }];
      writeFileSync(join(host.folder, 'offline.json'), JSON.stringify({ ...record(host), codes }));
      await host.restart();
      // Whose it was is not known.
      assert.equal((await host.ask({}, [code, await codeAt(Date.now() + 30_000)])).last, 'OK');
      assert.ok(!host.log.some((line) => /offline\.json is damaged/.test(line)));
      assert.equal(record(host).codes.find(({ login }: { login: string }) => login === 'alice').failures, 0);
    }));

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

  test('a service that asks nothing before lets in nobody, whatever the group wants', async () => {
    const services = {
      '*': { factors: ['push' as const, 'totp' as const], first_factor: false, deny: false },
    };
    for (const outage of ['allow', 'offline_codes', 'deny'] as const)
      await without({ outage, services, break_glass: 'rescue' }, async (host) => {
        for (const change of [{}, { local_user: 'rescue', rhost: null, tty: 'tty1' }]) {
          const outcome = await host.ask(change, [await codeAt(Date.now())]);
          assert.deepEqual(
            [outcome.last, outcome.text, outcome.prompts],
            [
              'DENY',
              'The server that approves logins cannot be reached, and nothing else was asked for here.',
              [],
            ],
            outage,
          );
        }
        assert.deepEqual(record(host).entries, []);
      });
  });

  test('a service whose rule has neither push nor verification codes takes no offline codes', async () => {
    for (const [factors, last] of [
      [['recovery_code'], 'STOP'],
      [[], 'STOP'],
      [['totp'], 'OK'],
      [['push'], 'OK'],
    ] as const)
      await without(
        { services: { '*': { factors: [...factors], first_factor: true, deny: false } } },
        async (host) => {
          const outcome = await host.ask({}, [await codeAt(Date.now())]);
          assert.equal(outcome.last, last, String(factors));
          if (last === 'STOP')
            assert.equal(
              outcome.text,
              'The server that approves logins cannot be reached, and this service takes no offline codes.',
            );
        },
      );
  });

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

test('a revocation that the disk did not take is written once it does, also where the server has gone meanwhile', async () => {
  await using server = await FakeServer.start();
  server.settings = { outage: 'allow' };
  await using host = await joinedHost(server);
  const path = join(host.folder, 'configuration.jws');
  // In the place of a full disk: nothing can take the place of a folder that holds something.
  rmSync(path);
  mkdirSync(join(path, 'full'), { recursive: true });
  server.instead = () => server.refuse(403, 'host_revoked');
  assert.notEqual((await host.ask()).last, 'OK');
  await server.down();
  assert.equal((await host.ask()).last, 'DENY');
  rmSync(path, { recursive: true });
  await host.ask();
  for (let tries = 0; !existsSync(path) && tries < 500; tries += 1) await sleep(10);
  assert.equal(readFileSync(path, 'utf8'), 'revoked\n');
  await host.restart();
  assert.equal((await host.ask()).last, 'DENY');
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
        // And where the terminal is one that somebody else has opened: su has the uid of its caller.
        { rhost: null, tty: 'tty1', uid: 1000 },
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

test('of what there is no room for, the break-glass account goes last', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'offline.json'), JSON.stringify(emptyRecord(0)), { mode: 0o600 });
  const lines: string[] = [];
  const file = await openRecord(folder, (_level, text) => lines.push(text));
  let made = 0;
  const entry = (outcome: Entry['outcome']): Entry => ({
    id: `${outcome}-${(made += 1)}`,
    at: new Date().toISOString(),
    local_user: 'alice',
    service: 'sshd',
    rhost: null,
    outcome,
  });
  const add = (outcome: Entry['outcome'], times: number) =>
    file.change((before) => [
      { ...before, entries: [...before.entries, ...Array.from({ length: times }, () => entry(outcome))] },
      undefined,
    ]);
  const kept = () => Object.groupBy(file.current().entries, ({ outcome }) => outcome);
  await add('break_glass', 3);
  await add('offline_code', 100);
  await add('wrong_code', 897);
  assert.deepEqual(lines, []);
  // Each in its turn: nothing is lost of what is worth more.
  await add('outage_allowed', 1000);
  assert.deepEqual(
    [
      kept().break_glass?.length,
      kept().offline_code?.length,
      kept().outage_allowed?.length,
      kept().wrong_code,
    ],
    [3, 100, 897, undefined],
  );
  assert.equal(kept().outage_allowed![0]!.id, 'outage_allowed-1104', 'the oldest of them went');
  await add('offline_code', 1000);
  assert.deepEqual([kept().break_glass?.length, kept().offline_code?.length], [3, 997]);
  // In the order in which it happened, and one that comes while there is no room stays too.
  assert.equal(file.current().entries[0]!.outcome, 'break_glass');
  await add('break_glass', 1);
  assert.equal(kept().break_glass?.length, 4);
  assert.match(lines.join(), /the oldest of it will not be told/);
  rmSync(folder, { recursive: true });
});
