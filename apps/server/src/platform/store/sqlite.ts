import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { PlainError } from '../plain-error.ts';
import { inUse, StoreUnavailable } from './errors.ts';
import { refuseInsideTransaction, RunningTransaction } from './running-transaction.ts';
import { isBusy, SqliteConnection } from './sqlite-connection.ts';
import type { Parameters, Statement, Store, Transaction, Value } from './store.ts';
import { attempt, Topics } from './topics.ts';

/** How many callers share a COMMIT, and for how long (ms) it stays open to the next. */
const groupSize = 64;
const groupTime = 5;

/** How long a group waits (ms) for another process that writes. */
const lockPatience = 5_000;

/**
 * Opens the embedded store in `file`, or makes it; `:memory:` is a database that goes with the store.
 * Throws where the file cannot be opened. Other processes may have it open, and write, at the same time; unless it
 * is to be `alone`: then it throws a PlainError where another has it open.
 */
export function openSqlite(file: string, { alone = false } = {}): Store {
  try {
    const writer = new SqliteConnection(file, alone ? 'alone' : 'write');
    // In memory each connection would have a database of its own; and alone is alone.
    const reader = file === ':memory:' || alone ? undefined : new SqliteConnection(file, 'read');
    return new SqliteStore(writer, reader);
  } catch (cause) {
    if (alone && isBusy(cause)) throw new PlainError(inUse(file));
    throw new Error(`cannot open the database ${file}: ${(cause as Error).message}`, { cause });
  }
}

/** A transaction that waits for its group. Each of these is called once, and never throws. */
interface Caller {
  /** Runs the work in a savepoint. Resolves to false where it failed (the caller has been told). */
  work(): Promise<boolean>;
  committed(): void;
  failed(error: unknown): void;
}

class SqliteStore implements Store {
  readonly engine = 'sqlite';
  readonly #writer: SqliteConnection;
  /** Sees what is committed only. Without one (in memory, alone) reads take their turn with the writes. */
  readonly #reader: SqliteConnection | undefined;
  readonly #topics = new Topics();
  #waiting: Caller[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  constructor(writer: SqliteConnection, reader: SqliteConnection | undefined) {
    this.#writer = writer;
    this.#reader = reader;
  }

  async query(statement: Statement, parameters: Parameters): Promise<Record<string, Value>[]> {
    this.#mustBeOpen();
    if (this.#reader && isRead(statement.text)) return this.#read(this.#reader, statement, parameters);
    return this.transaction((transaction) => transaction.query(statement, parameters));
  }

  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    // The work runs when its turn comes, in the context of whoever asked for it.
    const inContext = AsyncLocalStorage.snapshot();
    return new Promise<T>((resolve, reject) => {
      const transaction = new RunningTransaction(this, async (statement, parameters) =>
        this.#writer.query(statement, parameters),
      );
      let result: T;
      this.#waiting.push({
        work: async () => {
          try {
            this.#writer.execute('SAVEPOINT caller');
            result = await inContext(() => transaction.perform(work));
            this.#writer.execute('RELEASE caller');
            return true;
          } catch (error) {
            reject(error);
            return false;
          }
        },
        committed: () => {
          resolve(result);
          inContext(() => transaction.committed(this.#topics));
        },
        failed: reject,
      });
      this.#writing ??= this.#writeGroups();
    });
  }

  subscribe(topic: string, listener: () => void): () => void {
    return this.#topics.subscribe(topic, listener);
  }

  async prepare(statement: Statement): Promise<void> {
    this.#mustBeOpen();
    (this.#reader ?? this.#writer).prepare(statement);
  }

  async ping(): Promise<void> {
    this.#mustBeOpen();
    (this.#reader ?? this.#writer).execute('SELECT 1 FROM sqlite_schema LIMIT 1');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writing;
    this.#reader?.close();
    this.#writer.close();
  }

  /**
   * While no transaction is open the writer reads, since its cache holds what it wrote; the reader has to load each
   * page again that changed. Neither sees what is not committed.
   */
  #read(reader: SqliteConnection, statement: Statement, parameters: Parameters): Record<string, Value>[] {
    if (this.#writing === undefined) {
      try {
        return this.#writer.query(statement, parameters);
      } catch (error) {
        // Another process keeps all out for a moment: the reader waits for it.
        if (!isBusy(error)) throw error;
      }
    }
    return reader.query(statement, parameters);
  }

  /** Never rejects. Ends when nobody waits. */
  async #writeGroups(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Whoever comes in the same turn of the event loop joins the group.
      await nextTurn();
      try {
        await this.#begin();
      } catch (error) {
        for (const caller of this.#waiting.splice(0)) caller.failed(error);
        continue;
      }
      await this.#writeGroup();
    }
    this.#writing = undefined;
  }

  /** Never rejects. */
  async #writeGroup(): Promise<void> {
    const written: Caller[] = [];
    try {
      const until = performance.now() + groupTime;
      for (let size = 0; size < groupSize && (size === 0 || performance.now() < until); size++) {
        const caller = this.#waiting.shift();
        if (caller === undefined) break;
        if (await caller.work()) written.push(caller);
        else if (this.#writer.inTransaction) this.#undo();
        else
          throw new StoreUnavailable('SQLite rolled back every transaction of the group: is the disk full?');
      }
      this.#writer.execute('COMMIT');
    } catch (error) {
      for (const caller of written) caller.failed(error);
      attempt(() => this.#writer.inTransaction && this.#writer.execute('ROLLBACK'));
      return;
    }
    for (const caller of written) caller.committed();
  }

  #undo(): void {
    this.#writer.execute('ROLLBACK TO caller');
    this.#writer.execute('RELEASE caller');
  }

  /** Waits for other processes without blocking the event loop. */
  async #begin(): Promise<void> {
    for (const giveUp = performance.now() + lockPatience; ; await sleep(1 + Math.random() * 20)) {
      try {
        return this.#writer.execute('BEGIN IMMEDIATE');
      } catch (cause) {
        if (!isBusy(cause)) throw cause;
        if (performance.now() > giveUp) {
          throw new StoreUnavailable(`another process has been writing for ${lockPatience} ms`, { cause });
        }
      }
    }
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error('the store is closed');
    refuseInsideTransaction(this);
  }
}

/** Whether the text may run on the connection that only reads. Wrongly no costs time; wrongly yes fails. */
function isRead(text: string): boolean {
  return /^\s*(select|with)\b/i.test(text) && !/\b(insert|update|delete)\b/i.test(text);
}
