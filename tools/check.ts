/** All checks that are no tests: a table of what passed and how long it took, then the output of what failed. */
import './demand-node.cjs';
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

interface Check {
  name: string;
  /** Run one after the other until one fails. */
  commands: string[][];
}

const root = join(import.meta.dirname, '..');
const programs = join(root, 'node_modules', '.bin');
const workspaces = globSync('{packages,apps}/*/tsconfig.json', { cwd: root }).map(dirname).sort();

const checks: Check[] = [
  {
    name: 'sizes',
    commands: [
      ['node', 'tools/build-faces.ts'],
      ['node', 'tools/sizes.ts'],
    ],
  },
  { name: 'format', commands: [['prettier', '--check', '--log-level', 'warn', '.']] },
  { name: 'lint', commands: [['oxlint']] },
  { name: 'import bounds', commands: [['node', 'tools/import-bounds.ts']] },
  { name: 'unused code', commands: [['knip', '--no-config-hints']] },
  ...['.', ...workspaces].map((folder) => ({
    name: `types of ${folder === '.' ? 'tests and tools' : folder}`,
    commands: [['tsc', '--noEmit', '-p', folder]],
  })),
];

/** Resolves to the output of what failed, or undefined. */
async function run({ commands }: Check): Promise<string | undefined> {
  for (const [program, ...args] of commands) {
    const child = spawn(program!, args, {
      cwd: root,
      env: { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = new Promise<string | undefined>((resolve) => {
      child.on('error', (error) => resolve(error.message));
      child.on('exit', (code, signal) =>
        resolve(code === 0 ? undefined : `${program} ended with ${signal ?? code}`),
      );
    });
    const [stdout, stderr, failure] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
    if (failure !== undefined) return [stdout.trim(), stderr.trim(), failure].filter(Boolean).join('\n');
  }
  return undefined;
}

const failures: string[] = [];
const waiting = [...checks];
async function work(): Promise<void> {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const began = performance.now();
    const failure = await run(check);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(
      `${failure === undefined ? 'pass' : 'FAIL'}  ${check.name.padEnd(32)}${seconds.padStart(6)} s`,
    );
    if (failure !== undefined) failures.push(`\n──── ${check.name}\n${failure}`);
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work));

console.log(failures.join('\n'));
console.log(
  failures.length === 0 ? 'All checks passed' : `${failures.length} of ${checks.length} checks failed`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
