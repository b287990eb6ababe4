import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { bind, numbered } from './binding.ts';
import { MissingReference, StoreUnavailable, UniqueViolation } from './errors.ts';
import type { Parameters, Statement, Value } from './store.ts';

const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_CONSTRAINT_FOREIGNKEY = 787;
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555;
const SQLITE_CONSTRAINT_UNIQUE = 2067;

const openWithin = 5_000; // ms

/** A text as SQLite prepared it: parameters by position and rows as arrays, which cost a third of names and objects. */
interface Prepared {
  statement: StatementSync;
  columns: string[];
}

/** One connection to a SQLite file, with each statement prepared once. Synchronous. */
export class SqliteConnection {
  readonly #database: DatabaseSync;
  /** Weak, so that a text that is run once (a migration) does not stay. */
  readonly #prepared = new WeakMap<Statement, Prepared>();
  /** BEGIN, SAVEPOINT, COMMIT and so on: often run, so worth preparing as well. */
  readonly #controls = new Map<string, StatementSync>();

  /**
   * Opens the file, or makes it. Waits up to 5 seconds, blocking, for another process that opens it too.
   * One that reads only needs a file that exists. One that is alone does not wait, and keeps all others out.
   */
  constructor(file: string, mode: 'read' | 'write' | 'alone') {
    const readOnly = mode === 'read';
    this.#database = new DatabaseSync(file, { readOnly, timeout: mode === 'alone' ? 0 : openWithin });
    if (readOnly) return;
    try {
      if (mode === 'alone') {
        // Before the first access: the file's own lock is then taken with it, and kept.
        for (const text of [
          'PRAGMA locking_mode = EXCLUSIVE',
          'PRAGMA journal_mode = WAL',
          'BEGIN IMMEDIATE',
          'COMMIT',
        ])
          this.execute(text);
      }
      // SQLite does not wait where two turn a new file into WAL at once.
      blockingRetry(() => this.execute('PRAGMA journal_mode = WAL'));
      this.execute('PRAGMA synchronous = FULL');
      this.execute('PRAGMA foreign_keys = ON');
      // The first access takes the shared lock that keeps those out who want to be alone.
      this.execute('SELECT 1 FROM sqlite_schema LIMIT 1');
      // From here on the store waits for locks itself, without blocking the event loop.
      this.execute('PRAGMA busy_timeout = 0');
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Runs one of a few texts without parameters or rows. Throws {@link StoreUnavailable} where the disk is the reason. */
  execute(text: string): void {
    try {
      let prepared = this.#controls.get(text);
      if (prepared === undefined) this.#controls.set(text, (prepared = this.#database.prepare(text)));
      prepared.run();
    } catch (error) {
      throw byName(error);
    }
  }

  /** Throws where the text does not parse, or names a table or a column that is not there. */
  prepare(statement: Statement): Prepared {
    let prepared = this.#prepared.get(statement);
    if (prepared === undefined) {
      prepared = { statement: this.#database.prepare(numbered(statement, '?')), columns: [] };
      prepared.statement.setReturnArrays(true);
      this.#prepared.set(statement, prepared);
    }
    return prepared;
  }

  /** Throws {@link UniqueViolation} where a unique index refuses, and {@link StoreUnavailable} as `execute` does. */
  query(statement: Statement, parameters: Parameters): Record<string, Value>[] {
    const values = bind(statement, parameters).map(exact);
    try {
      const prepared = this.prepare(statement);
      const rows = prepared.statement.all(...values) as unknown as Value[][];
      return rows.map((row) => {
        // Known only now: SQLite prepares a text anew where the schema has changed since.
        if (prepared.columns.length !== row.length)
          prepared.columns = prepared.statement.columns().map(({ name }) => name);
        const named: Record<string, Value> = {};
        for (const [index, value] of row.entries()) named[prepared.columns[index]!] = value;
        return named;
      });
    } catch (error) {
      throw byName(error);
    }
  }

  close(): void {
    this.#database.close();
  }
}

/** Node binds every number as REAL; a whole one must be INTEGER, or 5 is '5.0' as TEXT. */
function exact(value: Value): string | bigint | number | null {
  return Number.isSafeInteger(value) ? BigInt(value!) : value;
}

/** Whether the error says that another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  // The low byte is the primary code: there are several reasons to be busy.
  return (codeOf(error) & 0xff) === SQLITE_BUSY;
}

/** The error by the name that both engines have for it. */
function byName(error: unknown): unknown {
  const code = codeOf(error);
  if (code === SQLITE_CONSTRAINT_UNIQUE || code === SQLITE_CONSTRAINT_PRIMARYKEY)
    return new UniqueViolation(error);
  if (code === SQLITE_CONSTRAINT_FOREIGNKEY) return new MissingReference(error);
  const ofTheDisk = [SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN].includes(code & 0xff);
  return ofTheDisk ? new StoreUnavailable((error as Error).message, { cause: error }) : error;
}

function codeOf(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
}

function blockingRetry(act: () => void): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (const giveUp = performance.now() + openWithin; ; Atomics.wait(pause, 0, 0, 5 + Math.random() * 20)) {
    try {
      return act();
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUp) throw error;
    }
  }
}
