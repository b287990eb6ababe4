import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findPostgres } from '../../../../../tests/support/installed.ts';
import { engines } from '../../../../../tests/support/stores.ts';
import { applyMigrations, migrate, readMigrations, type Migration } from './migrate.ts';
import { migrations as folder } from './open.ts';
import { schemaOf } from './schema.ts';
import { statement, type Store } from './store.ts';
import { dropTables } from './tables.ts';

const catalogues = {
  sqlite: statement<{ name: string; columns: number }>(`
    SELECT name, (SELECT COUNT(*) FROM pragma_table_info(s.name)) AS columns FROM sqlite_schema s
    WHERE type = 'table' AND name NOT LIKE 'sqlite%'`),
  postgres: statement<{ name: string; columns: number }>(`
    SELECT table_name AS name, COUNT(*) AS columns FROM information_schema.columns
    WHERE table_schema = current_schema() GROUP BY table_name`),
};

for (const engine of ['sqlite', 'postgres'] as Store['engine'][]) {
  const skip = engine === 'postgres' && findPostgres() === undefined && 'PostgreSQL is not installed';
  describe(`on ${engine}`, { skip }, () => {
    test('no table and no column is forgotten: the schema read from the migrations is what the engine has', async () => {
      await using place = await engines[engine]();
      await migrate(place.store, folder);
      const found = await catalogues[engine].all(place.store);
      const read = schemaOf(await readMigrations(folder));
      assert.ok(read.length > 15, `${read.length} tables`);
      assert.deepEqual(
        found.map(({ name, columns }) => `${name} ${columns}`).sort(),
        [...read.map(({ name, columns }) => `${name} ${columns.length}`), 'migrations 4'].sort(),
      );
    });

    test('the tables go in the opposite order of their references, and come again', async () => {
      await using place = await engines[engine]();
      const migrations = await readMigrations(folder);
      await migrate(place.store, folder);
      await place.store.transaction(async (transaction) => {
        await dropTables(transaction, schemaOf(migrations));
        await applyMigrations(transaction, migrations);
      });
      assert.equal((await catalogues[engine].all(place.store)).length, schemaOf(migrations).length + 1);
    });
  });
}

const made = (...statements: string[]): Migration[] => [
  { number: 1, name: '0001-x.sql', sha256: '', statements },
];

test('a table comes after those that it refers to, wherever it stands', () => {
  const tables = schemaOf(
    made(
      'CREATE TABLE visit (person TEXT REFERENCES person (name))',
      'CREATE TABLE person (name TEXT PRIMARY KEY)',
      'ALTER TABLE person ADD COLUMN note TEXT',
    ),
  );
  assert.deepEqual(tables, [
    { name: 'person', columns: ['name', 'note'] },
    { name: 'visit', columns: ['person'] },
  ]);
});

test('tables that refer to each other are refused', () => {
  const circle = made(
    'CREATE TABLE a (id TEXT PRIMARY KEY, b TEXT REFERENCES b (id))',
    'CREATE TABLE b (id TEXT PRIMARY KEY, a TEXT REFERENCES a (id))',
  );
  assert.throws(() => schemaOf(circle), /refer to each other: a, b/);
});
