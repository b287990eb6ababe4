import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FakeServer } from './support/fake-server.ts';
import { temporaryFolder } from './support/host.ts';

/** The join token is asked for: as an argument every user of the machine could read it. */

const cli = join(import.meta.dirname, '../src/cli.ts');
const skip = spawnSync('script', ['--version']).status !== 0 && 'script(1) is not installed';
let server: FakeServer;
before(async () => void (server = await FakeServer.start()));
after(() => server.down());

interface Ended {
  code: number | null;
  said: string;
}

/** `join` in a terminal of its own, where `typed` is typed once it asks. */
async function inTerminal(folder: string, typed: string): Promise<Ended> {
  const command = `'${process.execPath}' '${cli}' join ${server.issuer} --name web-1 --state '${folder}'`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null']);
  let said = '';
  let asked = false;
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
      if (asked || !said.includes('Join token')) return;
      asked = true;
      child.stdin.write(typed);
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

/** `join` with a pipe that is not closed after `written`, as that of a script which goes on. */
async function byPipe(folder: string, written: string, close = false): Promise<Ended> {
  const child = spawn(process.execPath, [cli, 'join', server.issuer, '--name', 'web-1', '--state', folder]);
  let said = '';
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (piece: string) => (said += piece));
  child.stdin.on('error', () => {});
  child.stdin.write(written);
  if (close) child.stdin.end();
  const [code] = (await once(child, 'exit')) as [number | null];
  child.stdin.destroy();
  return { code, said };
}

test('on a terminal it is asked for, and not shown', { skip, timeout: 30_000 }, async () => {
  const folder = temporaryFolder();
  // A slip of the finger, taken back.
  const { code, said } = await inTerminal(folder, `x\x7f${server.token}\r`);
  assert.equal(code, 0, said);
  assert.match(said, /web-1 has joined the group "Servers"/);
  for (const group of server.token.split('-')) assert.ok(!said.includes(group), said);
  rmSync(folder, { recursive: true });
});

test('Ctrl-C and Ctrl-D at the question: nothing has joined', { skip, timeout: 30_000 }, async () => {
  for (const typed of ['\x03', '\x04', '\r']) {
    const folder = temporaryFolder();
    const { code, said } = await inTerminal(folder, typed);
    assert.equal(code, 1, said);
    assert.match(said, /No token was typed|That is no join token/);
    assert.ok(!readdirSync(folder).includes('host.json'));
    rmSync(folder, { recursive: true });
  }
});

test('from a pipe it is the first line, also where the pipe stays open', { timeout: 30_000 }, async () => {
  for (const [written, close] of [
    [`${server.token}\nmore\n`, false],
    [server.token, true],
    [`  ${server.token.toLowerCase()} \r\n`, false],
  ] as const) {
    const folder = temporaryFolder();
    const { code, said } = await byPipe(folder, written, close);
    assert.equal(code, 0, said);
    rmSync(folder, { recursive: true });
  }
});

test(
  'nothing on the standard input is said to be nothing, and nobody waits',
  { timeout: 30_000 },
  async () => {
    const folder = temporaryFolder();
    const { code, said } = await byPipe(folder, '', true);
    assert.equal(code, 1);
    assert.match(said, /^countersign-agent: There is no join token on the standard input\.$/m);
    const endless = await byPipe(folder, 'A'.repeat(100_000));
    assert.equal(endless.code, 1);
    assert.match(endless.said, /That is no join token/);
    rmSync(folder, { recursive: true });
  },
);
