import type { Role, UserState } from '@countersign/protocol/wire';
import type { Parameters, Queryable } from '../../platform/store/store.ts';
import { userColumns, type UserRow } from '../store.ts';
import { countWithWord, listIdsByLogin, many, statementsOf, type Source } from './store.ts';
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

/** Fewer rows than asked for, with a place to look on from: so far it has been looked back. */
export interface Found<Row> {
  rows: Row[];
  /** (at, id) of the last row looked at; undefined where there are no more behind it. */
  lookedTo?: [number, string];
}

/**
 * What searches a source. A word that few have is looked up. Those with a word that many have are looked for among so
 * many of the newest, and no further in one go.
 */
export function searchOf<Row>(source: Source) {
  const { everyone, walkThroughRest, walkThroughNewest, findLastOfNewest, lookUp } =
    statementsOf<Row>(source);

  return async (store: Queryable, words: readonly string[], search: Search): Promise<Found<Row>> => {
    const { word_1: _1, word_2: _2, word_3: _3, ...place } = search;
    if (words.length === 0) return { rows: await everyone.all(store, place) };
    const rare = await findRare(store, words.slice(0, 3));
    if (rare) return { rows: await lookUp.all(store, { ...search, ...rare }) };
    const { limit: _, ...beginning } = place;
    const last = await findLastOfNewest.get(store, beginning);
    if (!last) return { rows: await walkThroughRest.all(store, search) };
    const rows = await walkThroughNewest.all(store, { ...search, ...last });
    return { rows, lookedTo: [last.last_at, last.last_id] };
  };
}

/** Where the word stands that the fewest have; undefined where many have each. */
async function findRare(store: Queryable, words: readonly string[]) {
  const ranges = words.map(rangeOf);
  const counts = await Promise.all(ranges.map((range) => countWithWord.get(store, range)));
  const fewest = Math.min(...counts.map((row) => row!.count));
  return fewest < many ? ranges[counts.findIndex((row) => row!.count === fewest)] : undefined;
}

const searchesOfPeople = new Map<string, ReturnType<typeof searchOf<UserRow>>>();

/** All people, or those of a state, of a role, or of both. */
export function searchUsers(
  on: Queryable,
  words: readonly string[],
  search: Search & { state?: UserState; role?: Role },
): Promise<Found<UserRow>> {
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

/** Ids of those whose login names begin so; undefined where they are more than `most`, or are not soon found. */
export async function findByLogin(
  on: Queryable,
  login: { beginning: string; pattern: string },
  most: number,
): Promise<string[] | undefined> {
  const range = rangeOf(login.beginning);
  if ((await countWithWord.get(on, range))!.count >= many) return undefined;
  const people = await listIdsByLogin.all(on, { ...range, beginning: login.pattern, limit: most + 1 });
  return people.length > most ? undefined : people.map(({ id }) => id);
}
