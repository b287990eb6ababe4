import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiagnosticEntry, UsageEntry } from '@countersign/protocol/wire';
import { averageInWords, nameInWords } from './words.ts';

test('every name that an app may report has words', () => {
  const reported: string[] = [DiagnosticEntry, UsageEntry].flatMap(({ properties }) => properties.name.enum);
  assert.equal(reported.length, 18);
  for (const name of reported) assert.notEqual(nameInWords(name), name);
});

test('durations are shown as what one took', () => {
  const report = { count: 4, duration_ms: 1000 } as Parameters<typeof averageInWords>[0];
  assert.equal(averageInWords(report), '250 ms');
  assert.equal(averageInWords({ ...report, duration_ms: 10_000 }), '2.5 s');
  assert.equal(averageInWords({ ...report, duration_ms: null }), null);
});
