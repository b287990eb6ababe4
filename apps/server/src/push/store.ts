import type { Purpose, PushState } from '@countersign/protocol/wire';
import { statement } from '../platform/store/store.ts';

export interface PushRequestRow {
  id: string;
  purpose: Purpose;
  state: PushState;
  user_id: string;
  authenticator_id: string;
  authentication_id: string | null;
  shown: string;
  nonce: string;
  digest: string;
  number: string | null;
  user_verification: number;
  verification_failures: number;
  asker_class: string;
  created_at: number;
  expires_at: number;
  seen_at: number | null;
  ended_at: number | null;
}

const columns = `id, purpose, state, user_id, authenticator_id, authentication_id, shown, nonce, digest, number,
  user_verification, verification_failures, asker_class, created_at, expires_at, seen_at, ended_at`;

export const insertRequest = statement(`
  INSERT INTO push_requests (id, purpose, state, user_id, authenticator_id, authentication_id, shown, nonce, digest,
    number, user_verification, asker_class, created_at, expires_at)
  VALUES (:id, :purpose, 'pending', :user_id, :authenticator_id, :authentication_id, :shown, :nonce, :digest,
    :number, :user_verification, :asker_class, :created_at, :expires_at)`);

export const findRequest = statement<PushRequestRow>(`SELECT ${columns} FROM push_requests WHERE id = :id`);
export const findRequestOf = statement<PushRequestRow>(
  `SELECT ${columns} FROM push_requests WHERE id = :id AND authenticator_id = :authenticator_id`,
);
export const listPendingOf = statement<PushRequestRow>(`
  SELECT ${columns} FROM push_requests
  WHERE authenticator_id = :authenticator_id AND state = 'pending' AND expires_at > :now
  ORDER BY created_at DESC, id`);
export const findLatestOfAuthentication = statement<PushRequestRow>(`
  SELECT ${columns} FROM push_requests WHERE authentication_id = :authentication_id
  ORDER BY created_at DESC, id DESC LIMIT 1`);
export const findLatestTest = statement<PushRequestRow>(`
  SELECT ${columns} FROM push_requests WHERE authenticator_id = :authenticator_id AND purpose = 'test'
  ORDER BY created_at DESC, id DESC LIMIT 1`);

/** The one way out of `pending` for an answer. Of any number of answers at once exactly one gets a row back. */
export const claimRequest = statement<PushRequestRow>(`
  UPDATE push_requests SET state = :state, ended_at = :now, seen_at = COALESCE(seen_at, :now)
  WHERE id = :id AND state = 'pending' AND expires_at > :now RETURNING ${columns}`);
export const countVerificationFailure = statement<PushRequestRow>(`
  UPDATE push_requests SET verification_failures = verification_failures + 1,
    state = CASE WHEN verification_failures >= :most THEN 'failed' ELSE state END,
    ended_at = CASE WHEN verification_failures >= :most THEN :now ELSE ended_at END
  WHERE id = :id AND state = 'pending' AND expires_at > :now RETURNING ${columns}`);
export const markSeen = statement<PushRequestRow>(`
  UPDATE push_requests SET seen_at = :now
  WHERE id = :id AND seen_at IS NULL AND state = 'pending' AND expires_at > :now RETURNING ${columns}`);

export const cancelRequest = statement<PushRequestRow>(`
  UPDATE push_requests SET state = 'cancelled', ended_at = :now
  WHERE id = :id AND state = 'pending' AND expires_at > :now RETURNING ${columns}`);
export const cancelOfAuthentication = statement<PushRequestRow>(`
  UPDATE push_requests SET state = 'cancelled', ended_at = :now
  WHERE authentication_id = :authentication_id AND state = 'pending' AND expires_at > :now RETURNING ${columns}`);
export const cancelOfAuthenticator = statement<PushRequestRow>(`
  UPDATE push_requests SET state = 'cancelled', ended_at = :now
  WHERE authenticator_id = :authenticator_id AND state = 'pending' AND expires_at > :now RETURNING ${columns}`);
/** Sign-ins that it has approved, and that nobody has completed: what it said is worth nothing any more. */
export const endApprovedBy = statement(`
  UPDATE authentications SET state = 'expired'
  WHERE state = 'ready' AND id IN (
    SELECT authentication_id FROM push_requests WHERE authenticator_id = :authenticator_id AND state = 'approved')`);
export const cancelOfUser = statement<PushRequestRow>(`
  UPDATE push_requests SET state = 'cancelled', ended_at = :now
  WHERE user_id = :user_id AND state = 'pending' AND expires_at > :now RETURNING ${columns}`);
/** Time ends a request by itself; this writes it down. */
export const expireOverdue = statement(`
  UPDATE push_requests SET state = 'expired', ended_at = expires_at WHERE state = 'pending' AND expires_at <= :now`);
export const expireOverdueOf = statement(`
  UPDATE push_requests SET state = 'expired', ended_at = expires_at
  WHERE authentication_id = :authentication_id AND state = 'pending' AND expires_at <= :now`);
export const purgeRequests = statement(
  `DELETE FROM push_requests WHERE created_at < :before AND state <> 'pending'`,
);

/** Takes hold of the row of (user, class of asker) until the transaction ends; see limits.ts. */
export const holdAsker = statement(`
  INSERT INTO push_askers (user_id, asker_class, asked_at) VALUES (:user_id, :asker_class, :now)
  ON CONFLICT (user_id, asker_class) DO UPDATE SET asked_at = :now`);
export const listRecentOfAsker = statement<
  Pick<PushRequestRow, 'state' | 'created_at' | 'expires_at' | 'ended_at'>
>(`
  SELECT state, created_at, expires_at, ended_at FROM push_requests
  WHERE user_id = :user_id AND asker_class = :asker_class AND created_at > :since ORDER BY created_at DESC, id DESC`);
export const purgeAskers = statement(`DELETE FROM push_askers WHERE asked_at < :before`);
