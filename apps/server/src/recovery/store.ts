import { statement } from '../platform/store/store.ts';

export const deleteRecoveryCodes = statement(`DELETE FROM recovery_codes WHERE user_id = :user_id`);
export const insertRecoveryCode = statement(
  `INSERT INTO recovery_codes (code_hash, user_id, created_at) VALUES (:code_hash, :user_id, :now)`,
);
export const findRecoveryCode = statement<{ used_at: number | null }>(
  `SELECT used_at FROM recovery_codes WHERE code_hash = :code_hash AND user_id = :user_id`,
);
/** Exactly once. */
export const useRecoveryCode = statement<{ code_hash: string }>(`
  UPDATE recovery_codes SET used_at = :now
  WHERE code_hash = :code_hash AND user_id = :user_id AND used_at IS NULL RETURNING code_hash`);
export const summarizeRecoveryCodes = statement<{ made: number; left: number; created_at: number | null }>(`
  SELECT COUNT(*) AS made, COUNT(*) - COUNT(used_at) AS "left", MAX(created_at) AS created_at
  FROM recovery_codes WHERE user_id = :user_id`);
