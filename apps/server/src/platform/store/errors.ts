/** A unique index or a primary key refused a row. The same on both engines; the engine's own error is the `cause`. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';

  constructor(cause: unknown) {
    super('a unique index refused the row', { cause });
  }
}
