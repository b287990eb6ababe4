import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { backup } from '../../tools/vectors/backup.ts';
import { costProblem } from './scrypt.ts';

/** docs/authenticator-backup.md against the code: its worked example is that of the vectors, its bounds are ours. */

const root = join(import.meta.dirname, '..', '..', '..', '..');
const page = readFileSync(join(root, 'docs', 'authenticator-backup.md'), 'utf8');
const blocks = [...page.matchAll(/^```\w+\n([^]*?)^```$/gm)].map(([, text]) => text!.trim());
const { worked } = backup;

test('the worked example is that of the vectors', () => {
  const [password, plaintext, additionalData, file] = blocks;
  assert.equal(password, worked.password);
  assert.equal(plaintext, worked.plaintext);
  assert.equal(additionalData, worked.additional_data);
  assert.deepEqual(JSON.parse(file!), JSON.parse(worked.backup));
  const derived = Buffer.from(worked.derived, 'base64url');
  for (const bytes of [derived.subarray(0, 32), derived.subarray(32)]) {
    assert.ok(page.includes(`\`${bytes.toString('base64url')}\``));
  }
  for (const text of [worked.salt, worked.iv]) assert.ok(page.includes(`\`${text}\``));
});

test('the bounds of scrypt are those of the page', () => {
  assert.equal(costProblem({ n: 32768, r: 8, p: 12 }), undefined);
  assert.equal(costProblem({ n: 32768, r: 8, p: 13 }), 'too_large');
  assert.ok(page.includes(`≤ ${(32768 * 8 * 12).toLocaleString('en')}`));
  // 64 MiB, in which p has its part too.
  assert.equal(costProblem({ n: 262144, r: 1, p: 1 }), undefined);
  assert.equal(costProblem({ n: 524288, r: 1, p: 1 }), 'too_large');
  for (const n of [0, 1, 3, 24, 2.5, -2, Number.NaN]) assert.equal(costProblem({ n, r: 1, p: 1 }), 'damaged');
  for (const r of [0, -1, 0.5, Number.NaN]) {
    assert.equal(costProblem({ n: 2, r, p: 1 }), 'damaged');
    assert.equal(costProblem({ n: 2, r: 1, p: r }), 'damaged');
  }
});

test('every problem of the page is one that a vector has', () => {
  for (const { problem } of backup.refused) assert.ok(page.includes(`\`${problem}\``), problem);
});
