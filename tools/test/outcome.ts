/** What came of a suite, counted from its runner's own results. */
export interface Outcome {
  suite: string;
  passed: number;
  failed: number;
  skipped: number;
  /** Files or tests that failed, also the second time. */
  failures: string[];
  /** Those that passed only the second time. */
  unsteady: string[];
  seconds: number;
}

export type Counts = Pick<Outcome, 'passed' | 'failed' | 'skipped'>;

/** Of a `test:summary` of node:test. */
export function countNodeTests(counts: {
  tests: number;
  passed: number;
  skipped: number;
  todo: number;
}): Counts {
  const { tests, passed, skipped, todo } = counts;
  // What was cancelled has failed.
  return { passed, failed: tests - passed - skipped - todo, skipped: skipped + todo };
}

/** What node:test tells when a test, a suite or a file has ended, what is read here. */
export interface EndedTest {
  name: string;
  file?: string;
  nesting: number;
  skip?: string | boolean;
  todo?: string | boolean;
  details: { type?: string; error?: unknown };
}

/** As what it counts; undefined where it does not: a suite or a file, unless something outside of its tests failed. */
export function countedAs(
  { name, file, nesting, skip, todo, details }: EndedTest,
  passed: boolean,
): keyof Counts | undefined {
  if (skip || todo) return details.type === 'suite' ? undefined : 'skipped';
  const holds = details.type === 'suite' || (nesting === 0 && name === file);
  if (
    holds &&
    (passed || (details.error as { failureType?: string } | undefined)?.failureType === 'subtestsFailed')
  )
    return undefined;
  return passed ? 'passed' : 'failed';
}

interface BrowserSuite {
  specs?: { title: string; file: string; line: number; tests: { status: string }[] }[];
  suites?: BrowserSuite[];
}

/** Of Playwright's JSON report, what is read here. */
export interface BrowserReport extends BrowserSuite {
  stats: { expected: number; flaky: number; unexpected: number; skipped: number };
  errors: unknown[];
}

/** `undefined`: it ended without a report. */
export function countBrowserTests(report: BrowserReport | undefined): Counts {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, flaky, unexpected, skipped } = report.stats;
  // Errors outside of tests, such as a file that cannot be loaded.
  return { passed: expected + flaky, failed: unexpected + report.errors.length, skipped };
}

export function namesOfBrowserTests(
  report: BrowserReport | undefined,
): Pick<Outcome, 'failures' | 'unsteady'> {
  const specsOf = ({ specs = [], suites = [] }: BrowserSuite): NonNullable<BrowserSuite['specs']> => [
    ...specs,
    ...suites.flatMap(specsOf),
  ];
  const named = (status: string) =>
    specsOf(report ?? {})
      .filter(({ tests }) => tests.some((each) => each.status === status))
      .map(({ title, file, line }) => `${file}:${line} ${title}`);
  return { failures: named('unexpected'), unsteady: named('flaky') };
}

/** Where the runner itself speaks of a failure that is in no test, such as one of a hook, it is not to pass unseen. */
export function orOneFailed(counts: Counts, success: boolean): Counts {
  return success || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

export function describeCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

export function sum(outcomes: readonly Counts[]): Counts {
  const of = (key: keyof Counts) => outcomes.reduce((total, counts) => total + counts[key], 0);
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}

/** Nothing failed, and something ran. */
export const isGood = ({ passed, failed }: Counts): boolean => failed === 0 && passed > 0;
