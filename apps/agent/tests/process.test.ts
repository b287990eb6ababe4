import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { offlineDigits, offlinePeriod } from '@countersign/protocol/host';
import { encodeBase32, importOtpKey, totp } from '@countersign/protocol/otp';
import { buildAgent } from '../build.ts';
import { version } from '../src/version.ts';
import { FakeServer } from './support/fake-server.ts';
import { ask } from './support/fake-module.ts';
import { temporaryFolder } from './support/host.ts';
import { nodes, runCommand, startAgent } from './support/process.ts';

/** The bundle, by each Node that may run it. */

const secret = crypto.getRandomValues(new Uint8Array(20));
const codeAt = async (now: number) =>
  totp(await importOtpKey(secret, 'SHA-1'), { period: offlinePeriod, digits: offlineDigits }, now);

const built = temporaryFolder();
let bundle = '';
before(async () => void (bundle = await buildAgent(built)));
after(() => rmSync(built, { recursive: true, force: true }));

test('the version is that of the package', () => {
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  assert.equal((JSON.parse(text) as { version: string }).version, version);
});

for (const node of nodes) {
  describe(`by Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`, () => {
    let server: FakeServer;
    let folder = '';
    // By the program of the package, which knows what to run Node with.
    const program = join(import.meta.dirname, '../deb/tree/usr/bin/countersign-agent');
    const command = () => ['env', `COUNTERSIGN_NODE=${node}`, `COUNTERSIGN_BUNDLE=${bundle}`, program];
    const run = (...args: string[]) => runCommand(command(), [...args, '--state', folder]);
    const socket = () => join(folder, 'agent.sock');
    before(async () => {
      server = await FakeServer.start();
      server.users = [{ local_user: 'alice', login: 'alice', secret: encodeBase32(secret) }];
      folder = join(temporaryFolder(), 'state');
    });
    after(async () => {
      await server.down();
      rmSync(folder, { recursive: true, force: true });
    });

    test('--version, --help, and mistakes in one line', async () => {
      assert.equal((await run('--version')).stdout, `${version}\n`);
      assert.match((await run('--help')).stdout, /^Usage: countersign-agent COMMAND/);
      for (const [args, words] of [
        [['status'], /^countersign-agent: This host has not joined: .*\n$/],
        [
          ['join', 'http://example.com', server.token],
          /^countersign-agent: The address of the server begins with https.*\n$/,
        ],
        [
          ['join', `${server.issuer}/portal`, server.token],
          /^countersign-agent: The address of the server ends after its name: .*\n$/,
        ],
        [['join', server.issuer, 'AAAAA-BBBBB'], /^countersign-agent: That is no join token.*\n$/],
        [
          ['join', server.issuer, server.token.replace(/.$/, (c) => (c === '0' ? '1' : '0'))],
          /^countersign-agent: The server refused: .*join_token_not_found\)\n$/,
        ],
        [
          ['join', server.issuer, server.token, '--name', 'a b'],
          /^countersign-agent: The name of a host is .*\n$/,
        ],
        [
          ['join', server.issuer, server.token, '--ca', '/nowhere'],
          /^countersign-agent: \/nowhere cannot be read: ENOENT\n$/,
        ],
        [['--nonsense'], /^countersign-agent: Unknown option/],
        [['dance'], /^countersign-agent: This is no command: dance\./],
      ] as const) {
        const { code, stderr } = await run(...args);
        assert.equal(code, 1);
        assert.match(stderr, words);
      }
    });

    test('joins, says how it stands, lets in, and stops', async () => {
      const joined = await runCommand(
        command(),
        ['join', server.issuer, '--name', 'web-1', '--state', folder],
        `${server.token}\n`,
      );
      assert.deepEqual(
        [joined.stderr, joined.stdout],
        ['', `web-1 has joined the group "Servers" of ${server.issuer}.\n`],
      );
      assert.equal(statSync(folder).mode & 0o777, 0o700);
      for (const file of ['host-key.pem', 'sealing-key.pem', 'host.json', 'offline.json'])
        assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);
      assert.match(
        (await run('join', server.issuer, server.token)).stderr,
        /has joined http:\S+ as web-1: "countersign-agent leave" first\./,
      );

      const agent = await startAgent(command(), folder);
      await sleep(300);
      assert.equal(statSync(socket()).mode & 0o777, 0o600);
      assert.equal((await ask(socket(), {}, [async () => (await server.approve(), '')])).last, 'OK');
      await sleep(200);
      const { code, stdout } = await run('status');
      assert.equal(code, 0, stdout);
      assert.match(stdout, /^host {11}web-1 in the group "Servers"/);
      assert.match(stdout, /answers in \d+ ms, and the clocks agree/);
      assert.match(stdout, /0 minutes old, holds until .* without the server: offline_codes/);
      assert.match(stdout, /login {10}.* "alice" by "sshd": let in/);
      // Ends with a request on a phone: it is cancelled first.
      const cancelled = server.count('DELETE', /login_/);
      const asking = ask(socket(), {}, [() => undefined]);
      await sleep(200);
      assert.equal(await agent.end(), 0);
      assert.equal((await asking).last, undefined);
      assert.equal(server.count('DELETE', /login_/), cancelled + 1);
      assert.throws(() => statSync(socket()), /ENOENT/);
    });

    test('an offline code lets in once, whenever the agent is killed', { timeout: 60_000 }, async () => {
      // Killed at any moment: between the answer and the disk, too.
      await server.down();
      for (let round = 0; round < 6; round += 1) {
        const code = await codeAt(Date.now() + (round % 3) * 30_000 - 30_000);
        let letIn = 0;
        for (let tries = 0; tries < 3; tries += 1) {
          const agent = await startAgent(command(), folder);
          const asking = ask(socket(), {}, [
            () => {
              if (tries < 2) setTimeout(() => void agent.end('SIGKILL'), Math.random() * 12);
              return code;
            },
            '0',
            '0',
          ]).catch(() => undefined);
          if ((await asking)?.last === 'OK') letIn += 1;
          await sleep(15);
          await agent.end('SIGKILL');
        }
        assert.ok(letIn <= 1, `${letIn} times`);
        rmSync(socket(), { force: true });
      }
      await server.up();
    });

    test('a disk that takes nothing more lets in nobody, and loses nothing', async () => {
      // Its failures are forgotten, and its floor too: a fresh start with a code that holds.
      const agent = await startAgent(command(), folder);
      await sleep(300);
      await agent.end();
      await server.down();
      const full = await startAgent(command(), folder, { fileLimit: 0 });
      // Beyond what the rounds before have used.
      const code = await codeAt(Date.now() + 30_000);
      const record = readFileSync(join(folder, 'offline.json'), 'utf8');
      const outcome = await ask(socket(), { local_user: 'alice' }, [code]);
      assert.equal(outcome.last, 'STOP');
      assert.match(full.output(), /cannot be written down: offline\.json cannot be written|offline codes/);
      assert.equal(readFileSync(join(folder, 'offline.json'), 'utf8'), record);
      await full.end();
      await server.up();
    });

    test('takes no more than 70 MB, also after 200 logins', { timeout: 60_000 }, async () => {
      const agent = await startAgent(command(), folder);
      server.begun = (fake) => server.approve(fake);
      for (let i = 0; i < 20; i += 1)
        await Promise.all(Array.from({ length: 10 }, () => ask(socket(), { local_user: `u${i}` }, [''])));
      server.begun = () => {};
      await sleep(500);
      const megabytes = agent.memory() / 1e6;
      await agent.end();
      assert.ok(megabytes <= 70, `${megabytes} MB`);
    });

    test('leaves, and its keys are gone', async () => {
      const left = await run('leave', '--force');
      assert.deepEqual([left.stdout, left.stderr], ['This host has left. Its keys are destroyed.\n', '']);
      assert.equal(server.count('DELETE', /^\/self$/), 1);
      assert.throws(() => statSync(join(folder, 'host-key.pem')), /ENOENT/);
      assert.match((await run('status')).stderr, /has not joined/);
    });
  });
}
