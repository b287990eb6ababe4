import { statement } from '../store/store.ts';

interface Row {
  failures: number;
  blocked_until: number;
  forget_at: number;
}

export const findAttempts = statement<Row>(
  `SELECT failures, blocked_until, forget_at FROM attempts WHERE key = :key`,
);

/** Takes hold of the counter until the transaction ends, where there is one. */
export const holdAttempts = statement<{ blocked_until: number }>(
  `UPDATE attempts SET failures = failures WHERE key = :key RETURNING blocked_until`,
);

/**
 * Counts one more failure, from one again where the old ones were forgotten, which none are that lock. Two at once are
 * counted as two.
 */
export const countFailure = statement<Row>(`
  INSERT INTO attempts (key, failures, blocked_until, forget_at) VALUES (:key, 1, 0, :forget_at)
  ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN attempts.forget_at <= :now AND attempts.blocked_until <= :now THEN 1
      ELSE attempts.failures + 1 END,
    forget_at = :forget_at
  RETURNING failures, blocked_until, forget_at`);

export const block = statement(
  `UPDATE attempts SET blocked_until = :blocked_until WHERE key = :key AND blocked_until < :blocked_until`,
);

/** A window that is over: what it counted, told once. */
export const takeWindow = statement<{ key: string; failures: number; forget_at: number }>(
  `DELETE FROM attempts WHERE key = :key AND forget_at <= :now RETURNING key, failures, forget_at`,
);
export const listOverWindowsLike = statement<{ key: string }>(
  `SELECT key FROM attempts WHERE key LIKE :pattern AND forget_at <= :now`,
);

export const forgetAttempts = statement(`DELETE FROM attempts WHERE key = :key`);
export const forgetAttemptsLike = statement(`DELETE FROM attempts WHERE key LIKE :pattern`);
export const isBlockedLike = statement<{ blocked: number }>(
  `SELECT COUNT(*) AS blocked FROM attempts WHERE key LIKE :pattern AND blocked_until > 0 AND blocked_until > :now`,
);
/** Along an index of its own: most counters block nothing. */
export const listBlocked = statement<{ key: string }>(
  `SELECT key FROM attempts WHERE blocked_until > 0 AND blocked_until > :now LIMIT :limit`,
);
export const purgeAttempts = statement(
  `DELETE FROM attempts WHERE forget_at <= :now AND blocked_until <= :now`,
);

/** A fixed window: counts calls until `forget_at`, then begins anew. */
export const countInWindow = statement<{ failures: number; forget_at: number }>(`
  INSERT INTO attempts (key, failures, blocked_until, forget_at) VALUES (:key, 1, 0, :window_end)
  ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN attempts.forget_at <= :now THEN 1 ELSE attempts.failures + 1 END,
    forget_at = CASE WHEN attempts.forget_at <= :now THEN :window_end ELSE attempts.forget_at END
  RETURNING failures, forget_at`);
