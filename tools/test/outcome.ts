/** What came of a suite, counted from its runner's own results. */
export interface Outcome {
  suite: string;
  passed: number;
  failed: number;
  skipped: number;
  seconds: number;
}

type Counts = Pick<Outcome, 'passed' | 'failed' | 'skipped'>;

/** Of the last `test:summary` of node:test. A file that declares no test is counted there as one that passed. */
export function countNodeTests(
  counts: { tests: number; passed: number; skipped: number; todo: number },
  emptyFiles: number,
): Counts {
  return {
    passed: counts.passed - emptyFiles,
    // Those that were cancelled among them.
    failed: counts.tests - counts.passed - counts.skipped - counts.todo + emptyFiles,
    skipped: counts.skipped + counts.todo,
  };
}

/** Of Playwright's JSON report. `undefined`: it ended without one. */
export function countBrowserTests(
  report:
    | { stats: { expected: number; flaky: number; unexpected: number; skipped: number }; errors: unknown[] }
    | undefined,
): Counts {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, flaky, unexpected, skipped } = report.stats;
  // Errors outside of tests, such as a file that cannot be loaded.
  return { passed: expected + flaky, failed: unexpected + report.errors.length, skipped };
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
