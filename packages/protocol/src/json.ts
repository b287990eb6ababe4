/**
 * JSON read strictly (RFC 8259, with the wishes of RFC 7493, I-JSON): two readers of the same bytes must never
 * see different values, so duplicate names are refused, and with them lone surrogates, NUL, `__proto__` and numbers
 * beyond what a double holds.
 */

const maximumDepth = 16;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

/** Parses `text`; undefined where it is not JSON or breaks a rule of the opening comment. (JSON has no `undefined`.) */
export function parseStrictJson(text: string): JsonValue | undefined {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
  return holdsToTheRules(text) ? value : undefined;
}

/** Parses UTF-8 bytes; undefined also where they are not UTF-8. */
export function parseStrictJsonBytes(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseStrictJson(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}

export const isJsonObject = (value: unknown): value is { [name: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// The strings are spelt so that a long one takes none of the stack of the engine for each of its characters.
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|-?[0-9][0-9.eE+-]*/g;

/** Walks the tokens of a text that JSON.parse has accepted, so structure need not be checked again. */
function holdsToTheRules(text: string): boolean {
  const names: (Set<string> | undefined)[] = [];
  let nameNext = false;
  tokens.lastIndex = 0;
  for (let match; (match = tokens.exec(text)) !== null;) {
    const token = match[0];
    if (token === '{' || token === '[') {
      names.push(token === '{' ? new Set() : undefined);
      if (names.length > maximumDepth) return false;
      nameNext = token === '{';
    } else if (token === '}' || token === ']') {
      names.pop();
      nameNext = false;
    } else if (token === ',') {
      nameNext = names.at(-1) !== undefined;
    } else if (token === ':') {
      nameNext = false;
    } else if (token[0] !== '"') {
      // 1e400 would be read as Infinity, which JSON cannot write again.
      if (!Number.isFinite(Number(token))) return false;
    } else {
      const string = token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
      if (!string.isWellFormed() || string.includes('\0')) return false;
      if (nameNext) {
        const seen = names.at(-1)!;
        if (seen.has(string) || string === '__proto__') return false;
        seen.add(string);
      }
    }
  }
  return true;
}
