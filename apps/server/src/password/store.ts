import { statement } from '../platform/store/store.ts';

export interface PasswordResetRow {
  user_id: string;
  ended: 'used' | 'denied' | 'withdrawn' | null;
  expires_at: number;
}

/** Of an active user; nobody's, `user_id` NULL, where there is none of that id. */
export const insertPasswordReset = statement<{ user_id: string | null }>(`
  INSERT INTO password_resets (token_hash, user_id, expires_at)
  VALUES (:token_hash, (SELECT id FROM users WHERE id = :user_id AND state = 'active'), :expires_at) RETURNING user_id`);
export const findPasswordReset = statement<PasswordResetRow>(
  `SELECT user_id, ended, expires_at FROM password_resets WHERE token_hash = :token_hash AND user_id IS NOT NULL`,
);
/** A later try takes the place of an earlier one. */
export const beginPasswordReset = statement<PasswordResetRow>(`
  UPDATE password_resets SET authentication_id = :authentication_id, new_password_hash = :new_password_hash
  WHERE token_hash = :token_hash AND ended IS NULL AND expires_at > :now RETURNING user_id, ended, expires_at`);
export const findNewPassword = statement<{ new_password_hash: string | null }>(
  `SELECT new_password_hash FROM password_resets WHERE authentication_id = :authentication_id AND ended IS NULL`,
);
/** Exactly once. */
export const usePasswordReset = statement<{ user_id: string }>(`
  UPDATE password_resets SET ended = 'used', new_password_hash = NULL
  WHERE authentication_id = :authentication_id AND ended IS NULL AND expires_at > :now RETURNING user_id`);
export const denyPasswordReset = statement(`
  UPDATE password_resets SET ended = 'denied', new_password_hash = NULL
  WHERE authentication_id = :authentication_id AND ended IS NULL`);
export const withdrawPasswordResets = statement(`
  UPDATE password_resets SET ended = 'withdrawn', new_password_hash = NULL WHERE user_id = :user_id AND ended IS NULL`);
export const purgePasswordResets = statement(`DELETE FROM password_resets WHERE expires_at < :before`);
