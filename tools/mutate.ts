/**
 * Mutation sampling: `npm run mutate -- [--count 300] [--seed 1] [--only PART-OF-A-PATH] [--at-once 2] [--again]`. Plants one small
 * defect after the other in copies of the repository, and says which of them no test noticed. Tests on PostgreSQL are
 * left out. Writes test-results/mutation.json; `--again` tries anew what lasted by that file, for tests that were added.
 */
import './demand-node.cjs';
import { globSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseArgs } from 'node:util';
import { isReached, readCoverage, type Coverage } from './mutation/coverage.ts';
import { findMutants, sample, withMutant, type Mutant } from './mutation/mutants.ts';
import { makeScratch, type Scratch } from './mutation/scratch.ts';

/** What is mutated: both ends of the wire format, and what decides who gets in. */
const mutated = ['packages/protocol/src/**/*.ts', 'apps/server/src/{push,authentication,policy}/**/*.ts'];
const tests = [
  'packages/protocol/src/**/*.test.ts',
  'apps/server/src/**/*.test.ts',
  'tests/{fuzz,flows}/*.test.ts',
];
const longest = 120_000; // ms, of one test file without a mutant
/** What no test noticed for so long, nearest and quickest first, has survived. */
const patience = 90_000; // ms

interface Suite {
  file: string;
  seconds: number;
  coverage: Coverage;
}

interface Verdict extends Mutant {
  verdict: 'killed' | 'timed out' | 'survived' | 'not reached';
  /** The test file and the test that noticed it. */
  by?: string;
  seconds: number;
}

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    'at-once': { type: 'string', default: '2' },
    again: { type: 'boolean', default: false },
  },
});
const root = join(import.meta.dirname, '..');
const began = performance.now();
const find = (patterns: string[]) => globSync(patterns, { cwd: root }).sort();

const all = find(mutated)
  .filter((file) => !file.endsWith('.test.ts') && file.includes(options.only))
  .flatMap((file) => findMutants(file, readFileSync(join(root, file), 'utf8')));
const reportFile = join(root, 'test-results', 'mutation.json');
const chosen = options.again
  ? lastingOf(reportFile)
  : sample(all, Number(options.count), Number(options.seed));
console.log(`${chosen.length} of ${all.length} mutants, seed ${options.seed}`);

const scratches = Array.from({ length: Number(options['at-once']) }, () => makeScratch(root));
try {
  const suites = (await inParallel(find(tests), runWithout)).filter((suite) => suite !== undefined);
  console.log(`${suites.length} test files pass without a mutant`);
  const verdicts = await inParallel(chosen, (mutant, scratch) => judge(mutant, suites, scratch));
  report(verdicts);
} finally {
  for (const scratch of scratches) scratch.remove();
}

/** What no test noticed the last time, as far as the sources are still the same there. */
function lastingOf(file: string): Mutant[] {
  const { verdicts } = JSON.parse(readFileSync(file, 'utf8')) as { verdicts: Verdict[] };
  const key = ({ file: path, line, column, operator, before }: Mutant) =>
    JSON.stringify([path, line, column, operator, before]);
  const lasting = new Set(verdicts.filter(isLasting).map(key));
  return all.filter((mutant) => lasting.has(key(mutant)));
}

/** Works through the items in order, one at a time in each copy. */
async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T, scratch: Scratch) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const inOne = async (scratch: Scratch) => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index]!, scratch);
    }
  };
  await Promise.all(scratches.map(inOne));
  return results;
}

/** How long a test file takes and what it reaches; undefined where it fails already. */
async function runWithout(file: string, scratch: Scratch): Promise<Suite | undefined> {
  const reports = mkdtempSync(join(scratch.folder, '.coverage-'));
  const { result, seconds, reason } = await scratch.run(file, longest, { NODE_V8_COVERAGE: reports });
  if (result === 'passed') return { file, seconds, coverage: readCoverage(scratch.folder, reports) };
  console.log(`left out, since it ${result} without a mutant: ${file}: ${reason ?? ''}`);
  return undefined;
}

async function judge(mutant: Mutant, suites: readonly Suite[], scratch: Scratch): Promise<Verdict> {
  const start = performance.now();
  const reaching = suites
    .filter(({ coverage }) => isReached(coverage, mutant.file, mutant.start))
    .sort((a, b) => nearness(mutant, b.file) - nearness(mutant, a.file) || a.seconds - b.seconds);
  const path = join(scratch.folder, mutant.file);
  const source = readFileSync(path, 'utf8');
  const verdict: Verdict = {
    ...mutant,
    verdict: reaching.length > 0 ? 'survived' : 'not reached',
    seconds: 0,
  };
  writeFileSync(path, withMutant(source, mutant));
  for (const { file, seconds } of reaching) {
    if (performance.now() - start > patience) break;
    const { result, reason } = await scratch.run(file, seconds * 4000 + 15_000);
    if (result === 'passed') continue;
    verdict.verdict = result === 'failed' ? 'killed' : 'timed out';
    verdict.by = reason === undefined ? file : `${file} › ${reason}`;
    break;
  }
  writeFileSync(path, source);
  verdict.seconds = (performance.now() - start) / 1000;
  console.log(describe(verdict));
  return verdict;
}

function isLasting({ verdict }: Verdict): boolean {
  return verdict === 'survived' || verdict === 'not reached';
}

/** The test of the same file, then those of its folder, then the rest. */
function nearness({ file }: Mutant, testFile: string): number {
  if (testFile === file.replace(/\.ts$/, '.test.ts')) return 2;
  return posix.dirname(testFile) === posix.dirname(file) ? 1 : 0;
}

function describe({ verdict, file, line, column, operator, before, after, seconds }: Verdict): string {
  const short = (text: string) => (text.length > 50 ? `${text.slice(0, 50)}…` : text).replaceAll(/\s+/g, ' ');
  return `${verdict.padEnd(11)} ${seconds.toFixed(0).padStart(4)} s  ${file}:${line}:${column}  ${operator}: ${short(before)} → ${short(after)}`;
}

function report(verdicts: Verdict[]): void {
  const count = (verdict: Verdict['verdict']) => verdicts.filter((each) => each.verdict === verdict).length;
  const counts = {
    killed: count('killed'),
    'timed out': count('timed out'),
    survived: count('survived'),
    'not reached': count('not reached'),
  };
  mkdirSync(join(root, 'test-results'), { recursive: true });
  const seconds = Math.round((performance.now() - began) / 1000);
  writeFileSync(
    reportFile,
    JSON.stringify({ seed: Number(options.seed), seconds, counts, verdicts }, undefined, 1),
  );
  const lasting = verdicts.filter(isLasting);
  console.log(`\nWhat no test noticed:\n${lasting.map(describe).join('\n') || 'nothing'}\n`);
  console.log(
    `${Object.entries(counts)
      .map(([name, n]) => `${n} ${name}`)
      .join(', ')} in ${seconds} s; ${reportFile}`,
  );
}
