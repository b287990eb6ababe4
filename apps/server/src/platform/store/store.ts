/**
 * The store: one SQL text, two engines. SQLite is embedded (`node:sqlite`), PostgreSQL is reached by `DATABASE_URL`.
 *
 * All SQL of the server is written with {@link statement}, in files named `store.ts`, with named parameters
 * (`:login`). Portable means: no `FOR UPDATE`, no `now()`, no `::casts` (write `CAST(:q AS TEXT)`), no
 * data-modifying CTE, no booleans (flags are INTEGER 0 or 1), times are BIGINT milliseconds since 1970, binary
 * values and JSON are TEXT. `ON CONFLICT … DO …`, `RETURNING`, row values and conditional UPDATE work on both.
 */

/** What can be bound to a parameter or come back in a column. */
export type Value = string | number | null;
export type Parameters = Record<string, Value>;

/** Something that statements run on: the store itself (each statement by itself) or a transaction. */
export interface Queryable {
  /** Runs one prepared text. Rows come back as plain objects; integers as numbers on both engines. */
  query(statement: Statement, parameters: Parameters): Promise<Record<string, Value>[]>;
}

export interface Transaction extends Queryable {
  /** Tells every subscriber of `topic`, here and in other processes, once (and only if) the transaction commits. */
  notify(topic: string): void;
  /** Runs after the commit, in this process only; never after a rollback. */
  afterCommit(effect: () => void): void;
}

export interface Store extends Queryable {
  readonly engine: 'sqlite' | 'postgres';
  /**
   * Runs `work` in one transaction, commits when it resolves, rolls back when it rejects. `work` must wait for
   * nothing but its own statements, so that writers do not hold each other up; on SQLite a short queue of callers
   * shares one COMMIT. Acknowledged means durable: the promise resolves after the commit is on disk.
   * PostgreSQL runs READ COMMITTED: whatever must not happen twice is a conditional UPDATE or a unique index.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Calls `listener` for each {@link Transaction.notify} of `topic`. A hint only: poll for the truth. Returns the unsubscribe. */
  subscribe(topic: string, listener: () => void): () => void;
  /** Parses the statement on the engine without running it (the test of portability). Rejects where it does not parse. */
  prepare(statement: Statement): Promise<void>;
  /** Resolves where the engine answers (readiness). */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** One SQL text with named parameters, prepared once an engine. */
export interface Statement<Row = Record<string, Value>> {
  readonly text: string;
  readonly names: readonly string[];
  all(on: Queryable, parameters?: Parameters): Promise<Row[]>;
  get(on: Queryable, parameters?: Parameters): Promise<Row | undefined>;
  /** For statements whose rows are of no interest. */
  run(on: Queryable, parameters?: Parameters): Promise<void>;
}

const registry: Statement<never>[] = [];

/** Every statement of the modules loaded so far, for the test that prepares each one on both engines. */
export const allStatements = (): readonly Statement<never>[] => registry;

/** `:login`, as the texts have it. */
export const parameter = /(?<![:\w]):([a-z_]\w*)/gi;

/**
 * Declares a statement. `Row` is the shape of a row, in the column names of the text.
 * A parameter may appear several times; every one named in the text must be given (a missing one throws).
 */
export function statement<Row = Record<string, Value>>(text: string): Statement<Row> {
  const names = [...new Set([...text.matchAll(parameter)].map((match) => match[1]!))];
  const self: Statement<Row> = {
    text,
    names,
    all: (on, parameters = {}) => on.query(self as Statement, parameters) as Promise<Row[]>,
    get: async (on, parameters = {}) => (await on.query(self as Statement, parameters))[0] as Row | undefined,
    run: async (on, parameters = {}) => void (await on.query(self as Statement, parameters)),
  };
  registry.push(self as unknown as Statement<never>);
  return self;
}
