import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { countBrowserTests, countNodeTests, orOneFailed, type Outcome } from './outcome.ts';
import {
  chromium,
  dbus,
  firefox,
  gcc,
  gnuMake,
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
  xmlsec,
  mellon,
  notify,
  openidc,
  xvfb,
  zbar,
} from './requirements.ts';

export interface Suite {
  name: string;
  needs: Requirement[];
  /** Whether without what it needs none of it can run. */
  needsAll: boolean;
  needsFaces: boolean;
  files: string[];
  run(files: string[]): Promise<Omit<Outcome, 'suite' | 'seconds'>>;
}

const root = join(import.meta.dirname, '..', '..');
const testLimit = 2 * 60_000; // ms

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

async function runNodeTests(files: string[], limit = testLimit) {
  const events = run({
    files: files.map((file) => join(root, file)),
    concurrency: availableParallelism(),
    timeout: limit,
    // A test that failed may leave something open, which must not hold up the rest.
    execArgv: ['--test-force-exit'],
  });
  let emptyFiles = 0;
  let summary: (Parameters<typeof countNodeTests>[0] & { success: boolean }) | undefined;
  events.on('test:pass', ({ name, file, nesting }) => {
    if (nesting !== 0 || name !== file) return;
    emptyFiles += 1;
    console.log(`${name} declares no test`);
  });
  events.on('test:summary', ({ file, counts, success }) => {
    if (file === undefined) summary = { ...counts, success };
  });
  for await (const piece of events.compose(new spec())) process.stdout.write(String(piece));
  if (summary === undefined) throw new Error('node:test ended without a summary');
  return orOneFailed(countNodeTests(summary, emptyFiles), summary.success);
}

async function runBrowserTests(files: string[]) {
  const results = join(root, 'test-results', 'results.json');
  rmSync(results, { force: true });
  const playwright = join(root, 'node_modules', '.bin', 'playwright');
  const child = spawn(playwright, ['test', ...files], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  return orOneFailed(countBrowserTests(readReport(results)), code === 0);
}

function readReport(file: string): Parameters<typeof countBrowserTests>[0] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof countBrowserTests>[0];
  } catch {
    return undefined;
  }
}
