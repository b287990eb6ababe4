import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A copy of the repository to break: its files as they are now, and the packages of npm by links. */
export interface Scratch {
  readonly folder: string;
  /** Runs one test file. `limit` in milliseconds. */
  run(testFile: string, limit: number, env?: Record<string, string>): Promise<TestRun>;
  remove(): void;
}

export interface TestRun {
  result: 'passed' | 'failed' | 'timed out';
  seconds: number;
  /** The first test that failed, or what the process said where none did. */
  reason?: string;
}

/** Takes 200 interleaved sign-ins, and on a busy machine fails by itself. */
const leftOut = 'median time';

export function makeScratch(root: string): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-mutants-'));
  const files = execFileSync('git', ['ls-files', '-coz', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const faces = ['portal', 'admin', 'authenticator'].map((name) => `apps/${name}/dist`);
  for (const path of [...files.split('\0').filter(Boolean), ...faces]) {
    if (existsSync(join(root, path))) cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  linkPackages(root, folder);
  const temporary = join(folder, '.tmp');
  mkdirSync(temporary);
  return {
    folder,
    run: (testFile, limit, env = {}) => run(folder, testFile, limit, { TMPDIR: temporary, ...env }),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Everything is linked to the original but our own packages, which are those of the copy. */
function linkPackages(root: string, folder: string): void {
  const ours = '@countersign';
  for (const place of ['.', ...readdirSync(join(root, 'apps')).map((name) => `apps/${name}`)]) {
    const from = join(root, place, 'node_modules');
    if (!existsSync(from)) continue;
    const to = join(folder, place, 'node_modules');
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from).filter((each) => each !== ours)) {
      symlinkSync(join(from, name), join(to, name));
    }
  }
  mkdirSync(join(folder, 'node_modules', ours));
  for (const name of readdirSync(join(folder, 'packages'))) {
    symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules', ours, name));
  }
}

function run(folder: string, testFile: string, limit: number, env: Record<string, string>): Promise<TestRun> {
  const began = performance.now();
  const args = ['--test', '--test-isolation=none', '--test-force-exit', '--test-reporter=tap'];
  const child = spawn(process.execPath, [...args, `--test-skip-pattern=${leftOut}`, testFile], {
    cwd: folder,
    env: { ...process.env, COUNTERSIGN_TEST_ENGINES: 'sqlite', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that the servers which a test started end with it.
    detached: true,
  });
  return new Promise((resolve) => {
    let output = '';
    let ending: Pick<TestRun, 'result' | 'reason'> | undefined;
    const end = (result: TestRun['result'], reason?: string) => {
      ending ??= { result, reason };
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(() => end('timed out'), limit);
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      output += piece;
      const failed = /^ *not ok \d+ - (.*)$/m.exec(output)?.[1];
      if (failed !== undefined) end('failed', failed);
    });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (output += piece));
    child.on('error', (error) => end('failed', error.message));
    child.on('close', (code) => {
      clearTimeout(timer);
      const seconds = (performance.now() - began) / 1000;
      if (ending) return resolve({ ...ending, seconds });
      if (code === 0) return resolve({ result: 'passed', seconds });
      const failed = /^ *not ok \d+ - (.*)$/m.exec(output)?.[1];
      resolve({ result: 'failed', reason: failed ?? output.slice(-300), seconds });
    });
  });
}
