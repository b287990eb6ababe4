import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMutants, sample, withMutant } from './mutants.ts';

/** The sources that come of one. */
const mutated = (source: string) => findMutants('a.ts', source).map((mutant) => withMutant(source, mutant));

test('conditions, comparisons and connectives', () => {
  assert.deepEqual(mutated('if (a < b) c = d;'), [
    'if (!(a < b)) c = d;',
    'if (a <= b) c = d;',
    'if (a < b) {}',
  ]);
  assert.deepEqual(mutated('x = a && b;').slice(1), ['x = a || b;']);
  assert.deepEqual(mutated('const x = (a) >= (b);'), ['const x = (a) > (b);']);
  assert.deepEqual(mutated('const x = !a;'), ['const x = a;']);
  assert.deepEqual(mutated('const x = a ? b : c;'), ['const x = !(a) ? b : c;']);
});

test('arithmetic, but no joining of texts', () => {
  assert.deepEqual(mutated('const x = a + b;'), ['const x = a - b;']);
  assert.deepEqual(mutated('const x = a + `b`;'), []);
});

test('literals: numbers, booleans, words; no sentences, names, types or sources of imports', () => {
  assert.deepEqual(mutated('f(7, true, "", "a", "a sentence")').slice(1), [
    'f(8, true, "", "a", "a sentence")',
    'f(7, false, "", "a", "a sentence")',
    'f(7, true, \'mutant\', "a", "a sentence")',
    'f(7, true, "", \'\', "a sentence")',
  ]);
  assert.deepEqual(mutated("import a from 'a'; export { b } from 'b'; type C = 'c' | 1;"), []);
  assert.deepEqual(mutated("const a = { 'b': c, summary: 'd' };"), []);
  assert.deepEqual(mutated("const a = 'b' as 'b';"), ["const a = '' as 'b';"]);
});

test('statements that do something', () => {
  assert.deepEqual(mutated('function f() { if (a) return; g(); throw b; }'), [
    'function f() { if (!(a)) return; g(); throw b; }',
    'function f() { if (a) {} g(); throw b; }',
    'function f() { if (a) return; {} throw b; }',
    'function f() { if (a) return; g(); {} }',
  ]);
});

test('places are counted in lines and columns', () => {
  const [mutant] = findMutants('a.ts', "// é😀\n  const x = 'ö' === a;");
  assert.deepEqual([mutant!.line, mutant!.column, mutant!.before], [2, 13, "'ö'"]);
});

test('a sample depends on its seed alone, keeps the order, and has nothing twice', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  const some = sample(items, 10, 7);
  assert.deepEqual(sample(items, 10, 7), some);
  assert.notDeepEqual(sample(items, 10, 8), some);
  assert.equal(new Set(some).size, 10);
  assert.deepEqual(
    [...some].sort((a, b) => a - b),
    some,
  );
  assert.deepEqual(sample(items, 99, 7), items);
});
