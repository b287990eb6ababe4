import { Refusal } from './refusal.ts';

/** Seconds and an offset are there: what lacks the one is no time, what lacks the other is one of wherever this runs. */
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/**
 * Milliseconds since 1970 of a time that stood at `path` of a body (RFC 3339 section 5.6).
 * @throws Refusal 400 `malformed` for what is no such time, or before 1970.
 */
export function timeOf(path: string, text: string | null): number | null {
  if (text === null) return null;
  const at = rfc3339.test(text) ? Date.parse(text) : NaN;
  // Not "< 0": what is no time is NaN.
  if (!(at >= 0)) throw new Refusal('malformed', { errors: [{ path, message: 'is no time since 1970' }] });
  return at;
}
