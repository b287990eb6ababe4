import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type ISql } from 'postgres';
import { bind } from './binding.ts';
import { UniqueViolation } from './errors.ts';
import { refuseInsideTransaction, RunningTransaction } from './running-transaction.ts';
import type { Parameters, Statement, Store, Transaction, Value } from './store.ts';
import { Topics } from './topics.ts';

/** The one channel of NOTIFY; its payload is the store that sent it, a space, the topic. */
const channel = 'countersign';

const maxConnections = 10;
const maxTries = 5;

/** Serialization failure and deadlock: the server rolled back, and asks to be asked again. */
const transient = new Set(['40001', '40P01']);
const uniqueViolation = '23505';

/** `simple: false` keeps one text one statement, also without parameters. */
const prepared = { prepare: true, simple: false };

/** Integers and NUMERIC (the SUM of a BIGINT) as numbers, comparisons as 0 or 1: as SQLite has them. */
const types = {
  integer: { to: 20, from: [20, 1700], serialize: String, parse: toNumber },
  flag: {
    to: 16,
    from: [16],
    serialize: (x: unknown) => (x ? 't' : 'f'),
    parse: (x: string) => Number(x === 't'),
  },
};

/**
 * Opens the store in the PostgreSQL database of `url`, with at most ten connections and one that listens.
 * Rejects where the server cannot be reached or refuses; the password does not show in the message.
 *
 * A transaction that meets a deadlock or a serialization failure runs again, up to five times in all: `work` must
 * change nothing but the database, and leave the rest to `afterCommit`.
 */
export async function openPostgres(url: string): Promise<Store> {
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new Error('the URL of a PostgreSQL database begins with postgres://');
  const sql = postgres(url, {
    max: maxConnections,
    types,
    fetch_types: false,
    connect_timeout: 10, // seconds
    onnotice: () => {},
  });
  const store = new PostgresStore(sql);
  try {
    await store.listen();
    return store;
  } catch (cause) {
    await store.close();
    const { host, port, database } = sql.options;
    throw new Error(`cannot open PostgreSQL at ${host}:${port}/${database}: ${reason(cause)}`, { cause });
  }
}

type Types = { integer: number; flag: number };
type Client = postgres.Sql<Types>;
type Connection = ISql<Types>;

interface Committed<T> {
  result: T;
  transaction: RunningTransaction;
}

class PostgresStore implements Store {
  readonly engine = 'postgres';
  readonly #sql: Client;
  readonly #topics = new Topics();
  readonly #id = randomUUID();
  readonly #texts = new WeakMap<Statement, string>();
  #closed = false;

  constructor(sql: Client) {
    this.#sql = sql;
  }

  /** Listens to the other stores of the database, from now on and after each loss of the connection. */
  async listen(): Promise<void> {
    let listening = false;
    await this.#sql.listen(
      channel,
      (payload) => {
        const [sender, topic] = divide(payload);
        if (sender !== this.#id) this.#topics.tell(topic);
      },
      () => {
        if (listening) this.#topics.tellEveryone();
        listening = true;
      },
    );
  }

  async query(statement: Statement, parameters: Parameters): Promise<Record<string, Value>[]> {
    this.#mustBeOpen();
    return retried(() => this.#run(this.#sql, statement, parameters));
  }

  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    const { result, transaction } = await retried(() => this.#begin(work));
    transaction.committed(this.#topics);
    return result;
  }

  subscribe(topic: string, listener: () => void): () => void {
    return this.#topics.subscribe(topic, listener);
  }

  async prepare(statement: Statement): Promise<void> {
    this.#mustBeOpen();
    await this.#sql.unsafe(this.#textOf(statement), [], { ...prepared, prepare: false }).describe();
  }

  async ping(): Promise<void> {
    this.#mustBeOpen();
    await this.#sql.unsafe('SELECT 1');
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#sql.end({ timeout: 5 });
  }

  /** One attempt. Resolves after the COMMIT. */
  #begin<T>(work: (transaction: Transaction) => Promise<T>): Promise<Committed<T>> {
    return new Promise((resolve, reject) => {
      let connection: Connection;
      let lost = false;
      const transaction = new RunningTransaction(this, async (statement, parameters) => {
        try {
          return await this.#run(connection, statement, parameters);
        } catch (error) {
          lost ||= isLoss(error);
          throw error;
        }
      });
      const begun = this.#sql.begin('isolation level read committed', async (begunOn) => {
        connection = begunOn;
        try {
          const result = await transaction.perform(work);
          await this.#notify(begunOn, transaction.topics);
          return { result, transaction };
        } catch (error) {
          if (!lost && !isLoss(error)) throw error;
          // The client answers a rejection with a ROLLBACK. To write that on a connection that is gone throws where
          // nobody can catch it, and ends the process. The server has rolled back anyway.
          reject(error);
          return new Promise<never>(() => {});
        }
      });
      begun.then(resolve, (error: unknown) => {
        // Also when the connection goes while the work waits for something else: it must not write on it again.
        lost = true;
        transaction.fail(error);
        reject(error);
      });
    });
  }

  /** Inside the transaction, so that the others hear of it if and only if it commits. */
  async #notify(on: Connection, topics: ReadonlySet<string>): Promise<void> {
    const payloads = [...topics].map((topic) => `${this.#id} ${topic}`);
    await Promise.all(payloads.map((it) => on.unsafe('SELECT pg_notify($1, $2)', [channel, it], prepared)));
  }

  async #run(on: Connection, statement: Statement, parameters: Parameters): Promise<Record<string, Value>[]> {
    const values = bind(statement, parameters);
    try {
      return [...(await on.unsafe<Record<string, Value>[]>(this.#textOf(statement), values, prepared))];
    } catch (error) {
      throw codeOf(error) === uniqueViolation ? new UniqueViolation(error) : error;
    }
  }

  /** The text with `$1` for the first name, and so on. */
  #textOf(statement: Statement): string {
    let text = this.#texts.get(statement);
    if (text === undefined) {
      text = statement.text.replace(/(?<![:\w]):([a-z_]\w*)/gi, (_, name: string) => {
        return `$${statement.names.indexOf(name) + 1}`;
      });
      this.#texts.set(statement, text);
    }
    return text;
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error('the store is closed');
    refuseInsideTransaction(this);
  }
}

/** Runs `attempt` again, after a pause that grows, while the server asks for it. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === maxTries || !isTransient(error)) throw error;
      await sleep(Math.random() * 5 * 2 ** tries);
    }
  }
}

/** The work may have wrapped the server's error in one of its own. */
function isTransient(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) if (transient.has(codeOf(e))) return true;
  return false;
}

/** Whether the error is of the connection, not of the statement: then there is none to roll back on. */
function isLoss(error: unknown): boolean {
  return error instanceof Error && 'errno' in error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function toNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
    throw new RangeError(`${text} is no integer that a number holds exactly`);
  }
  return number;
}

/** The sender and the topic of a payload. */
function divide(payload: string): [string, string] {
  const space = payload.indexOf(' ');
  return [payload.slice(0, space), payload.slice(space + 1)];
}

/** What went wrong; an attempt on several addresses has its reasons inside. */
function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join(', ');
  return error instanceof Error ? error.message : String(error);
}
