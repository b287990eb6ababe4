import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findProgram } from './installed.ts';

/** The credential provider under wine, in a login window that `apps/agent/windows/tests/harness.cpp` plays. */

const run = promisify(execFile);
const source = join(import.meta.dirname, '..', '..', 'apps', 'agent', 'windows');
const patience = 20_000; // ms

/** `wine64`: Debian's, which is not in PATH, else one that is. */
export const findWine = (): string | undefined =>
  ['/usr/lib/wine/wine64'].find(existsSync) ?? findProgram('wine64');
export const findMingw = (): string | undefined => findProgram('x86_64-w64-mingw32-g++');

/** For `skip` of a test that needs Windows' programs. */
export const whyNoWindows =
  findWine() === undefined || findMingw() === undefined || findProgram('make') === undefined
    ? 'wine, make or g++ of mingw-w64 is not installed'
    : false;

/** The compiled provider, and a Windows of its own for it. */
export interface Windows extends AsyncDisposable {
  /** A login window that has just been opened. */
  open(): LoginWindow;
  /** Puts the provider where Windows has such files. */
  install(): Promise<void>;
  /** Imports one of its two registry files. */
  importRegistry(name: 'register.reg' | 'remove.reg'): Promise<void>;
  /** Starts a program of Windows, whose outputs go to a file: under wine Node cannot write to a pipe of Linux. */
  start(output: string, program: string, ...args: string[]): ChildProcess;
}

export interface LoginWindow extends AsyncDisposable {
  /** One command of the harness, and the lines that it printed. */
  do(command: string): Promise<string[]>;
  /** Types what somebody logs in with. */
  type(fields: { user?: string; password?: string; code?: string }): Promise<void>;
  /** Submits: what the window showed meanwhile, in ms, and what Windows is given in the end. */
  submit(options?: { cancelAfter?: number }): Promise<Submitted>;
  /** What the window shows, once it is like that. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** The agent that listens at a unix socket is asked, by a pipe of that owner (SDDL). */
  agentAt(socket: string, owner?: string): Promise<void>;
}

export interface Submitted {
  shown: string[];
  ms: number;
  /** `DOMAIN|user|password`, undefined where nobody is let in. */
  credential: string | undefined;
  /** Why not. */
  text: string;
}

export async function startWindows(): Promise<Windows> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-windows-'));
  const wine = findWine()!;
  const env = {
    ...process.env,
    WINEPREFIX: join(folder, 'prefix'),
    WINEARCH: 'win64',
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree=;mshtml=;winemenubuilder.exe=',
    DISPLAY: '',
  };
  const files = ['countersign_provider.dll', 'harness.exe'].map((name) => join(folder, name));
  const end = async () => {
    await run(join(dirname(wine), 'wineserver'), ['-k'], { env }).catch(() => {});
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const making = await Promise.allSettled([
    run('make', ['-s', '-j2', '-C', source, `OUT=${folder}`, ...files]),
    run(wine, ['wineboot', '--init'], { env }),
  ]);
  const failed = making.find((each) => each.status === 'rejected');
  if (failed) {
    await end();
    throw failed.reason;
  }
  return {
    install: () =>
      copyFile(files[0]!, join(env.WINEPREFIX, 'drive_c/windows/system32/countersign_provider.dll')),
    async importRegistry(name) {
      await run(wine, ['regedit', '/S', join(source, name)], { env });
    },
    start(output, program, ...args) {
      const file = openSync(output, 'w');
      // wine calls itself a Windows that is older than it is.
      const its = { ...env, NODE_SKIP_PLATFORM_CHECK: '1' };
      const child = spawn(wine, [program, ...args], { env: its, stdio: ['ignore', file, file] });
      closeSync(file);
      return child;
    },
    open: () => openWindow(spawn(wine, [files[1]!, files[0]!], { env, stdio: ['pipe', 'pipe', 'ignore'] })),
    [Symbol.asyncDispose]: end,
  };
}

function openWindow(harness: ChildProcess): LoginWindow {
  const ended = once(harness, 'exit');
  const lines = createInterface({ input: harness.stdout! });
  const said: string[] = [];
  const shown: string[] = [];
  let done: (lines: string[]) => void = () => {};
  lines.on('line', (line) => {
    said.push(line);
    if (line.startsWith('status ')) shown.push(line.slice(7));
    if (line.startsWith('done ')) done(said.splice(0));
  });
  harness.stdin!.on('error', () => {});

  const answer = (command: string) =>
    new Promise<string[]>((resolve, reject) => {
      done = resolve;
      const fail = () => reject(new Error(`no answer to "${command}": ${said.join('\n')}`));
      void ended.then(fail);
      setTimeout(fail, patience).unref();
    });
  let last = answer('');
  const perform = async (command: string): Promise<string[]> => {
    await last;
    last = answer(command);
    harness.stdin!.write(`${command}\n`);
    return last;
  };
  const ids = { user: 1, password: 2, code: 4 };
  const bridges: { close(): void }[] = [];

  return {
    do: perform,
    async type(fields) {
      for (const [name, text] of Object.entries(fields))
        await perform(`set ${ids[name as 'user']} ${encodeURIComponent(text)}`);
    },
    async submit({ cancelAfter = 0 } = {}) {
      const connected = await perform(`connect ${cancelAfter}`);
      const given = await perform('serialize 0');
      const found = (from: string[], word: string) =>
        from.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
      const [, response, text] = /^(\S+ \d \d) (.*)$/.exec(found(given, 'serialize')!)!;
      const credential = found(given, 'credential');
      // CPGSR_RETURN_CREDENTIAL_FINISHED, else CPGSR_NO_CREDENTIAL_FINISHED with the icon of an error.
      assert.equal(response, credential === undefined ? '00000000 1 1' : '00000000 2 0');
      return {
        shown: connected.filter((line) => line.startsWith('status ')).map((line) => line.slice(7)),
        ms: Number(/^0{8} (\d+)$/.exec(found(connected, 'connect')!)![1]),
        credential,
        text: text!,
      };
    },
    async until(pattern) {
      for (const began = performance.now(); performance.now() - began < patience; await sleep(20)) {
        const found = shown.map((line) => pattern.exec(line)).find((each) => each !== null);
        if (found) return found;
      }
      throw new Error(`the window never showed ${String(pattern)}: ${shown.join('\n')}`);
    },
    async agentAt(socket, owner = 'SY') {
      const bridge = createServer((near) => {
        const far = connect(socket);
        near.pipe(far).pipe(near);
        for (const each of [near, far])
          each.on('error', () => {}).on('close', () => (near.destroy(), far.destroy()));
      });
      bridge.listen(0, '127.0.0.1');
      await once(bridge, 'listening');
      bridges.push(bridge);
      const { port } = bridge.address() as AddressInfo;
      const made = await perform(`pipe ${port} O:${owner}D:(A;;GA;;;WD)`);
      assert.deepEqual(made, ['pipe 1', 'done pipe']);
    },
    async [Symbol.asyncDispose]() {
      harness.stdin!.end();
      harness.kill();
      await ended;
      for (const bridge of bridges) bridge.close();
    },
  };
}
