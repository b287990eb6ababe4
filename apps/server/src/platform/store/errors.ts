/** A unique index or a primary key refused a row. The same on both engines; the engine's own error is the `cause`. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';

  constructor(cause: unknown) {
    super('a unique index refused the row', { cause });
  }
}

/** What is said where the store at `place` should be one process's own and is not. */
export const inUse = (place: string): string =>
  `${place} is in use by another process. Stop every server that works on it, and try again.`;
