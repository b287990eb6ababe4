import type { FactorKind, Role, UserState } from '@countersign/protocol/wire';
import { places } from '../platform/store/many.ts';
import { statement } from '../platform/store/store.ts';

export interface UserRow {
  id: string;
  login: string;
  email: string;
  name: string;
  role: Role;
  state: UserState;
  password_hash: string | null;
  password_change_required: number;
  push_override: number | null;
  had_factor: number;
  /** From when on they need a second factor by themselves; null where nothing is said of them alone. */
  mfa_required_from: number | null;
  /** A phone, verification codes or a passkey; see `keepHasFactor`. */
  has_factor: number;
  push_locked_until: number;
  last_factor: FactorKind | null;
  language: string | null;
  created_at: number;
  last_sign_in_at: number | null;
  /** When they are gone; null of whom nobody has deleted. */
  delete_at: number | null;
}

/** Of `users u`. */
export const userColumns = `u.id, u.login, u.email, u.name, u.role, u.state, u.password_hash, u.password_change_required,
  u.push_override, u.had_factor, u.has_factor, u.mfa_required_from, u.push_locked_until, u.last_factor, u.language, u.created_at, u.last_sign_in_at,
  u.delete_at`;

export const findUser = statement<UserRow>(`SELECT ${userColumns} FROM users u WHERE u.id = :id`);
export const findUserByIdentifier = statement<UserRow>(`
  SELECT ${userColumns} FROM user_identifiers i JOIN users u ON u.id = i.user_id WHERE i.identifier = :identifier`);

export const insertUser = statement(`
  INSERT INTO users (id, login, email, name, search, role, state, password_hash, password_change_required, created_at)
  VALUES (:id, :login, :email, :name, :search, :role, :state, :password_hash, :password_change_required, :created_at)`);
export const insertIdentifier = statement(
  `INSERT INTO user_identifiers (identifier, user_id) VALUES (:identifier, :user_id)`,
);
export const deleteIdentifiers = statement(`DELETE FROM user_identifiers WHERE user_id = :user_id`);

export const updateUser = statement(`
  UPDATE users SET email = :email, name = :name, search = :search, role = :role, push_override = :push_override,
    mfa_required_from = :mfa_required_from
  WHERE id = :id`);
export const updateUserState = statement(`UPDATE users SET state = :state WHERE id = :id`);
/** Before they are deleted, as their memberships go with them. */
export const uncountMemberships = statement(`
  UPDATE user_groups SET member_count = member_count - 1
  WHERE id IN (SELECT group_id FROM group_members WHERE user_id = :user_id)`);
export const setDeletion = statement(`UPDATE users SET delete_at = :delete_at WHERE id = :id`);
/** Some of them; the others are for the next time. */
export const listDueForDeletion = statement<{ id: string }>(
  `SELECT id FROM users WHERE delete_at <= :now ORDER BY delete_at LIMIT 100`,
);
/** What is theirs goes along. */
export const deleteDueUser = statement<Pick<UserRow, 'login' | 'email' | 'name' | 'role'>>(
  `DELETE FROM users WHERE id = :id AND delete_at <= :now RETURNING login, email, name, role`,
);
export const updatePassword = statement(`
  UPDATE users SET password_hash = :password_hash, password_change_required = :password_change_required,
    state = CASE WHEN state = 'invited' THEN 'active' ELSE state END
  WHERE id = :id`);
/** Keeps the same password under newer parameters; not where the password was changed meanwhile. */
export const rehashPassword = statement(
  `UPDATE users SET password_hash = :password_hash WHERE id = :id AND password_hash = :old_hash`,
);
/** What somebody has to sign in with beside the password, by kind. */
export interface FactorCounts {
  phones: number;
  totp: number;
  passkeys: number;
  recovery_codes: number;
}
const factorCounts = (user: string) => `
    (SELECT COUNT(*) FROM authenticators WHERE user_id = ${user} AND state = 'active') AS phones,
    (SELECT COUNT(*) FROM totp_factors WHERE user_id = ${user} AND state = 'active') AS totp,
    (SELECT COUNT(*) FROM passkeys WHERE user_id = ${user}) AS passkeys,
    (SELECT COUNT(*) FROM recovery_codes WHERE user_id = ${user} AND used_at IS NULL) AS recovery_codes`;
export const countFactors = statement<FactorCounts>(`SELECT ${factorCounts(':user_id')}`);
export const countFactorsOfMany = statement<FactorCounts & { id: string }>(
  `SELECT u.id, ${factorCounts('u.id')} FROM users u WHERE u.id IN (${places})`,
);
/** It is offered first the next time. */
export const rememberFactor = statement(`UPDATE users SET last_factor = :factor WHERE id = :id`);
export const markHadFactor = statement(`UPDATE users SET had_factor = 1 WHERE id = :id`);
/** By counts: of many people, PostgreSQL would put all factors there are into a table for an EXISTS. */
const hasFactor = (user: string) => `CASE
    WHEN (SELECT COUNT(*) FROM authenticators WHERE user_id = ${user} AND state = 'active')
      + (SELECT COUNT(*) FROM totp_factors WHERE user_id = ${user} AND state = 'active')
      + (SELECT COUNT(*) FROM passkeys WHERE user_id = ${user}) > 0
    THEN 1 ELSE 0 END`;
