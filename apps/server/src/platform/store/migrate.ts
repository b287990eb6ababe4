import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { statement, type Queryable, type Statement, type Store, type Transaction } from './store.ts';

export interface Migration {
  number: number;
  name: string;
  sha256: string;
  statements: string[];
}

export interface Applied {
  number: number;
  name: string;
  sha256: string;
}

const createTable = `CREATE TABLE IF NOT EXISTS migrations (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  applied_at BIGINT NOT NULL
)`;

const readApplied = statement<Applied>('SELECT number, name, sha256 FROM migrations ORDER BY number');

const recordApplied = statement(
  'INSERT INTO migrations (number, name, sha256, applied_at) VALUES (:number, :name, :sha256, :now)',
);

/** Any number, the same in every version: who migrates holds this lock of the PostgreSQL database. */
const advisoryLock = 1_129_270_867;

/**
 * Brings the database to the version of the code: applies the files `NNNN-name.sql` of `folder` that it has not
 * had, in order, all in one transaction, and resolves to their names. A file is one text for both engines, with a
 * `;` at the end of a line after each statement, and does not change once it is released.
 *
 * Two processes may start at once: the second waits, and finds nothing left to do. Rejects, with the database as it
 * was, where it was made by a newer version, where a file changed after it was applied, or where a statement fails.
 */
export async function migrate(store: Store, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder);
  return store.transaction(async (transaction) => {
    // SQLite has one writer at a time anyway. PostgreSQL gives the lock back when the transaction ends.
    if (store.engine === 'postgres')
      await execute(transaction, `SELECT pg_advisory_xact_lock(${advisoryLock})`);
    return applyMigrations(transaction, migrations);
  });
}

/** The names of the migrations that the database has not had. Rejects as {@link migrate} does. Changes nothing. */
export async function pendingMigrations(store: Store, folder: string): Promise<string[]> {
  const migrations = await readMigrations(folder);
  // A database that has had none has no table to ask.
  const applied = await readApplied.all(store).catch(() => []);
  return pendingOf(migrations, applied).map(({ name }) => name);
}

/** Applies those of `migrations` that the database has not had, and resolves to their names. Rejects as {@link migrate}. */
export async function applyMigrations(
  transaction: Transaction,
  migrations: readonly Migration[],
): Promise<string[]> {
  const pending = pendingOf(migrations, await appliedMigrations(transaction));
  for (const { number, name, sha256, statements } of pending) {
    for (const text of statements) {
      await execute(transaction, text).catch((cause: unknown) => {
        throw new Error(`migration ${name} failed: ${(cause as Error).message}, in: ${text}`, { cause });
      });
    }
    await recordApplied.run(transaction, { number, name, sha256, now: Date.now() });
  }
  return pending.map(({ name }) => name);
}

/** What the database has had, in order; nothing where it is new. */
export async function appliedMigrations(transaction: Transaction): Promise<Applied[]> {
  await execute(transaction, createTable);
  return readApplied.all(transaction);
}

/** Runs a text once. It stays out of the register of statements, which is for those that run again. */
export async function execute(on: Queryable, text: string): Promise<void> {
  await on.query({ text, names: [] as readonly string[] } as Statement, {});
}

/** The migrations in the files of a folder, in order. Rejects where a name or a number is wrong. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations: Migration[] = [];
  for (const name of names) {
    const number = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1]);
    if (Number.isNaN(number))
      throw new Error(`${name} is no name of a migration: it must be like 0001-name.sql`);
    if (migrations.at(-1)?.number === number) throw new Error(`two migrations have the number ${number}`);
    // A checkout may have changed the ends of the lines.
    const text = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
    const sha256 = createHash('sha256').update(text).digest('hex');
    migrations.push({ number, name, sha256, statements: statementsOf(text) });
  }
  return migrations;
}

/** The statements of a text, without the comments that have a line of their own. */
function statementsOf(text: string): string[] {
  return text
    .replace(/^\s*--.*$/gm, '')
    .split(/;[ \t]*(?:--.*)?$/m)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Those that are not applied. Throws where the database did not come from an earlier state of these files. */
function pendingOf(migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const done = appliedOf(migrations, applied);
  const last = done.at(-1)?.number ?? 0;
  const pending = migrations.filter((migration) => !done.includes(migration));
  const late = pending.find(({ number }) => number < last);
  if (late) throw new Error(`${late.name} has a lower number than what the database has already`);
  return pending;
}

/** Those that are applied. Throws where the database did not come from an earlier state of these files. */
export function appliedOf(migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const newest = migrations.at(-1)?.number ?? 0;
  return applied.map(({ number, name, sha256 }) => {
    if (number > newest) {
      throw new Error(
        `the database was made by a newer version (it has ${name}): run that version or a later one`,
      );
    }
    const file = migrations.find((migration) => migration.number === number);
    if (file === undefined) throw new Error(`the database has ${name}, but the file is gone`);
    if (file.sha256 !== sha256) throw new Error(`${file.name} changed after it was applied as ${name}`);
    return file;
  });
}
