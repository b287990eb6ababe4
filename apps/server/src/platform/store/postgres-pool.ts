import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresConnection } from './postgres-connection.ts';

const maxAge = 45 * 60_000; // ms
const closeWithin = 5_000; // ms

/** Lends connections, each to one borrower at a time. One that is lost is not lent again. */
export class PostgresPool {
  readonly #url: string;
  readonly #size: number;
  readonly #connections = new Set<PostgresConnection>();
  readonly #idle: PostgresConnection[] = [];
  /** Those who wait for a place, first come first served. */
  readonly #waiting: (() => void)[] = [];
  #places = 0;
  #empty: (() => void) | undefined;

  constructor(url: string, size: number) {
    this.#url = url;
    this.#size = size;
  }

  /** Runs `work` with a connection, which comes back when it ends. Rejects where none can be opened. */
  async use<T>(work: (connection: PostgresConnection) => Promise<T>): Promise<T> {
    // Whoever leaves hands the place over.
    if (this.#places === this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#places++;
    try {
      const connection = await this.#take();
      try {
        return await work(connection);
      } finally {
        if (performance.now() - connection.openedAt > maxAge) connection.close();
        if (connection.usable) this.#idle.push(connection);
      }
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else if (--this.#places === 0) this.#empty?.();
    }
  }

  /** Waits up to five seconds for those who have a connection, then closes them all. Nobody may come any more. */
  async close(): Promise<void> {
    if (this.#places > 0) {
      const patience = new AbortController();
      const empty = new Promise<void>((resolve) => (this.#empty = resolve));
      const tooLong = sleep(closeWithin, undefined, { signal: patience.signal }).catch(() => {});
      await Promise.race([empty, tooLong]);
      patience.abort();
    }
    const ended = [...this.#connections].map((connection) => connection.ended);
    for (const connection of this.#connections) connection.close();
    await Promise.all(ended);
  }

  async #take(): Promise<PostgresConnection> {
    for (let idle; (idle = this.#idle.pop());) if (idle.usable) return idle;
    const connection = await PostgresConnection.open(this.#url);
    this.#connections.add(connection);
    void connection.ended.then(() => this.#connections.delete(connection));
    return connection;
  }
}
