import type { JsonValue } from './json.ts';

/**
 * The JSON Canonicalization Scheme (RFC 8785). ECMAScript's own number and string serialisation is the scheme's
 * (sections 3.2.2.2 and 3.2.2.3); left to do are the order of names (by UTF-16 code units, 3.2.3) and the refusals.
 * @throws TypeError where the value is not I-JSON: lone surrogates, NaN, infinities, anything that JSON cannot hold.
 */
export function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('JCS: a number must be finite');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError('JCS: lone surrogate');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`JCS: ${typeof value} is not JSON`);
  const members = Object.keys(value).sort((a, b) => (a < b ? -1 : 1));
  return `{${members.map((name) => `${canonicalJson(name)}:${canonicalJson(value[name]!)}`).join(',')}}`;
}
