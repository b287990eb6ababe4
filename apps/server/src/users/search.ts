import type { Role, UserState } from '@countersign/protocol/wire';
import { statement, type Parameters, type Queryable } from '../platform/store/store.ts';
import { userColumns, type UserRow } from './store.ts';
import { rangeOf } from './words.ts';

/** Finding people, also among a million: newest first, those before (at, id) whose text has all the words. */

/** What else the source's `where` names stands beside it. */
export type Search = Parameters & {
  at: number;
  id: string;
  limit: number;
  /** LIKE patterns; `%` for any text. */
  word_1: string;
  word_2: string;
  word_3: string;
};

/** What is gone through: people, or what they are joined to. */
interface Source {
  columns: string;
  from: string;
  where: string;
  /** By which it is ordered; with `where`, an index. */
  at: string;
  id: string;
  /** Joins `users u` where it is not what `from` names, and by what. */
  join?: string;
  on?: string;
}

/** So many of the newest are gone through before the words are asked. */
const newest = 20_000;
/** A word that so many have, or more, is not worth looking up: it will be met soon. */
const many = 5_000;

/**
 * What searches a source. A word that many have is soon met among the newest; one that few have is looked up. What is
 * left, a word that many have of whom few came lately, takes a walk through all.
 */
export function searchOf<Row>({ columns, from, where, at, id, join = '', on = '1 = 1' }: Source) {
  const people = `${from} ${join}`;
  const before = `${where} AND (${at}, ${id}) < (:at, :id)`;
  const hasWords = 'u.search LIKE :word_1 AND u.search LIKE :word_2 AND u.search LIKE :word_3';
  const order = `ORDER BY ${at} DESC, ${id} DESC`;
  const walk = (more: string) =>
    statement<Row>(
      `SELECT ${columns} FROM ${people} WHERE ${on} AND ${before} AND ${more} ${order} LIMIT :limit`,
    );
  const everyone = walk('1 = 1');
  const walkThroughAll = walk(hasWords);
  const walkThroughNewest = walk(`(${at}, ${id}) >= (:last_at, :last_id) AND ${hasWords}`);
  const findLastOfNewest = statement<{ last_at: number; last_id: string }>(
    `SELECT ${at} AS last_at, ${id} AS last_id FROM ${from} WHERE ${before} ${order} LIMIT 1 OFFSET ${newest}`,
  );
  const lookUp = statement<Row>(`
    SELECT ${columns}
    FROM (SELECT DISTINCT user_id FROM user_words WHERE word >= :from AND word < :below LIMIT ${many}) w CROSS JOIN ${people}
    WHERE ${id} = w.user_id AND ${on} AND ${before} AND ${hasWords} ${order} LIMIT :limit`);

  return async (store: Queryable, words: readonly string[], search: Search): Promise<Row[]> => {
    const { word_1, word_2, word_3, ...place } = search;
    if (words.length === 0) return everyone.all(store, place);
    const { limit, ...beginning } = place;
    const last = await findLastOfNewest.get(store, beginning);
    if (!last) return walkThroughAll.all(store, search);
    const soon = await walkThroughNewest.all(store, { ...search, ...last });
    if (soon.length >= limit) return soon;
    // The longest, which the fewest begin with.
    const longest = words.slice(0, 3).reduce((one, other) => (other.length > one.length ? other : one));
    const range = rangeOf(longest);
    const { count } = (await countWithWord.get(store, range))!;
    return count < many ? lookUp.all(store, { ...search, ...range }) : walkThroughAll.all(store, search);
  };
}

/** At least so many. While the words of some people are not kept yet, as if many had it. */
const countWithWord = statement<{ count: number }>(`
  SELECT
    (SELECT COUNT(*) FROM (SELECT 1 FROM user_words WHERE word >= :from AND word < :below LIMIT ${many}) found)
    + (SELECT COUNT(*) FROM (SELECT 1 FROM users WHERE words_kept = 0 LIMIT 1) missing) * ${many} AS count`);

const searchesOfPeople = new Map<string, ReturnType<typeof searchOf<UserRow>>>();

/** All people, or those of a state, of a role, or of both. */
export function searchUsers(
  on: Queryable,
  words: readonly string[],
  search: Search & { state?: UserState; role?: Role },
): Promise<UserRow[]> {
  const where = filterOf(search);
  let searchWith = searchesOfPeople.get(where);
  if (!searchWith) {
    const source = { columns: userColumns, from: 'users u', where, at: 'u.created_at', id: 'u.id' };
    searchesOfPeople.set(where, (searchWith = searchOf<UserRow>(source)));
  }
  return searchWith(on, words, search);
}

/**
 * Of two filters the index of the one is taken that lets fewer through: few people have a role other than `user`. A
 * column that is not named bare keeps its index out, in both engines.
 */
function filterOf({ state, role }: { state?: UserState; role?: Role }): string {
  if (state === undefined) return role === undefined ? '1 = 1' : 'u.role = :role';
  if (role === undefined) return 'u.state = :state';
  return role === 'user'
    ? `u.state = :state AND (u.role || '') = :role`
    : `(u.state || '') = :state AND u.role = :role`;
}
