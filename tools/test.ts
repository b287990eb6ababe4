/**
 * All tests: `npm test`, or `npm test -- unit|flows|browser [part of a file's path]`. Installs what they need where
 * it may, builds the faces, runs the suites, and ends with the line `N passed, N failed`.
 */
import './demand-node.cjs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeCounts, isGood, sum, type Outcome } from './test/outcome.ts';
import { provide } from './test/requirements.ts';
import { suites } from './test/suites.ts';

const [suiteName, filter = ''] = process.argv.slice(2);
const chosen = suites.filter(({ name }) => suiteName === undefined || name === suiteName);
if (chosen.length === 0) {
  console.error(`Usage: npm test [-- ${suites.map(({ name }) => name).join('|')} [part of a file's path]]`);
  process.exit(2);
}
const planned = chosen
  .map((suite) => ({ ...suite, files: suite.files.filter((file) => file.includes(filter)) }))
  .filter(({ files }) => files.length > 0);
if (planned.length === 0) console.log('No test file matches');

const outcomes: Outcome[] = [];
const broken = (what: string) =>
  outcomes.push({ suite: what, passed: 0, failed: 1, skipped: 0, failures: [], unsteady: [], seconds: 0 });

const { missing, failed: couldNotInstall } = provide([...new Set(planned.flatMap(({ needs }) => needs))]);
if (couldNotInstall) broken('installing');

let runnable = planned.filter(
  ({ needs, needsAll }) => !needsAll || !needs.some((need) => missing.includes(need)),
);
if (runnable.some(({ needsFaces }) => needsFaces)) {
  const building = join(import.meta.dirname, 'build-faces.ts');
  if (spawnSync(process.execPath, [building], { stdio: 'inherit' }).status !== 0) {
    broken('building the faces');
    runnable = runnable.filter(({ needsFaces }) => !needsFaces);
  }
}

for (const suite of runnable) {
  console.log(`\n──── ${suite.name}: ${suite.files.length} files`);
  const began = performance.now();
  const counts = await suite.run(suite.files);
  outcomes.push({ suite: suite.name, ...counts, seconds: (performance.now() - began) / 1000 });
}

console.log('');
for (const outcome of outcomes) {
  console.log(`${outcome.suite.padEnd(20)} ${describeCounts(outcome)} in ${outcome.seconds.toFixed(1)} s`);
}
for (const { failures, unsteady } of outcomes) {
  for (const name of unsteady) console.log(`Passed only the second time: ${name}`);
  for (const name of failures) console.log(`Failed: ${name}`);
}
for (const { name, leftOut } of missing) console.log(`Left out: ${leftOut}, since ${name} is not installed`);
const total = sum(outcomes);
console.log(describeCounts(total));
process.exitCode = isGood(total) ? 0 : 1;
