/** A unique index or a primary key refused a row. The same on both engines; the engine's own error is the `cause`. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';

  constructor(cause: unknown) {
    super('a unique index refused the row', { cause });
  }
}

/** A row names another one that is gone, in the same moment perhaps. The engine's own error is the `cause`. */
export class MissingReference extends Error {
  override readonly name = 'MissingReference';

  constructor(cause: unknown) {
    super('a foreign key names a row that is not there', { cause });
  }
}

/**
 * The engine cannot serve just now: it is away, its disk is full, or another writer holds on for too long. What was
 * asked for did not happen, unless the connection was lost while a COMMIT was under way: then nobody knows.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** Whether that is why `error` came about. */
export function isStoreUnavailable(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof StoreUnavailable) return true;
  return false;
}
/** What is said where the store at `place` should be one process's own and is not. */
export const inUse = (place: string): string =>
  `${place} is in use by another process. Stop every server that works on it, and try again.`;
