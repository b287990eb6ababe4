import { statement } from '../platform/store/store.ts';

export interface PasskeyRow {
  id: string;
  user_id: string;
  name: string;
  credential_id: string;
  public_key: string;
  counter: number;
  transports: string;
  backed_up: number;
  created_at: number;
  last_used_at: number | null;
}

const columns = `id, user_id, name, credential_id, public_key, counter, transports, backed_up, created_at, last_used_at`;

export const insertPasskey = statement(`
  INSERT INTO passkeys (id, user_id, name, credential_id, public_key, counter, transports, backed_up, created_at)
  VALUES (:id, :user_id, :name, :credential_id, :public_key, :counter, :transports, :backed_up, :now)`);
export const listPasskeys = statement<PasskeyRow>(
  `SELECT ${columns} FROM passkeys WHERE user_id = :user_id ORDER BY created_at, id`,
);
export const findPasskeyByCredential = statement<PasskeyRow>(
  `SELECT ${columns} FROM passkeys WHERE credential_id = :credential_id`,
);
/** Where its counter is still the one that was verified against: of two assertions at once, one counts. */
export const usePasskey = statement<{ id: string }>(`
  UPDATE passkeys SET counter = :counter, backed_up = :backed_up, last_used_at = :now
  WHERE id = :id AND counter = :before RETURNING id`);
export const renamePasskey = statement<PasskeyRow>(`
  UPDATE passkeys SET name = :name WHERE id = :id AND user_id = :user_id RETURNING ${columns}`);
export const deletePasskey = statement<PasskeyRow>(
  `DELETE FROM passkeys WHERE id = :id AND user_id = :user_id RETURNING ${columns}`,
);
export const deletePasskeysOfUser = statement(`DELETE FROM passkeys WHERE user_id = :user_id`);

export const insertChallenge = statement(`
  INSERT INTO webauthn_challenges (challenge, subject, expires_at) VALUES (:challenge, :subject, :expires_at)`);
/** Exactly once, and only for whom it was made. */
export const takeChallenge = statement<{ challenge: string }>(`
  DELETE FROM webauthn_challenges
  WHERE challenge = :challenge AND subject = :subject AND expires_at > :now RETURNING challenge`);
export const purgeChallenges = statement(`DELETE FROM webauthn_challenges WHERE expires_at <= :now`);
