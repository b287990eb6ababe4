import type { PageQuery } from '@countersign/protocol/wire';
import { Refusal } from '../platform/http/refusal.ts';

/** Lists are paged by (time, id) of the last row shown, newest first: rows that come meanwhile shift nothing. */

const defaultLimit = 50;

export interface PageOf {
  limit: number;
  at: number;
  id: string;
  /** A LIKE pattern: words by their beginning. */
  q: string;
  /** The same for a word that is not the first. */
  q_inner: string;
}

/** @throws Refusal 400 `malformed` for a cursor that is none of ours. */
export function readPage({ limit = defaultLimit, cursor, q = '' }: PageQuery): PageOf {
  const [at, id] = cursor === undefined ? [Number.MAX_SAFE_INTEGER, '~'] : parseCursor(cursor);
  const words = q
    .trim()
    .toLowerCase()
    .replace(/[%_\\]/g, ' ');
  return { limit, at, id, q: `${words}%`, q_inner: `% ${words}%` };
}

function parseCursor(cursor: string): [number, string] {
  const match = /^(\d{1,16})\.([\w-]{1,64})$/.exec(cursor);
  if (!match)
    throw new Refusal('malformed', { errors: [{ path: '/cursor', message: 'is no cursor of this list' }] });
  return [Number(match[1]), match[2]!];
}

/** Rows were asked for one more than the limit; that one only says that there is a next page. */
export function pageView<Row, View>(
  rows: Row[],
  limit: number,
  place: (row: Row) => [number, string],
  view: (row: Row) => View,
): { items: View[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(view), next_cursor: last ? place(last).join('.') : null };
}
