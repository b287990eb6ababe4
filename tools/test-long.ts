/**
 * The tests that take their time: `npm run test:long [-- NAME]`. Each is a longer variant of a suite of `npm test`, with
 * fresh random seeds; those that were used are printed, so that a failure can be had again.
 */
import './demand-node.cjs';
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync } from 'node:fs';
import { join } from 'node:path';

interface LongSuite {
  name: string;
  /** A program of Node's arguments, run in the root of the repository. */
  command: string[];
  /** What it takes from the environment; what is set there already counts. */
  env: Record<string, string>;
}

const root = join(import.meta.dirname, '..');
const tests = (pattern: string) => [
  '--test',
  '--test-force-exit',
  ...globSync(pattern, { cwd: root }).sort(),
];

const suites: LongSuite[] = [
  {
    name: 'fuzz',
    command: tests('tests/fuzz/*.test.ts'),
    env: { COUNTERSIGN_FUZZ_RUNS: '10000', COUNTERSIGN_FUZZ_SEED: String(randomInt(2 ** 31)) },
  },
  {
    name: 'durability',
    command: tests('tests/durability/*.test.ts'),
    env: { COUNTERSIGN_KILL_ROUNDS: '200', COUNTERSIGN_SEED: String(randomInt(2 ** 31)) },
  },
  {
    name: 'pam',
    command: tests('tests/pam/harness.test.ts'),
    env: { COUNTERSIGN_PAM_FUZZ_RUNS: '200000', COUNTERSIGN_FUZZ_SEED: String(randomInt(2 ** 31)) },
  },
];

const [wanted] = process.argv.slice(2);
const chosen = suites.filter(({ name }) => wanted === undefined || name === wanted);
if (chosen.length === 0) {
  console.error(`Usage: npm run test:long [-- ${suites.map(({ name }) => name).join('|')}]`);
  process.exit(2);
}
for (const { name, command, env } of chosen) {
  const given = Object.fromEntries(
    Object.entries(env).map(([key, value]) => [key, process.env[key] ?? value]),
  );
  console.log(
    `\n──── ${name}: ${Object.entries(given)
      .map(([key, value]) => `${key}=${value}`)
      .join(' ')}`,
  );
  const { status } = spawnSync(process.execPath, command, {
    cwd: root,
    env: { ...process.env, ...given },
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
