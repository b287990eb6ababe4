/** How far a signed `iat` may be from the reader's clock, in seconds. */
export const issuedAtTolerance = 60;

/** Whether `iat` (NumericDate, RFC 7519 section 2) is within the tolerance of `now` (milliseconds since 1970). */
export const isFresh = (iat: unknown, now: number): boolean =>
  typeof iat === 'number' && Number.isFinite(iat) && Math.abs(iat - now / 1000) <= issuedAtTolerance;

/** `now` (milliseconds since 1970) as a NumericDate in whole seconds. */
export const numericDate = (now: number): number => Math.floor(now / 1000);
