/**
 * A PostgreSQL server of its own for a test process: a new cluster in a temporary folder, on a free port of the
 * loopback, gone with the process that started it.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { findPostgres } from './installed.ts';

export interface PostgresServer extends AsyncDisposable {
  /** Of the database `postgres`, by a role that may do everything, without a password. */
  readonly url: string;
  /** Makes an empty database and resolves to its URL. */
  createDatabase(): Promise<string>;
  /** Stops the server, with its clients connected, and starts it again on the same port with the same data. */
  restart(pause?: { /** milliseconds */ after: number }): Promise<void>;
  /** Ends the server at once, as a crash does, and starts it again on the same port: it recovers from its log. */
  crash(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

interface Account {
  uid?: number;
  gid?: number;
}

const role = 'countersign';
const startWithin = 30_000; // ms

/**
 * Ends the server, and removes the folder, when the standard input closes: also when the process that holds its
 * other end was killed. $1 is the folder, the rest is the server's command.
 */
const warden = `trap '' INT TERM HUP
folder=$1; shift
"$@" & server=$!
cat >/dev/null
how=INT; [ -e "$folder/crash" ] && how=QUIT
kill -$how $server; wait $server
[ -e "$folder/keep" ] || rm -rf "$folder"`;

/** Starts a server. Rejects where PostgreSQL is not installed, with the command that installs it. */
export async function startPostgres(): Promise<PostgresServer> {
  const binaries = programs();
  const folder = await mkdtemp(join(tmpdir(), 'countersign-postgres-'));
  const account = accountFor(folder);
  const data = join(folder, 'data');
  const inFolder = { ...account, cwd: folder, env: { ...process.env, LC_ALL: 'C' } };
  const initdb = `-U ${role} -A trust -E UTF8 --locale=C --no-sync --no-instructions`.split(' ');
  await promisify(execFile)(join(binaries, 'initdb'), ['-D', data, ...initdb], inFolder).catch(
    async (cause: unknown) => {
      await rm(folder, { recursive: true, force: true });
      throw new Error('initdb failed', { cause });
    },
  );

  let port = await freePort();
  let end: (keepFolder: boolean) => Promise<void>;

  /** False where another process took the port first. */
  async function start(): Promise<boolean> {
    const log = join(folder, 'log');
    const output = openSync(log, 'w');
    const server = [join(binaries, 'postgres'), '-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', ''];
    const child = spawn('/bin/sh', ['-c', warden, 'sh', folder, ...server], {
      ...inFolder,
      stdio: ['pipe', output, output],
    });
    closeSync(output);
    // A test that forgets to stop the server ends all the same.
    child.unref();
    (child.stdin as Socket).unref();
    end = async (keepFolder) => {
      if (keepFolder) closeSync(openSync(join(folder, 'keep'), 'w'));
      child.ref();
      const ended = once(child, 'exit');
      child.stdin!.end();
      await ended;
      await rm(keepFolder ? join(folder, 'keep') : folder, { recursive: true, force: true });
    };
    for (const giveUp = Date.now() + startWithin; ; await sleep(20)) {
      const said = await readFile(log, 'utf8');
      if (said.includes('ready to accept connections')) return true;
      if (said.includes('could not create any TCP/IP sockets')) {
        await end(true);
        return false;
      }
      // A client that comes too early is told so with a FATAL of its own.
      if (/FATAL: (?! *the database system is)/.test(said) || Date.now() > giveUp) {
        await end(false);
        throw new Error(`PostgreSQL did not start:\n${said}`);
      }
    }
  }

  while (!(await start())) port = await freePort();
  const urlOf = (database: string) => `postgres://${role}@127.0.0.1:${port}/${database}`;
  let databases = 0;
  const stop = () => end(false);
  return {
    url: urlOf('postgres'),
    async createDatabase() {
      const name = `test_${++databases}`;
      const sql = postgres(urlOf('postgres'), { max: 1, onnotice: () => {} });
      try {
        await sql.unsafe(`CREATE DATABASE ${name}`);
      } finally {
        await sql.end();
      }
      return urlOf(name);
    },
    async restart({ after } = { after: 0 }) {
      await end(true);
      await sleep(after);
      if (!(await start())) throw new Error(`port ${port} was taken while PostgreSQL was down`);
    },
    async crash() {
      const mark = join(folder, 'crash');
      closeSync(openSync(mark, 'w'));
      await end(true);
      await rm(mark);
      if (!(await start())) throw new Error(`port ${port} was taken while PostgreSQL was down`);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function programs(): string {
  const folder = findPostgres();
  if (folder !== undefined) return folder;
  throw new Error('These tests need PostgreSQL. Install it with: sudo apt-get install -y postgresql');
}

/** PostgreSQL refuses to run as root: another account runs it then, and gets the folder. */
function accountFor(folder: string): Account {
  if (process.getuid?.() !== 0) return {};
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = ['postgres', 'nobody']
    .map((name) => accounts.find((fields) => fields[0] === name))
    .find(Boolean);
  if (found === undefined) {
    throw new Error('PostgreSQL does not run as root, and there is no other account for it');
  }
  const [uid, gid] = [Number(found[2]), Number(found[3])];
  chownSync(folder, uid, gid);
  return { uid, gid };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
