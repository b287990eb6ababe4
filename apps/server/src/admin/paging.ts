import type { PageQuery } from '@countersign/protocol/wire';
import { Refusal } from '../platform/http/refusal.ts';

/** Lists are paged by (time, id) of the last row shown, newest first: rows that come meanwhile shift nothing. */

const defaultLimit = 50;

/** What the API's description says of a search that one call may not bring to its end. */
export const searchedInParts =
  'Newest first. A page may hold fewer than `limit`, or none, and still have a `next_cursor`: so far it has been looked back.';

export interface PageOf {
  limit: number;
  at: number;
  id: string;
  /** What was typed, in lower case, with no more of what means something to LIKE than `_`. */
  words: string[];
}

/** @throws Refusal 400 `malformed` for a cursor that is none of ours. */
export function readPage({ limit = defaultLimit, cursor, q = '' }: PageQuery): PageOf {
  const [at, id] = cursor === undefined ? [Number.MAX_SAFE_INTEGER, '~'] : parseCursor(cursor);
  const words = q
    .normalize('NFC')
    .toLowerCase()
    // To LIKE an underscore is any one character.
    .replace(/[%\\]/g, '_')
    .split(/\s+/)
    .filter(Boolean);
  return { limit, at, id, words };
}

/** The LIKE patterns of what has a word that begins with each of the first three; any text has the missing ones. */
export const havingWords = ([first = '', second = '', third = '']: readonly string[]) => ({
  word_1: `% ${first}%`,
  word_2: `% ${second}%`,
  word_3: `% ${third}%`,
});

function parseCursor(cursor: string): [number, string] {
  const match = /^(\d{1,16})\.([\w-]{0,64})$/.exec(cursor);
  if (!match || !Number.isSafeInteger(Number(match[1])))
    throw new Refusal('malformed', { errors: [{ path: '/cursor', message: 'is no cursor of this list' }] });
  return [Number(match[1]), match[2]!];
}

/**
 * Rows were asked for one more than the limit; that one only says that there is a next page. Where fewer came, it goes on
 * behind `lookedTo`, if anywhere.
 */
export function pageView<Row, View>(
  rows: Row[],
  limit: number,
  place: (row: Row) => [number, string],
  view: (row: Row) => View,
  lookedTo?: [number, string],
): { items: View[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const next = rows.length > limit ? place(shown.at(-1)!) : lookedTo;
  return { items: shown.map(view), next_cursor: next?.join('.') ?? null };
}
