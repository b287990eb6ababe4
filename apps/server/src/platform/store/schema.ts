import { DatabaseSync } from 'node:sqlite';
import type { Migration } from './migrate.ts';

/** A table as the migrations make it: the same on both engines. */
export interface Table {
  name: string;
  /** In the order of the table. */
  columns: string[];
}

/**
 * The tables that `migrations` make (without the record of the migrations themselves), each after those that it refers
 * to. It is read from the migrations, on an engine in memory, so that nobody keeps a list by hand, and so that a table
 * of somebody else's in the same PostgreSQL database is none of ours.
 * Throws where tables refer to each other in a circle.
 */
export function schemaOf(migrations: readonly Migration[]): Table[] {
  const database = new DatabaseSync(':memory:');
  try {
    for (const { statements } of migrations) for (const text of statements) database.exec(text);
    const read = (text: string, ...values: string[]) => database.prepare(text).all(...values);
    const tables = read(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`,
    ).map(({ name }) => ({
      name: String(name),
      columns: read('SELECT name FROM pragma_table_info(?) ORDER BY cid', String(name)).map((column) =>
        String(column.name),
      ),
      references: read('SELECT "table" AS name FROM pragma_foreign_key_list(?)', String(name)).map((key) =>
        String(key.name),
      ),
    }));
    return inOrder(tables).map(({ name, columns }) => ({ name, columns }));
  } finally {
    database.close();
  }
}

function inOrder<T extends { name: string; references: string[] }>(tables: T[]): T[] {
  const ordered: T[] = [];
  const waiting = [...tables];
  while (waiting.length > 0) {
    const index = waiting.findIndex(({ references }) =>
      references.every((reference) => ordered.some(({ name }) => name === reference)),
    );
    if (index === -1)
      throw new Error(`these tables refer to each other: ${waiting.map(({ name }) => name).join(', ')}`);
    ordered.push(...waiting.splice(index, 1));
  }
  return ordered;
}
