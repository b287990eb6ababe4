import { AsyncLocalStorage } from 'node:async_hooks';
import type { Parameters, Queryable, Statement, Transaction, Value } from './store.ts';
import { attempt, type Topics } from './topics.ts';

const running = new AsyncLocalStorage<RunningTransaction>();

/** Throws where the caller is inside a transaction of `store`: it would wait for itself, or read the past. */
export function refuseInsideTransaction(store: Queryable): void {
  const around = running.getStore();
  if (around?.store === store && around.open) {
    throw new Error('a transaction is open here: run the statement on it, not on the store');
  }
}

/**
 * What `work` gets, the same on both engines. A statement that fails fails its transaction, as PostgreSQL has it:
 * catching the error does not bring it back. Where a conflict is expected, write ON CONFLICT.
 */
export class RunningTransaction implements Transaction {
  readonly store: Queryable;
  readonly #execute: Queryable['query'];
  readonly #statements: Promise<unknown>[] = [];
  readonly #topics = new Set<string>();
  readonly #effects: (() => void)[] = [];
  #failure: { error: unknown } | undefined;
  #open = true;

  /** `execute` runs one statement in the engine's transaction. */
  constructor(store: Queryable, execute: Queryable['query']) {
    this.store = store;
    this.#execute = execute;
  }

  get open(): boolean {
    return this.#open;
  }

  /** The topics to tell of, each once. */
  get topics(): ReadonlySet<string> {
    return this.#topics;
  }

  async query(statement: Statement, parameters: Parameters): Promise<Record<string, Value>[]> {
    this.#mustBeOpen();
    if (this.#failure) throw this.#failure.error;
    const rows = this.#execute(statement, parameters);
    this.#statements.push(rows);
    try {
      return await rows;
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  notify(topic: string): void {
    this.#mustBeOpen();
    this.#topics.add(topic);
  }

  afterCommit(effect: () => void): void {
    this.#mustBeOpen();
    this.#effects.push(effect);
  }

  /** Runs `work` to its end. Resolves where the transaction may commit; it takes no statements from then on. */
  async perform<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    try {
      const result = await running.run(this, () => work(this));
      // One that nobody waited for counts as well.
      await Promise.allSettled(this.#statements);
      if (this.#failure) throw this.#failure.error;
      return result;
    } finally {
      this.#open = false;
    }
  }

  /** Refuses every statement from now on with `error`; the first error stays. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** To be called after the commit: tells the subscribers in this process, then runs the effects. */
  committed(topics: Topics): void {
    for (const topic of this.#topics) topics.tell(topic);
    for (const effect of this.#effects) attempt(effect);
  }

  #mustBeOpen(): void {
    if (!this.#open) throw new Error('the transaction is over');
  }
}
