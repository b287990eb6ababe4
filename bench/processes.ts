import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../tests/support/free-port.ts';

/** The server as a process of its own, and what the kernel says of it (Linux only). */

export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly at: string;
  readonly env: Record<string, string>;
  readonly pid: number;
  /** From the start of the process until it answers that it is ready, in milliseconds. */
  readonly readyAfter: number;
  /** User and system time of all its threads so far, in milliseconds. */
  cpu(): number;
  /** Resident memory in bytes. */
  memory(): number;
}

const program = join(import.meta.dirname, '../apps/server/countersign.js');
export const secret = 'a secret of the benchmarks, and long enough';
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** `BENCH_PROFILE=FOLDER`: each server leaves a V8 CPU profile there when it ends. */
const profiling = process.env.BENCH_PROFILE
  ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`, '--cpu-prof-interval=200']
  : [];

/** As `npm start` has it. */
const asNpmStart = ['--max-semi-space-size=4'];

interface Options {
  env?: Record<string, string>;
  /** Another server's data folder, which stays. */
  data?: string;
  nodeOptions?: string[];
}

export async function startServer({
  env = {},
  data,
  nodeOptions = [],
}: Options = {}): Promise<ServerProcess> {
  const folder = data ?? mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const port = await freePort();
  const at = `http://localhost:${port}`;
  const whole: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    PORT: String(port),
    COUNTERSIGN_URL: at,
    COUNTERSIGN_DATA: folder,
    COUNTERSIGN_SECRET: secret,
    LOG_LEVEL: 'warn',
    ...env,
  };
  const began = performance.now();
  const child = spawn(process.execPath, [...asNpmStart, ...profiling, ...nodeOptions, program, 'serve'], {
    env: whole,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  while (!(await isReady(at))) {
    if (child.exitCode !== null || performance.now() - began > 30_000)
      throw new Error('the server did not start');
    await sleep(2);
  }
  const readyAfter = performance.now() - began;
  return {
    url: whole.COUNTERSIGN_URL!,
    at,
    env: whole,
    pid: child.pid!,
    readyAfter,
    cpu: () => cpuOf(child.pid!),
    memory: () => memoryOf(child.pid!),
    async [Symbol.asyncDispose]() {
      await end(child);
      if (!data) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A peer: `file`, which listens on the port that its environment names and says so on its standard output. */
export async function startPeer(file: string): Promise<Pick<ServerProcess, 'at' | 'cpu'> & AsyncDisposable> {
  const port = await freePort();
  const child = spawn(process.execPath, [...asNpmStart, ...profiling, file], {
    env: { PATH: process.env.PATH ?? '', PORT: String(port), NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${file} did not start`))),
  ]);
  return {
    at: `http://localhost:${port}`,
    cpu: () => cpuOf(child.pid!),
    [Symbol.asyncDispose]: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function isReady(at: string): Promise<boolean> {
  try {
    return (await fetch(`${at}/health/ready`)).ok;
  } catch {
    return false;
  }
}

/** proc(5): fields 14 and 15 of /proc/PID/stat, after the name in parentheses. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}
