import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlainError } from '../plain-error.ts';
import { bind, numbered } from './binding.ts';
import { inUse, MissingReference, UniqueViolation } from './errors.ts';
import { messageOf, PostgresConnection } from './postgres-connection.ts';
import { PostgresPool } from './postgres-pool.ts';
import { refuseInsideTransaction, RunningTransaction } from './running-transaction.ts';
import type { Parameters, Statement, Store, Transaction, Value } from './store.ts';
import { Topics } from './topics.ts';

/** The one channel of NOTIFY; its payload is the store that sent it, a space, the topic. */
const channel = 'countersign';

const maxConnections = 10;
const maxTries = 5;

/** Any number, the same in every version: each store holds this lock, shared, for as long as it is open. */
const presenceLock = 1_129_270_868;

/** Serialization failure and deadlock: the server rolled back, and asks to be asked again. */
const transient = new Set(['40001', '40P01']);
const foreignKeyViolation = '23503';
const uniqueViolation = '23505';

/**
 * Opens the store in the PostgreSQL database of `url`, with at most ten connections and one that listens.
 * Rejects where the server cannot be reached or refuses; the password does not show in the message.
 *
 * `alone`: no other store of the database is open, nor gets open until this one is closed; rejects with a PlainError
 * where one is.
 *
 * A transaction that meets a deadlock or a serialization failure runs again, up to five times in all: `work` must
 * change nothing but the database, and leave the rest to `afterCommit`.
 */
export async function openPostgres(url: string, { alone = false } = {}): Promise<Store> {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new Error('the URL of a PostgreSQL database begins with postgres://');
  }
  const store = new PostgresStore(url, alone);
  try {
    await store.listen();
    return store;
  } catch (cause) {
    if (cause instanceof PlainError) throw cause;
    throw new Error(`cannot open PostgreSQL at ${placeIn(url)}: ${messageOf(cause)}`, { cause });
  }
}

class PostgresStore implements Store {
  readonly engine = 'postgres';
  readonly #url: string;
  readonly #alone: boolean;
  readonly #pool: PostgresPool;
  readonly #topics = new Topics();
  readonly #id = randomUUID();
  readonly #texts = new WeakMap<Statement, string>();
  #listening: PostgresConnection | undefined;
  #closed = false;

  constructor(url: string, alone: boolean) {
    this.#url = url;
    this.#alone = alone;
    this.#pool = new PostgresPool(url, maxConnections);
  }

  /** Listens to the other stores of the database, from now on and again after each loss of the connection. */
  async listen(): Promise<void> {
    const connection = await PostgresConnection.open(this.#url, (payload) => {
      const [sender, topic] = divide(payload);
      if (sender !== this.#id) this.#topics.tell(topic);
    });
    try {
      await this.#takePresenceLock(connection);
      await connection.run(`LISTEN ${channel}`, []);
    } catch (error) {
      connection.close();
      throw error;
    }
    if (this.#closed) return connection.close();
    this.#listening = connection;
    void connection.ended.then(() => this.#listenAgain());
  }

  /** The session of the connection holds it. Waits for a store that is alone; to be alone itself, it does not wait. */
  async #takePresenceLock(connection: PostgresConnection): Promise<void> {
    if (!this.#alone)
      return void (await connection.run(`SELECT pg_advisory_lock_shared(${presenceLock})`, []));
    const { rows } = await connection.run(`SELECT pg_try_advisory_lock(${presenceLock}) AS taken`, []);
    if (!rows[0]?.taken) throw new PlainError(inUse(placeIn(this.#url)));
  }

  async query(statement: Statement, parameters: Parameters): Promise<Record<string, Value>[]> {
    this.#mustBeOpen();
    return retried(() => this.#pool.use((connection) => this.#run(connection, statement, parameters)));
  }

  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    const { result, transaction } = await retried(() =>
      this.#pool.use((connection) => this.#perform(connection, work)),
    );
    transaction.committed(this.#topics);
    return result;
  }

  subscribe(topic: string, listener: () => void): () => void {
    return this.#topics.subscribe(topic, listener);
  }

  async prepare(statement: Statement): Promise<void> {
    this.#mustBeOpen();
    await this.#pool.use((connection) => connection.describe(this.#textOf(statement)));
  }

  async ping(): Promise<void> {
    this.#mustBeOpen();
    await this.#pool.use((connection) => connection.run('SELECT 1', []));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#listening?.close();
    await this.#pool.close();
  }

  /** One attempt. Resolves after the COMMIT. */
  async #perform<T>(connection: PostgresConnection, work: (transaction: Transaction) => Promise<T>) {
    const transaction = new RunningTransaction(this, (statement, parameters) =>
      this.#run(connection, statement, parameters),
    );
    await connection.run('BEGIN ISOLATION LEVEL READ COMMITTED', []);
    try {
      const result = await transaction.perform(work);
      // Inside the transaction, so that the others hear of it if and only if it commits.
      for (const topic of transaction.topics) {
        await connection.run('SELECT pg_notify($1, $2)', [channel, `${this.#id} ${topic}`]);
      }
      const { command } = await connection.run('COMMIT', []);
      if (command !== 'COMMIT') throw new Error(`PostgreSQL answered COMMIT with ${command}`);
      return { result, transaction };
    } catch (error) {
      // A connection on which that fails is not one to lend again.
      await connection.run('ROLLBACK', []).catch(() => connection.close());
      throw error;
    }
  }

  async #run(on: PostgresConnection, statement: Statement, parameters: Parameters) {
    const values = bind(statement, parameters);
    try {
      return (await on.run(this.#textOf(statement), values)).rows;
    } catch (error) {
      const code = codeOf(error);
      if (code === uniqueViolation) throw new UniqueViolation(error);
      throw code === foreignKeyViolation ? new MissingReference(error) : error;
    }
  }

  /** Tries until it listens, since nobody waits for it. Hints were missed meanwhile: everyone gets one. */
  async #listenAgain(): Promise<void> {
    for (let pause = 100; !this.#closed; pause = Math.min(2 * pause, 5_000)) {
      await sleep(pause, undefined, { ref: false });
      try {
        if (!this.#closed) await this.listen();
        return this.#topics.tellEveryone();
      } catch {
        // The server is still away. Whoever asks it something meanwhile hears of that.
      }
    }
  }

  /** The text with `$1` for the first name, and so on. */
  #textOf(statement: Statement): string {
    let text = this.#texts.get(statement);
    if (text === undefined) {
      text = numbered(statement, '$');
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

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The sender and the topic of a payload. */
function divide(payload: string): [string, string] {
  const space = payload.indexOf(' ');
  return [payload.slice(0, space), payload.slice(space + 1)];
}

/** Host, port and database, without the user and the password. */
function placeIn(url: string): string {
  return url.replace(/^\w+:\/\/(.*@)?/, '').replace(/\?.*$/s, '');
}
