import type { Role, UserState } from '@countersign/protocol/wire';
import type { Parameters, Queryable, Statement } from '../../platform/store/store.ts';
import { userColumns, type UserRow } from '../store.ts';
import { countWithWord, listIdsByLogin, lockedPeople, many, statementsOf, type Source } from './store.ts';
import { rangeOf } from './words.ts';

/** Finding people, also among a million: newest first, those before (at, id) whose text has all the words. */

/** What else the source's `where` and `filter` name stands beside it. */
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
    if (words.length === 0) return { rows: await everyone.all(store, named(everyone, search)) };
    const rare = await findRare(store, words.slice(0, 3));
    if (rare) return { rows: await lookUp.all(store, { ...search, ...rare }) };
    const last = await findLastOfNewest.get(store, named(findLastOfNewest, search));
    if (!last) return { rows: await walkThroughRest.all(store, search) };
    const rows = await walkThroughNewest.all(store, { ...search, ...last });
    return { rows, lookedTo: [last.last_at, last.last_id] };
  };
}

/** Those that the statement has a place for. */
const named = ({ names }: Pick<Statement, 'names'>, search: Search): Parameters =>
  Object.fromEntries(names.map((name) => [name, search[name]!]));

/** Where the word stands that the fewest have; undefined where many have each. */
async function findRare(store: Queryable, words: readonly string[]) {
  const ranges = words.map(rangeOf);
  const counts = await Promise.all(ranges.map((range) => countWithWord.get(store, range)));
  const fewest = Math.min(...counts.map((row) => row!.count));
  return fewest < many ? ranges[counts.findIndex((row) => row!.count === fewest)] : undefined;
}

const searchesOfPeople = new Map<string, ReturnType<typeof searchOf<UserRow>>>();

/** Which people: all where nothing is given. */
export interface PeopleFilter {
  state?: UserState;
  role?: Role;
  /** Active people who have no second factor. */
  without_factor?: 1;
  /** Who is locked then (milliseconds since 1970). */
  now?: number;
}

/** Those whom a filter lets through. */
export function searchUsers(
  on: Queryable,
  words: readonly string[],
  { without_factor, ...search }: Search & PeopleFilter,
): Promise<Found<UserRow>> {
  const found = sourceOf({ ...search, without_factor });
  const key = Object.values(found).join();
  let searchWith = searchesOfPeople.get(key);
  if (!searchWith) {
    const source = { columns: userColumns, ...found, at: 'u.created_at', id: 'u.id' };
    searchesOfPeople.set(key, (searchWith = searchOf<UserRow>(source)));
  }
  return searchWith(on, words, search);
}

/**
 * Of several filters the index of the one is taken that lets the fewest through: few people are locked, or have a role
 * other than `user`, or no second factor. A column that is not named bare keeps its index out, in both engines.
 */
function sourceOf({
  state,
  role,
  without_factor,
  now,
}: PeopleFilter): Pick<Source, 'from' | 'where' | 'filter'> {
  const conditions = [
    now !== undefined && ['u.id = locked.user_id', ''],
    role !== undefined && role !== 'user' && ['u.role = :role', `(u.role || '') = :role`],
    // By a number that is written there: of a parameter the engine does not know that an index has just these.
    without_factor !== undefined && [
      `(u.state || '') = 'active' AND u.has_factor = 0`,
      `(u.state || '') = 'active' AND (u.has_factor + 0) = 0`,
    ],
    state !== undefined && ['u.state = :state', `(u.state || '') = :state`],
    role === 'user' && ['u.role = :role', `(u.role || '') = :role`],
  ].filter((each) => each !== false);
  const [lead = ['1 = 1'], ...others] = conditions;
  return {
    from: now === undefined ? 'users u' : `${lockedPeople} CROSS JOIN users u`,
    where: lead[0]!,
    filter: ['1 = 1', ...others.map(([, unindexed]) => unindexed)].join(' AND '),
  };
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
