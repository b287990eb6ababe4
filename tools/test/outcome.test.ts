import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countBrowserTests,
  countedAs,
  countNodeTests,
  describeCounts,
  isGood,
  namesOfBrowserTests,
  orOneFailed,
  sum,
} from './outcome.ts';

const stats = { expected: 5, flaky: 1, unexpected: 0, skipped: 2 };

test('what node:test cancelled has failed, and what is to do is skipped', () => {
  const counts = { tests: 10, passed: 5, failed: 1, cancelled: 2, skipped: 1, todo: 1, suites: 3 };
  assert.deepEqual(countNodeTests(counts), { passed: 5, failed: 3, skipped: 2 });
});

test('a test counts; a suite or a file only where something outside of its tests failed', () => {
  const ended = { name: 'it holds', file: '/a.test.ts', nesting: 1, details: { type: 'test' } };
  assert.equal(countedAs(ended, true), 'passed');
  assert.equal(countedAs(ended, false), 'failed');
  assert.equal(countedAs({ ...ended, skip: 'not here' }, true), 'skipped');
  assert.equal(countedAs({ ...ended, todo: true }, false), 'skipped');
  const suite = (failureType: string) => ({ ...ended, details: { type: 'suite', error: { failureType } } });
  assert.equal(countedAs(suite('subtestsFailed'), false), undefined);
  assert.equal(countedAs(suite('hookFailed'), false), 'failed');
  assert.equal(countedAs(suite(''), true), undefined);
  const file = { ...ended, name: '/a.test.ts', nesting: 0 };
  assert.equal(countedAs(file, true), undefined);
  assert.equal(countedAs(file, false), 'failed');
});

test('Playwright: a file that cannot be loaded has failed', () => {
  assert.deepEqual(countBrowserTests({ stats, errors: [{}] }), { passed: 6, failed: 1, skipped: 2 });
});

test('Playwright: what failed and what passed only the second time is named, in whatever suite it stands', () => {
  const spec = (title: string, status: string) => ({
    title,
    file: 'a.spec.ts',
    line: 3,
    tests: [{ status }],
  });
  const suites = [
    {
      specs: [spec('one', 'flaky'), spec('two', 'expected')],
      suites: [{ specs: [spec('three', 'unexpected')] }],
    },
  ];
  assert.deepEqual(namesOfBrowserTests({ stats, errors: [], suites }), {
    failures: ['a.spec.ts:3 three'],
    unsteady: ['a.spec.ts:3 one'],
  });
});

test('Playwright: no report is a failure', () => {
  assert.deepEqual(countBrowserTests(undefined), { passed: 0, failed: 1, skipped: 0 });
});

test('a failure outside of the tests counts as one', () => {
  assert.equal(orOneFailed({ passed: 3, failed: 0, skipped: 0 }, false).failed, 1);
  assert.equal(orOneFailed({ passed: 3, failed: 2, skipped: 0 }, false).failed, 2);
  assert.equal(orOneFailed({ passed: 3, failed: 0, skipped: 0 }, true).failed, 0);
});

test('the last line says what was skipped only where something was', () => {
  const outcomes = [
    { passed: 3, failed: 0, skipped: 0 },
    { passed: 4, failed: 1, skipped: 2 },
  ];
  assert.equal(describeCounts(sum(outcomes)), '7 passed, 1 failed, 2 skipped');
  assert.equal(describeCounts(sum(outcomes.slice(0, 1))), '3 passed, 0 failed');
});

test('no test at all is no success', () => {
  assert.equal(isGood(sum([])), false);
  assert.equal(isGood({ passed: 0, failed: 0, skipped: 9 }), false);
  assert.equal(isGood({ passed: 9, failed: 1, skipped: 0 }), false);
  assert.equal(isGood({ passed: 9, failed: 0, skipped: 1 }), true);
});
