import { statement } from '../../platform/store/store.ts';

/** People's words, and what goes through people by them, in both engines. */

/** Of `user_words`: one that so many have, or more, is not worth looking up. */
export const many = 5_000;
/** What is gone through: people, or what they are joined to. */
export interface Source {
  columns: string;
  from: string;
  where: string;
  /** By which it is ordered; with `where`, an index. */
  at: string;
  id: string;
  /** Joins `users u` where it is not what `from` names, and by what. */
  join?: string;
  on?: string;
  /** So many of the newest are gone through before the words are asked; fewer where their rows lie far apart. */
  newest?: number;
}

const lockedBy = (kind: string) => `
    SELECT SUBSTR(key, ${kind.length + 2}) AS user_id FROM attempts
    WHERE blocked_until > 0 AND blocked_until > :now AND key LIKE '${kind}:%'`;
/**
 * Whose codes are locked after wrong ones, or whose pushes are paused after a report; few, found by indexes. To merge a UNION,
 * SQLite would go through all people by their ids.
 */
export const lockedPeople = `(SELECT DISTINCT user_id FROM (
    ${['totp', 'recovery_code', 'enrollment_code'].map(lockedBy).join(' UNION ALL ')}
    UNION ALL SELECT id FROM users WHERE push_locked_until > 0 AND push_locked_until > :now) one_by_one) locked`;
/** `limit` at the most. */
export const countLockedPeople = statement<{ count: number }>(
  `SELECT COUNT(*) AS count FROM (SELECT 1 FROM ${lockedPeople} JOIN users u ON u.id = locked.user_id LIMIT :limit) found`,
);

export function statementsOf<Row>({
  columns,
  from,
  where,
  at,
  id,
  join = '',
  on = '1 = 1',
  newest = 20_000,
}: Source) {
  const people = `${from} ${join}`;
  const before = `${where} AND (${at}, ${id}) < (:at, :id)`;
  const hasWords = 'u.search LIKE :word_1 AND u.search LIKE :word_2 AND u.search LIKE :word_3';
  const order = `ORDER BY ${at} DESC, ${id} DESC`;
  const walk = (more: string) =>
    statement<Row>(
      `SELECT ${columns} FROM ${people} WHERE ${on} AND ${before} AND ${more} ${order} LIMIT :limit`,
    );
  return {
    everyone: walk('1 = 1'),
    walkThroughAll: walk(hasWords),
    walkThroughNewest: walk(`(${at}, ${id}) >= (:last_at, :last_id) AND ${hasWords}`),
    findLastOfNewest: statement<{ last_at: number; last_id: string }>(
      `SELECT ${at} AS last_at, ${id} AS last_id FROM ${from} WHERE ${before} ${order} LIMIT 1 OFFSET ${newest}`,
    ),
    lookUp: statement<Row>(`
      SELECT ${columns}
      FROM (SELECT DISTINCT user_id FROM user_words WHERE word >= :from AND word < :below LIMIT ${many}) w
        CROSS JOIN ${people}
      WHERE ${id} = w.user_id AND ${on} AND ${before} AND ${hasWords} ${order} LIMIT :limit`),
  };
}

/** At least so many. While the words of some people are not kept yet, as if many had it. */
export const countWithWord = statement<{ count: number }>(`
  SELECT
    (SELECT COUNT(*) FROM (SELECT 1 FROM user_words WHERE word >= :from AND word < :below LIMIT ${many}) found)
    + (SELECT COUNT(*) FROM (SELECT 1 FROM users WHERE words_kept = 0 LIMIT 1) missing) * ${many} AS count`);

export const deleteWords = statement(`DELETE FROM user_words WHERE user_id = :user_id`);
export const insertWord = statement(`INSERT INTO user_words (word, user_id) VALUES (:word, :user_id)`);
export const markWordsKept = statement(`UPDATE users SET words_kept = 1 WHERE id = :id`);
/** Holds their rows, so that nobody's words change meanwhile. */
export const takeWithoutWords = statement<{ id: string; search: string }>(`
  UPDATE users SET words_kept = 1 WHERE id IN (SELECT id FROM users WHERE words_kept = 0 ORDER BY id LIMIT :limit)
  RETURNING id, search`);

/** Of the people who have such a word, those whose login name begins so. */
export const listIdsByLogin = statement<{ id: string }>(`
  SELECT DISTINCT u.id FROM user_words w CROSS JOIN users u
  WHERE w.word >= :from AND w.word < :below AND u.id = w.user_id AND LOWER(u.login) LIKE :beginning LIMIT :limit`);
