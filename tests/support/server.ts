/** A real server process for a test, on a free port of the loopback, with a data folder or a database of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from './engines.ts';
import { freePort } from './free-port.ts';

export interface RunningServer extends AsyncDisposable {
  /** The issuer, such as `http://localhost:40123`. */
  readonly url: string;
  /** Where this process listens; not the issuer where `env` sets another one. */
  readonly at: string;
  /** Of the process that runs now. */
  readonly pid: number | undefined;
  /** The one-time link that the server printed; undefined where it printed none, since there is an owner. */
  readonly setupLink: string | undefined;
  /** The environment of the server and of its command line. */
  readonly env: Readonly<Record<string, string>>;
  /** All that it has printed, over restarts too. */
  output(): string;
  /** Ends the process and keeps its data. Resolves to the exit code; null where the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Stops the server where it runs, and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Runs `countersign …` beside the server, with `stdin` as its input and `env` over the server's environment. */
  cli(
    args: readonly string[],
    stdin?: string,
    env?: Record<string, string>,
  ): Promise<{ code: number | null; stdout: string; stderr: string }>;
}

interface Options {
  engine: Engine;
  /** Added to the environment. */
  env?: Record<string, string>;
  /** A command that runs the server's command, such as a tracer; it must become the server, not wait for it. */
  through?: readonly string[];
}

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'apps/server/countersign.js');
const startWithin = 30_000; // ms
const attempts = 3;

/** Starts a server, and resolves once it is ready. Rejects with its output where it does not come up. */
export async function startServer({ engine, env = {}, through = [] }: Options): Promise<RunningServer> {
  const data = await mkdtemp(join(tmpdir(), 'countersign-server-'));
  const database = engine === 'postgres' ? await environmentOfPostgres() : {};
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const server = makeServer(
      data,
      {
        PATH: process.env.PATH ?? '',
        HOST: '127.0.0.1',
        PORT: String(port),
        COUNTERSIGN_URL: `http://localhost:${port}`,
        COUNTERSIGN_DATA: data,
        ...database,
        ...env,
      },
      through,
    );
    try {
      await server.restart();
      return server;
    } catch (error) {
      // Another process took the port in between.
      if (attempt < attempts && server.output().includes('EADDRINUSE')) continue;
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }
}

function makeServer(data: string, env: Record<string, string>, through: readonly string[]): RunningServer {
  const url = env.COUNTERSIGN_URL!;
  const at = `http://localhost:${env.PORT}`;
  let output = '';
  let child: ChildProcess | undefined;

  // Not in the repository's folder: a developer's .env is none of the test's business.
  const inFolder = { cwd: data, env };

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const ending = child;
    child = undefined;
    if (ending === undefined) return null;
    if (ending.exitCode !== null || ending.signalCode !== null) return ending.exitCode;
    const ended = once(ending, 'exit');
    ending.kill(signal);
    await ended;
    return ending.exitCode;
  }

  async function restart(): Promise<void> {
    await stop();
    const command = [...through, process.execPath, '--import', endsWithParent, program, 'serve'];
    const started = spawn(command[0]!, command.slice(1), {
      ...inFolder,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = started;
    const before = output.length;
    const keep = (piece: string) => void (output += piece);
    started.stdout!.setEncoding('utf8').on('data', keep);
    started.stderr!.setEncoding('utf8').on('data', keep);
    for (const giveUp = Date.now() + startWithin; ; await sleep(20)) {
      // The addresses and the set-up link are printed last, in one piece.
      if (output.includes(`${url}/authenticator/`, before) && (await isReady(at))) return;
      const ended = started.exitCode !== null || started.signalCode !== null;
      if (!ended && Date.now() < giveUp) continue;
      await stop('SIGKILL');
      throw new Error(`the server ${ended ? 'ended' : 'did not get ready'}:\n${output}`);
    }
  }

  return {
    url,
    at,
    env,
    get pid() {
      return child?.pid;
    },
    get setupLink() {
      // Each start prints another one.
      return output.match(/(?<=^\s*)https?:\/\/\S*setup\S*$/gm)?.at(-1);
    },
    output: () => output,
    stop,
    restart,
    async cli(args, stdin = '', more = {}) {
      const run = spawn(process.execPath, [program, ...args], {
        ...inFolder,
        env: { ...env, ...more },
        stdio: 'pipe',
      });
      const exit = once(run, 'exit') as Promise<[number | null]>;
      // A program that reads no input may be gone before it is written.
      run.stdin.on('error', () => {}).end(stdin);
      const [[code], stdout, stderr] = await Promise.all([exit, text(run.stdout), text(run.stderr)]);
      return { code, stdout, stderr };
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** Loaded into the server before it starts: it is not to outlive a test process that was killed. */
const endsWithParent = `data:text/javascript,process.on('disconnect',()=>process.exit(1));process.channel.unref()`;

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`);
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}

/** A fresh database, on the one server of the test process. */
async function environmentOfPostgres(): Promise<Record<string, string>> {
  const { sharedPostgres } = await import('./stores.ts');
  const server = await sharedPostgres();
  return {
    DATABASE_URL: await server.createDatabase(),
    COUNTERSIGN_SECRET: 'a secret of the tests, and long enough',
  };
}
