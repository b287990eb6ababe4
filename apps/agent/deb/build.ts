/**
 * Builds the Debian package from a staged tree: module, bundle, program, unit, PAM profile, man pages.
 * `node apps/agent/deb/build.ts [FOLDER]`
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildAgent } from '../build.ts';
import { version as ours } from '../src/version.ts';

const here = import.meta.dirname;
const pam = join(here, '../pam');
const run = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' }).trim();

interface PackageOptions {
  folder?: string;
  version?: string;
}

/** Returns the path of the package. */
export async function buildPackage({
  folder = join(here, '../dist'),
  version = ours,
}: PackageOptions = {}): Promise<string> {
  const stage = mkdtempSync(join(tmpdir(), 'countersign-deb-'));
  try {
    cpSync(join(here, 'tree'), stage, { recursive: true });
    await buildAgent(join(stage, 'usr/lib/countersign-agent'));
    run('make', '-s', '-C', pam, `OUT=${stage}`, `${stage}/pam_countersign.so`);
    const security = join(stage, 'usr/lib', run('gcc', '-print-multiarch'), 'security');
    mkdirSync(security, { recursive: true });
    cpSync(join(stage, 'pam_countersign.so'), join(security, 'pam_countersign.so'));
    rmSync(join(stage, 'pam_countersign.so'));
    for (const page of globSync('*.8', { cwd: pam }))
      cpSync(join(pam, page), join(stage, 'usr/share/man/man8', page));
    for (const page of globSync('usr/share/man/man8/*.8', { cwd: stage })) {
      writeFileSync(join(stage, `${page}.gz`), gzipSync(readFileSync(join(stage, page)), { level: 9 }));
      rmSync(join(stage, page));
    }
    settleModes(stage);
    const kilobytes = Math.ceil(sizeOf(stage) / 1024);
    const control = join(stage, 'DEBIAN');
    cpSync(join(here, 'control'), control, { recursive: true });
    const architecture = run('dpkg', '--print-architecture');
    const filled = readFileSync(join(control, 'control'), 'utf8')
      .replace('@VERSION@', version)
      .replace('@ARCHITECTURE@', architecture)
      .replace('@SIZE@', String(kilobytes));
    writeFileSync(join(control, 'control'), filled);
    for (const script of ['postinst', 'prerm', 'postrm']) chmodSync(join(control, script), 0o755);
    chmodSync(control, 0o755);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `countersign-agent_${version}_${architecture}.deb`);
    run('dpkg-deb', '--root-owner-group', '--build', stage, file);
    return file;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** Whatever the umask was where they were checked out. */
function settleModes(stage: string): void {
  chmodSync(stage, 0o755);
  for (const path of globSync('**', { cwd: stage }).map((each) => join(stage, each))) {
    const isProgram = dirname(path).endsWith('/bin') || path.endsWith('.mjs');
    chmodSync(path, statSync(path).isDirectory() || isProgram ? 0o755 : 0o644);
  }
}

const sizeOf = (stage: string) =>
  globSync('**', { cwd: stage }).reduce((sum, path) => sum + statSync(join(stage, path)).size, 0);

if (import.meta.main) console.log(await buildPackage({ folder: process.argv[2] }));
