import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { findProgram } from './installed.ts';
import { undo } from './undo.ts';

const root = join(import.meta.dirname, '..', '..');
export const moduleFolder = join(root, 'apps', 'agent', 'pam');
const header = '/usr/include/security/pam_modules.h';
const run = promisify(execFile);

/** Runs `make` for the module: a target of its Makefile, with what is to be made put into `folder`. */
export async function make(
  folder: string,
  target: string,
  variables: Record<string, string> = {},
): Promise<void> {
  const settings = Object.entries({ OUT: folder, ...variables }).map(([name, value]) => `${name}=${value}`);
  await run('make', ['-s', '-C', moduleFolder, ...settings, target]);
}

/** The compiled module in `folder`. */
export async function compileModule(folder: string, compiler = 'gcc'): Promise<string> {
  const file = join(folder, 'pam_countersign.so');
  await make(folder, file, { CC: compiler });
  return file;
}

/** A PAM service of a name that nobody else has. libpam finds none outside of /etc/pam.d, so only root can make one. */
export interface PamService extends Disposable {
  readonly name: string;
}

/** For `skip` of a test that compiles the module. */
export const whyNotBuilt =
  findProgram('make') === undefined || findProgram('gcc') === undefined || !existsSync(header)
    ? "gcc, make and PAM's headers are not installed"
    : false;
/** For `skip` of a test that has a PAM service with the module. */
export const whyNoServices =
  process.getuid?.() === 0 && existsSync('/etc/pam.d')
    ? whyNotBuilt
    : 'a PAM service can only be made by root, in /etc/pam.d';

/** `auth`: the lines after the word `auth`, such as `required /path/pam_countersign.so socket=…`. */
export function addService(...auth: string[]): PamService {
  const name = `countersign-test-${randomBytes(4).toString('hex')}`;
  const file = join('/etc/pam.d', name);
  const lines = [
    ...auth.map((line) => `auth ${line}`),
    ...['account', 'session', 'password'].map((type) => `${type} required pam_permit.so`),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return { name, [Symbol.dispose]: undo(() => rmSync(file, { force: true })) };
}

export interface PamResult {
  /** Whether somebody was let in. */
  allowed: boolean;
  /** All that was said, on either output. */
  said: string;
  seconds: number;
}

/** Authenticates `user` by `pamtester`, which gets `answers` as lines. */
export async function authenticate(
  service: PamService,
  { user = 'root', answers = [], items = [] }: { user?: string; answers?: string[]; items?: string[] } = {},
): Promise<PamResult> {
  const began = performance.now();
  const options = items.map((item) => `-I${item}`);
  const child = spawn('pamtester', [...options, service.name, user, 'authenticate']);
  child.stdin.on('error', () => undefined); // It has ended before it read all answers.
  child.stdin.end(answers.map((answer) => `${answer}\n`).join(''));
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { allowed: code === 0, said: stdout + stderr, seconds: (performance.now() - began) / 1000 };
}
