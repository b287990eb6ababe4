import postgres from 'postgres';
import { StoreUnavailable } from './errors.ts';
import type { Value } from './store.ts';

/** Integers and NUMERIC (the SUM of a BIGINT) as numbers, comparisons as 0 or 1: as SQLite has them. */
const types = {
  integer: { to: 20, from: [20, 1700], serialize: String, parse: toNumber },
  flag: {
    to: 16,
    from: [16],
    serialize: (value: unknown) => (value ? 't' : 'f'),
    parse: (text: string) => Number(text === 't'),
  },
};

/** `simple: false` keeps one text one statement, also without parameters. */
const prepared = { prepare: true, simple: false };

interface Result {
  rows: Record<string, Value>[];
  /** Such as `COMMIT`, the first word of what the server says that it did. */
  command: string;
}

/**
 * One connection to the server, for one user at a time, which ends for good when it is lost.
 *
 * The package's own pool opens a lost connection again by itself, with what was waiting for the old one: statements
 * of a dead transaction run outside it or in another one, and its ROLLBACK throws where nobody can catch it
 * (porsager/postgres issues 1133, 1189, 1208, 1216). So each client here has one connection, is given one statement
 * at a time, and is not used again.
 */
export class PostgresConnection {
  readonly #client: postgres.Sql<{ integer: number; flag: number }>;
  readonly openedAt = performance.now();
  /** Resolves when the connection is lost or closed. */
  readonly ended: Promise<void>;
  #end!: () => void;
  #loss: Error | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** Rejects the statement that is under way. */
  #abandon: ((reason: unknown) => void) | undefined;

  /** Rejects where the server cannot be reached within ten seconds, or refuses. */
  static async open(url: string, onNotify?: (payload: string) => void): Promise<PostgresConnection> {
    const connection = new PostgresConnection(url, onNotify);
    try {
      await connection.run('SELECT 1', []);
      return connection;
    } catch (error) {
      connection.close();
      // The reason says more than that there is no connection.
      const reason = error instanceof Error && error === connection.#loss ? (error.cause ?? error) : error;
      throw isAway(reason) ? new StoreUnavailable(messageOf(reason), { cause: reason }) : reason;
    }
  }

  private constructor(url: string, onNotify?: (payload: string) => void) {
    const options: postgres.Options<{}> & { onnotify: (channel: string, payload: string) => void } = {
      max: 1,
      types,
      fetch_types: false,
      idle_timeout: null as never,
      // The pool's affair: here it would end a connection in the middle of a transaction.
      max_lifetime: null,
      connect_timeout: 10, // seconds
      onnotice: () => {},
      onnotify: (_, payload) => onNotify?.(payload),
      onclose: () => this.#lose(undefined),
    };
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#client = postgres(url, options) as never;
  }

  get usable(): boolean {
    return this.#loss === undefined;
  }

  /** Runs a text with `$1` and so on, after those before it. Rejects with the server's error, or the loss. */
  run(text: string, values: Value[]): Promise<Result> {
    return this.#inTurn(async () => {
      const result = await this.#client.unsafe<Record<string, Value>[]>(text, values, prepared);
      return { rows: [...result], command: result.command };
    });
  }

  /** Parses a text on the server without running it. */
  async describe(text: string): Promise<void> {
    await this.#inTurn(() => this.#client.unsafe(text, [], { ...prepared, prepare: false }).describe());
  }

  /** At once, whatever is under way. */
  close(): void {
    this.#lose(undefined);
  }

  #inTurn<T>(act: () => PromiseLike<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      if (this.#loss) throw this.#loss;
      try {
        // The client leaves a statement unanswered that it wrote on a connection that was just reset.
        return await new Promise<T>((resolve, reject) => {
          this.#abandon = reject;
          act().then(resolve, reject);
        });
      } catch (error) {
        // All errors of the connection have an errno, none of the server's has.
        if (error instanceof Error && 'errno' in error) this.#lose(error);
        throw (
          this.#loss ?? (isAway(error) ? new StoreUnavailable(messageOf(error), { cause: error }) : error)
        );
      }
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  #lose(cause: unknown): void {
    if (this.#loss) return;
    this.#loss = new StoreUnavailable('the connection to PostgreSQL was lost', { cause });
    this.#abandon?.(this.#loss);
    this.#end();
    void this.#client.end({ timeout: 0 });
  }
}

/** Out of resources (disk, memory, connections), or going down or coming up: classes 53 and 57P of its error codes. */
function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    'errno' in error ||
    error instanceof AggregateError ||
    ('code' in error && /^(53|57P|CONNECT_|CONNECTION_)/.test(String(error.code)))
  );
}

/** What went wrong; an attempt on several addresses has its reasons inside. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

function toNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
    throw new RangeError(`${text} is no integer that a number holds exactly`);
  }
  return number;
}