/** Their row is held: what this reads of the factors is what there is. */
export const keepFactorOfUser = statement(
  `UPDATE users SET has_factor = ${hasFactor(':user_id')} WHERE id = :user_id`,
);
/** The people after that id, in order: whether what is kept beside them, or their memberships, is not what there is. */
export const listFactorDrift = statement<{ id: string; drifted: number }>(`
  SELECT u.id, CASE WHEN u.has_factor <> ${hasFactor('u.id')}
    OR (SELECT COUNT(*) FROM group_members m WHERE m.user_id = u.id
      AND COALESCE(m.has_factor, -1) <> CASE WHEN u.state = 'active' THEN u.has_factor ELSE -1 END) > 0
    THEN 1 ELSE 0 END AS drifted
  FROM users u WHERE u.id > :after ORDER BY u.id LIMIT :limit`);
export const keepFactorOfMemberships = statement(`
  UPDATE group_members SET has_factor = (SELECT has_factor FROM users WHERE id = :user_id AND state = 'active')
  WHERE user_id = :user_id`);
/** Of those who are active; as many at most. */
export const countByFactor = statement<{ people: number }>(`
  SELECT COUNT(*) AS people FROM (
    SELECT 1 FROM users WHERE state = 'active' AND has_factor = :has_factor LIMIT :most) found`);
/** Takes hold of the user's row until the transaction ends: what is done to one user's phones is done one after the other. */
export const holdUser = statement<UserRow>(`
  UPDATE users SET had_factor = had_factor WHERE id = :id
  RETURNING ${userColumns.replaceAll('u.', '')}`);
export const markSignedIn = statement(`UPDATE users SET last_sign_in_at = :now WHERE id = :id`);
export const lockPush = statement(`UPDATE users SET push_locked_until = :until WHERE id = :id`);

/** How many active owners there are besides this one. */
export const countOtherOwners = statement<{ owners: number }>(
  `SELECT COUNT(*) AS owners FROM users WHERE role = 'owner' AND state = 'active' AND id <> :id`,
);
export const countOwners = statement<{ owners: number }>(
  `SELECT COUNT(*) AS owners FROM users WHERE role = 'owner'`,
);
/** Those who are told of fraud. */
export const listAdministrators = statement<UserRow>(
  `SELECT ${userColumns} FROM users u WHERE u.role IN ('owner', 'admin') AND u.state = 'active'`,
);

export const listOwners = statement<UserRow>(
  `SELECT ${userColumns} FROM users u WHERE u.role = 'owner' AND u.state = 'active'`,
);

export const replaceInvitation = statement(`
  INSERT INTO invitations (user_id, token_hash, expires_at, used_at) VALUES (:user_id, :token_hash, :expires_at, NULL)
  ON CONFLICT (user_id) DO UPDATE SET token_hash = :token_hash, expires_at = :expires_at, used_at = NULL`);
export const findInvitation = statement<{ user_id: string; expires_at: number; used_at: number | null }>(
  `SELECT user_id, expires_at, used_at FROM invitations WHERE token_hash = :token_hash`,
);
export const useInvitation = statement<{ user_id: string }>(`
  UPDATE invitations SET used_at = :now WHERE token_hash = :token_hash AND used_at IS NULL AND expires_at > :now
  RETURNING user_id`);

export const replaceEnrollmentCodes = statement(
  `UPDATE enrollment_codes SET replaced = 1 WHERE user_id = :user_id AND replaced = 0`,
);
export const insertEnrollmentCode = statement(`
  INSERT INTO enrollment_codes (code_hash, user_id, expires_at) VALUES (:code_hash, :user_id, :expires_at)`);
export const findEnrollmentCode = statement<{ used_at: number | null }>(
  `SELECT used_at FROM enrollment_codes WHERE code_hash = :code_hash AND user_id = :user_id`,
);
export const useEnrollmentCode = statement<{ user_id: string }>(`
  UPDATE enrollment_codes SET used_at = :now
  WHERE code_hash = :code_hash AND user_id = :user_id AND replaced = 0 AND used_at IS NULL AND expires_at > :now
  RETURNING user_id`);

export const updateProfile = statement(
  `UPDATE users SET name = :name, search = :search, language = :language WHERE id = :id`,
);
export const demandPasswordChange = statement(`UPDATE users SET password_change_required = 1 WHERE id = :id`);
