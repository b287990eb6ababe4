import type { Role, UserState } from '@countersign/protocol/wire';
import { statement, type Queryable } from '../platform/store/store.ts';
import { userColumns, type UserRow } from './store.ts';
import { rangeOf } from './words.ts';

/** Finding people, also among a million: newest first, those before (at, id) whose text has all the words. */

export interface Search {
  at: number;
  id: string;
  limit: number;
  /** LIKE patterns; `%` for any text. */
  word_1: string;
  word_2: string;
  word_3: string;
  state: UserState | null;
  role: Role | null;
}

/** So many of the newest are gone through before the words are asked. */
const newest = 20_000;
/** A word that so many have, or more, is not worth looking up: it will be met soon. */
const many = 5_000;

/**
 * A word that many have is soon met among the newest; one that few have is looked up. What is left, a word that many
 * have of whom few came lately, takes a walk through all.
 */
export async function searchUsers(
  on: Queryable,
  words: readonly string[],
  search: Search,
): Promise<UserRow[]> {
  const { state, role, ...common } = search;
  const parameters = { ...common, ...(state && { state }), ...(role && { role }) };
  const { all, amongNewest, byWord } = searches(state, role);
  if (words.length === 0) return all.all(on, parameters);
  const soon = await amongNewest.all(on, parameters);
  if (soon.length >= search.limit) return soon;
  // The longest, which the fewest begin with.
  const range = rangeOf(words.slice(0, 3).reduce((one, other) => (other.length > one.length ? other : one)));
  const { count } = (await countWithWord.get(on, range))!;
  return count < many ? byWord.all(on, { ...parameters, ...range }) : all.all(on, parameters);
}

/** At least so many. While the words of some people are not kept yet, as if many had it. */
const countWithWord = statement<{ count: number }>(`
  SELECT
    (SELECT COUNT(*) FROM (SELECT 1 FROM user_words WHERE word >= :from AND word < :below LIMIT ${many}) found)
    + (SELECT COUNT(*) FROM (SELECT 1 FROM users WHERE words_kept = 0 LIMIT 1) missing) * ${many} AS count`);

type Searches = ReturnType<typeof searchesFor>;
const made = new Map<string, Searches>();

function searches(state: UserState | null, role: Role | null): Searches {
  const filter = filterOf(state, role);
  let found = made.get(filter);
  if (!found) made.set(filter, (found = searchesFor(filter)));
  return found;
}

/**
 * Of two filters the index of the one is taken that lets fewer through: few people have a role other than `user`. A
 * column that is not named bare keeps its index out, in both engines.
 */
function filterOf(state: UserState | null, role: Role | null): string {
  const byRole = role !== null && role !== 'user';
  const ofState = state === null ? '' : ` AND ${byRole ? `(u.state || '')` : 'u.state'} = :state`;
  const ofRole =
    role === null ? '' : ` AND ${byRole || state === null ? 'u.role' : `(u.role || '')`} = :role`;
  return `(u.created_at, u.id) < (:at, :id)${ofState}${ofRole}`;
}

function searchesFor(filter: string) {
  const hasWords = 'u.search LIKE :word_1 AND u.search LIKE :word_2 AND u.search LIKE :word_3';
  const order = 'ORDER BY u.created_at DESC, u.id DESC LIMIT';
  return {
    all: statement<UserRow>(
      `SELECT ${userColumns} FROM users u WHERE ${filter} AND ${hasWords} ${order} :limit`,
    ),
    amongNewest: statement<UserRow>(`
      SELECT ${userColumns} FROM (SELECT * FROM users u WHERE ${filter} ${order} ${newest}) u
      WHERE ${hasWords} ${order} :limit`),
    byWord: statement<UserRow>(`
      SELECT ${userColumns}
      FROM (SELECT DISTINCT user_id FROM user_words WHERE word >= :from AND word < :below LIMIT ${many}) w
      CROSS JOIN users u WHERE u.id = w.user_id AND ${filter} AND ${hasWords} ${order} :limit`),
  };
}
