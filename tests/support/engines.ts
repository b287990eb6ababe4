import { describe, test } from 'node:test';
import { findPostgres } from './installed.ts';

export type Engine = 'sqlite' | 'postgres';

/** The engines to run on: all, or those that COUNTERSIGN_TEST_ENGINES names, such as `sqlite`. */
const wanted = (process.env.COUNTERSIGN_TEST_ENGINES ?? 'sqlite,postgres').split(',');

/** Declares the same tests for both engines of the store. Where PostgreSQL is not installed, its half is skipped. */
export function forEachEngine(declare: (engine: Engine) => void): void {
  if (wanted.includes('sqlite')) describe('on SQLite', () => declare('sqlite'));
  if (!wanted.includes('postgres')) return;
  // A skipped suite counts nowhere, a skipped test does.
  if (findPostgres() === undefined) test('on PostgreSQL', { skip: 'PostgreSQL is not installed' });
  else describe('on PostgreSQL', () => declare('postgres'));
}
