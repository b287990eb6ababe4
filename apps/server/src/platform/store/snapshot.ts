import { existsSync } from 'node:fs';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { PlainError } from '../plain-error.ts';
import type { Applied } from './migrate.ts';
import { sqliteFile, type StorePlace } from './open.ts';
import { PostgresConnection } from './postgres-connection.ts';
import type { Table } from './schema.ts';
import type { Store, Value } from './store.ts';
import { quoted, textOfSelect } from './tables.ts';

/** The whole store as it is at one moment, however long the reading takes, while others go on writing. */
export interface Snapshot extends AsyncDisposable {
  readonly engine: Store['engine'];
  readonly applied: readonly Applied[];
  /** All rows of a table, some hundreds at a time, each with its values in the order of the columns. */
  rows(table: Table): AsyncIterable<Value[][]>;
}

const atOnce = 500; // rows
const readMigrations = 'SELECT number, name, sha256 FROM migrations ORDER BY number';

/** Opens a connection of its own. Rejects with a PlainError where no server ever worked there. */
export async function openSnapshot(place: StorePlace): Promise<Snapshot> {
  return place.databaseUrl ? openOnPostgres(place.databaseUrl) : openOnSqlite(sqliteFile(place));
}

/** In WAL mode a read transaction sees one state and holds up nobody. */
function openOnSqlite(file: string): Snapshot {
  if (!existsSync(file)) throw new PlainError(`There is no store: ${file} does not exist.`);
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    database.exec('BEGIN');
    if (!database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'migrations'`).get())
      throw new PlainError(`There is no store in ${file} yet.`);
    const applied = database
      .prepare(readMigrations)
      .all()
      .map((row) => ({ ...row }) as unknown as Applied);
    return {
      engine: 'sqlite',
      applied,
      async *rows(table) {
        const reading = database.prepare(textOfSelect(table));
        reading.setReturnArrays(true);
        let some: Value[][] = [];
        for (const row of reading.iterate() as Iterable<unknown> as Iterable<SQLOutputValue[]>) {
          some.push(row as Value[]);
          if (some.length < atOnce) continue;
          yield some;
          some = [];
        }
        yield some;
      },
      async [Symbol.asyncDispose]() {
        database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

async function openOnPostgres(url: string): Promise<Snapshot> {
  const connection = await PostgresConnection.open(url);
  try {
    await connection.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', []);
    const { rows: found } = await connection.run(`SELECT to_regclass('migrations') IS NOT NULL AS there`, []);
    if (!found[0]?.there) throw new PlainError('There is no store in the database of DATABASE_URL yet.');
    const { rows: applied } = await connection.run(readMigrations, []);
    return {
      engine: 'postgres',
      applied: applied as unknown as Applied[],
      async *rows(table) {
        // A name of its own: the statement that fetches is prepared, with the columns that it brings.
        const cursor = quoted(`all of ${table.name}`);
        await connection.run(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${textOfSelect(table)}`, []);
        for (;;) {
          const { rows } = await connection.run(`FETCH ${atOnce} FROM ${cursor}`, []);
          yield rows.map((row) => table.columns.map((column) => row[column]!));
          if (rows.length < atOnce) break;
        }
        await connection.run(`CLOSE ${cursor}`, []);
      },
      async [Symbol.asyncDispose]() {
        connection.close();
        await connection.ended;
      },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}
