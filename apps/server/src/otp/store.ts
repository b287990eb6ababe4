import { statement } from '../platform/store/store.ts';

export interface TotpRow {
  id: string;
  user_id: string;
  secret: string;
  state: 'pending' | 'active';
  last_step: number;
  created_at: number;
  expires_at: number;
}

const columns = `id, user_id, secret, state, last_step, created_at, expires_at`;

/** Of one user; a newer one takes the place of what was never confirmed. */
export const deletePendingTotp = statement(
  `DELETE FROM totp_factors WHERE user_id = :user_id AND state = 'pending'`,
);
export const insertTotp = statement(`
  INSERT INTO totp_factors (id, user_id, secret, state, created_at, expires_at)
  VALUES (:id, :user_id, :secret, 'pending', :now, :expires_at)`);
export const findPendingTotp = statement<TotpRow>(`
  SELECT ${columns} FROM totp_factors
  WHERE id = :id AND user_id = :user_id AND state = 'pending' AND expires_at > :now`);
export const findActiveTotp = statement<TotpRow>(
  `SELECT ${columns} FROM totp_factors WHERE user_id = :user_id AND state = 'active'`,
);
/** The code of `step` confirms it, and is spent by that. */
export const activateTotp = statement<TotpRow>(`
  UPDATE totp_factors SET state = 'active', last_step = :step
  WHERE id = :id AND state = 'pending' AND expires_at > :now RETURNING ${columns}`);
/** A step is taken once: of two tries with one code, one finds the row changed. */
export const spendStep = statement<{ id: string }>(`
  UPDATE totp_factors SET last_step = :step
  WHERE id = :id AND state = 'active' AND last_step < :step RETURNING id`);
export const deleteTotp = statement<TotpRow>(`
  DELETE FROM totp_factors WHERE id = :id AND user_id = :user_id AND state = 'active' RETURNING ${columns}`);
export const deleteTotpOfUser = statement(`DELETE FROM totp_factors WHERE user_id = :user_id`);
export const purgePendingTotp = statement(
  `DELETE FROM totp_factors WHERE state = 'pending' AND expires_at <= :now`,
);
