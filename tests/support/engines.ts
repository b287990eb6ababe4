import { describe, test } from 'node:test';
import { findPostgres } from './installed.ts';

export type Engine = 'sqlite' | 'postgres';

/** Declares the same tests for both engines of the store. Where PostgreSQL is not installed, its half is skipped. */
export function forEachEngine(declare: (engine: Engine) => void): void {
  describe('on SQLite', () => declare('sqlite'));
  // A skipped suite counts nowhere, a skipped test does.
  if (findPostgres() === undefined) test('on PostgreSQL', { skip: 'PostgreSQL is not installed' });
  else describe('on PostgreSQL', () => declare('postgres'));
}
