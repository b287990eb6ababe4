import assert from 'node:assert/strict';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { engines } from '../../../../../tests/support/stores.ts';
import { findPostgres } from '../../../../../tests/support/installed.ts';
import { migrate } from './migrate.ts';
import { allStatements, type Store } from './store.ts';

/** Every statement of the server, prepared on both engines: one SQL text that either does not know is found here. */
const source = join(import.meta.dirname, '../..');

for (const engine of ['sqlite', 'postgres'] as Store['engine'][]) {
  const skip = engine === 'postgres' && findPostgres() === undefined && 'PostgreSQL is not installed';
  test(`every statement parses on ${engine}`, { skip }, async () => {
    for await (const file of glob('**/store.ts', { cwd: source })) await import(join(source, file));
    const statements = allStatements();
    assert.ok(statements.length > 100, `${statements.length} statements`);
    await using place = await engines[engine]();
    await migrate(place.store, join(source, '../migrations'));
    for (const statement of statements) {
      await assert.doesNotReject(place.store.prepare(statement), `in: ${statement.text}`);
    }
  });
}
