import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import {
  countBrowserTests,
  countedAs,
  countNodeTests,
  namesOfBrowserTests,
  orOneFailed,
  sum,
  type BrowserReport,
  type Counts,
  type EndedTest,
  type Outcome,
} from './outcome.ts';
import {
  chromium,
  dbus,
  firefox,
  gcc,
  gnuMake,
  mingw,
  oathtool,
  openssl,
  pamHeaders,
  pamtester,
  postgres,
  sshServer,
  strace,
  sudo,
  type Requirement,
  webkit,
  wine,
  xmlsec,
  mellon,
  notify,
  openidc,
  xvfb,
  zbar,
} from './requirements.ts';

type Result = Omit<Outcome, 'suite' | 'seconds'>;

export interface Suite {
  name: string;
  needs: Requirement[];
  /** Whether without what it needs none of it can run. */
  needsAll: boolean;
  needsFaces: boolean;
  files: string[];
  run(files: string[]): Promise<Result>;
}

const root = join(import.meta.dirname, '..', '..');
const testLimit = 2 * 60_000; // ms
/** Where more files than these fail it is no unsteadiness. */
const worthAnotherRun = 3;

const find = (pattern: string) => {
  const exclude = ['**/node_modules/**', '**/dist/**'];
  return globSync(pattern, { cwd: root, exclude }).sort();
};

export const suites: Suite[] = [
  {
    name: 'unit',
    needs: [postgres, oathtool, xmlsec],
    needsAll: false,
    needsFaces: false,
    files: find('{packages,apps,tools,bench,tests/support}/**/*.test.ts'),
    run: (files) => runNodeTests(files),
  },
  {
    name: 'flows',
    needs: [postgres, openssl, mellon, openidc],
    needsAll: false,
    needsFaces: true,
    files: find('tests/flows/**/*.test.ts'),
    run: (files) => runNodeTests(files),
  },
  {
    name: 'fuzz',
    needs: [postgres],
    needsAll: false,
    needsFaces: true,
    files: find('tests/fuzz/*.test.ts'),
    run: (files) => runNodeTests(files, 5 * 60_000),
  },
  {
    name: 'durability',
    needs: [postgres, strace],
    needsAll: false,
    needsFaces: false,
    files: find('tests/durability/*.test.ts'),
    run: (files) => runNodeTests(files, 10 * 60_000),
  },
  {
    name: 'pam',
    needs: [gcc, gnuMake, pamHeaders, pamtester, sudo, sshServer],
    needsAll: false,
    needsFaces: false,
    files: find('tests/pam/*.test.ts'),
    run: (files) => runNodeTests(files),
  },
  {
    name: 'windows',
    needs: [mingw, wine, gnuMake],
    needsAll: true,
    needsFaces: false,
    files: find('tests/windows/*.test.ts'),
    run: (files) => runNodeTests(files),
  },
  {
    name: 'browser',
    needs: [chromium, dbus, oathtool, zbar],
    needsAll: false,
    needsFaces: true,
    files: find('tests/browser/*.spec.ts'),
    run: runBrowserTests,
  },
  {
    name: 'firefox',
    needs: [firefox, dbus, notify],
    needsAll: true,
    needsFaces: true,
    files: find('tests/firefox/*.test.ts'),
    run: (files) => runNodeTests(files),
  },
  {
    name: 'webkit',
    needs: [webkit, xvfb],
    needsAll: true,
    needsFaces: true,
    files: find('tests/webkit/*.test.ts'),
    run: (files) => runNodeTests(files),
  },
];

/**
 * Where a few files failed they are run again, one at a time: on two busy cores a test that waits for browsers, mail
 * and databases can lose a race that is none of the product's. What passes then counts, and is named in the end.
 */
async function runNodeTests(files: string[], limit = testLimit): Promise<Result> {
  const first = await runNodeTestsOnce(files, availableParallelism(), limit);
  const failed = files.filter((file) => first.get(file)!.failed > 0);
  if (failed.length === 0 || failed.length > worthAnotherRun) {
    return { ...sum([...first.values()]), failures: failed, unsteady: [] };
  }
  console.log(`\n──── again, one at a time: ${failed.join(', ')}`);
  const second = await runNodeTestsOnce(failed, 1, limit);
  const stillFailing = failed.filter((file) => second.get(file)!.failed > 0);
  return {
    ...sum(files.map((file) => second.get(file) ?? first.get(file)!)),
    failures: stillFailing,
    unsteady: failed.filter((file) => !stillFailing.includes(file)),
  };
}

/** What came of each file. One that declares no test has failed. */
async function runNodeTestsOnce(
  files: string[],
  concurrency: number,
  limit: number,
): Promise<Map<string, Counts>> {
  const events = run({
    files: files.map((file) => join(root, file)),
    concurrency,
    timeout: limit,
    // A test that failed may leave something open, which must not hold up the rest.
    execArgv: ['--test-force-exit'],
  });
  const results = new Map(files.map((file) => [file, { passed: 0, failed: 0, skipped: 0 }]));
  const count = (each: EndedTest, passed: boolean) => {
    const counts = results.get(relative(root, each.file ?? ''));
    const as = counts && countedAs(each, passed);
    if (as) counts[as] += 1;
  };
  events.on('test:pass', (each) => count(each, true));
  events.on('test:fail', (each) => count(each, false));
  // A process that is made to exit may take its summary along; a test that another file declares is not told under its own.
  const summaries = new Map<string, Counts>();
  events.on('test:summary', ({ file, counts, success }) => {
    if (file !== undefined) summaries.set(relative(root, file), orOneFailed(countNodeTests(counts), success));
  });
  for await (const piece of events.compose(new spec())) process.stdout.write(String(piece));
  for (const [file, counts] of results) {
    Object.assign(counts, summaries.get(file));
    if (counts.passed + counts.failed + counts.skipped > 0) continue;
    console.log(`${file} declares no test`);
    counts.failed = 1;
  }
  return results;
}

async function runBrowserTests(files: string[]): Promise<Result> {
  const results = join(root, 'test-results', 'results.json');
  rmSync(results, { force: true });
  const playwright = join(root, 'node_modules', '.bin', 'playwright');
  const child = spawn(playwright, ['test', ...files], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  const report = readReport(results);
  return { ...orOneFailed(countBrowserTests(report), code === 0), ...namesOfBrowserTests(report) };
}

function readReport(file: string): BrowserReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as BrowserReport | undefined;
  } catch {
    return undefined;
  }
}
