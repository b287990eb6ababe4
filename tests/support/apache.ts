import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { findProgram } from './installed.ts';

/** Apache's web server with the modules that sign people in, as Debian has them: applications that others have written. */
export interface Apache extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  /** Of its error log, for the message of a test that fails. */
  log(): Promise<string>;
}

const modules = '/usr/lib/apache2/modules';
const program = (): string | undefined =>
  findProgram('apache2') ?? (existsSync('/usr/sbin/apache2') ? '/usr/sbin/apache2' : undefined);

/** Whether the program and that module are there. */
export const findApacheModule = (name: string): string | undefined =>
  existsSync(join(modules, `mod_${name}.so`)) ? program() : undefined;

const usual = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'headers', 'dir'];

/** `configure`: its configuration, where its URL and its folder are known. Every path that has a file is `/name`. */
export async function startApache(
  extra: readonly string[],
  pages: readonly string[],
  configure: (url: string, folder: string) => Promise<string>,
): Promise<Apache> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-apache-'));
  // Its workers are nobody special where it is started by root.
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'pages'));
  for (const page of pages) await writeFile(join(folder, 'pages', page), `the page ${page}\n`);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const isRoot = process.getuid?.() === 0;
  const file = join(folder, 'apache.conf');
  await writeFile(
    file,
    `ServerRoot ${folder}
ServerName ${url}
UseCanonicalName On
PidFile ${folder}/pid
DefaultRuntimeDir ${folder}
Mutex file:${folder} default
Listen 127.0.0.1:${port}
ErrorLog ${folder}/error.log
LogLevel warn
${[...usual, ...extra].map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
${isRoot ? 'User nobody\nGroup nogroup' : ''}
DocumentRoot ${folder}/pages
<Directory ${folder}/pages>
  Require all granted
</Directory>
${await configure(url, folder)}
`,
  );
  const child = spawn(program()!, ['-f', file, '-DFOREGROUND'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.on('data', (piece: Buffer) => (told += piece.toString()));
  const log = async () => told + (await readFile(join(folder, 'error.log'), 'utf8').catch(() => ''));
  for (let round = 0; ; round += 1) {
    if (child.exitCode !== null || round > 100) throw new Error(`apache2 does not start: ${await log()}`);
    if (
      await fetch(url, { redirect: 'manual' }).then(
        () => true,
        () => false,
      )
    )
      break;
    await sleep(100);
  }
  return {
    url,
    folder,
    log,
    async [Symbol.asyncDispose]() {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
