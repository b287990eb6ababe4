import { execute } from './migrate.ts';
import type { Table } from './schema.ts';
import type { Parameters, Queryable, Statement, Transaction, Value } from './store.ts';

/** Whole tables, whatever they hold: for backup and restore. Names come from the migrations, never from a file. */

/** In one statement. SQLite looks for each by its name, so that many more take longer in all. */
const mostParameters = 100;

export const quoted = (name: string): string => `"${name}"`;

/** Reads all that is in a table. */
export const textOfSelect = ({ name, columns }: Table): string =>
  `SELECT ${columns.map(quoted).join(', ')} FROM ${quoted(name)}`;

export async function hasRows(on: Queryable, { name }: Table): Promise<boolean> {
  return (await on.query(once(`SELECT 1 AS one FROM ${quoted(name)} LIMIT 1`, []), {})).length > 0;
}

/** `tables` are in the order of their references; they go the other way round. */
export async function emptyTables(transaction: Transaction, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables.toReversed()) await execute(transaction, `DELETE FROM ${quoted(name)}`);
}

/** As {@link emptyTables}, and the record of the migrations with them. */
export async function dropTables(transaction: Transaction, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables.toReversed()) await execute(transaction, `DROP TABLE ${quoted(name)}`);
  await execute(transaction, 'DROP TABLE migrations');
}

/** What writes rows into one table, some with each statement. */
export function inserter(
  transaction: Transaction,
  { name, columns }: Table,
): (rows: Value[][]) => Promise<void> {
  const mostRows = Math.floor(mostParameters / columns.length);
  const statements = new Map<number, Statement>();
  const statementFor = (count: number): Statement => {
    let statement = statements.get(count);
    if (!statement) {
      const parameters = Array.from({ length: count }, (_, row) => columns.map((__, at) => nameOf(row, at)));
      const values = parameters.map((row) => `(${row.map((parameter) => `:${parameter}`).join(', ')})`);
      const into = `${quoted(name)} (${columns.map(quoted).join(', ')})`;
      statement = once(`INSERT INTO ${into} VALUES ${values.join(', ')}`, parameters.flat());
      statements.set(count, statement);
    }
    return statement;
  };
  return async (rows) => {
    for (let from = 0; from < rows.length; from += mostRows) {
      const some = rows.slice(from, from + mostRows);
      const parameters: Parameters = {};
      for (const [row, values] of some.entries()) {
        for (const [at, value] of values.entries()) parameters[nameOf(row, at)] = value;
      }
      await transaction.query(statementFor(some.length), parameters);
    }
  };
}

const nameOf = (row: number, column: number): string => `r${row}_${column}`;

/** Stays out of the register, which is for texts that are known beforehand. */
const once = (text: string, names: readonly string[]): Statement => ({ text, names }) as Statement;
