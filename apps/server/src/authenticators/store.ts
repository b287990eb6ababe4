import { statement } from '../platform/store/store.ts';
import type { EnrolmentStrength } from '../sessions/enrolling.ts';
import { searchOf } from '../users/search/search.ts';

export interface AuthenticatorRow {
  id: string;
  user_id: string;
  state: 'pending' | 'active' | 'revoked';
  thumbprint: string;
  presence_jwk: string;
  device: string;
  push: 'ok' | 'none' | 'unreachable';
  push_subscription: string | null;
  /** What the subscription was made for; null: the first key of the server. */
  vapid_public_key: string | null;
  webauthn_credential_id: string | null;
  webauthn_public_key: string | null;
  webauthn_counter: number;
  created_at: number;
  last_seen_at: number;
}

const columns = `a.id, a.user_id, a.state, a.thumbprint, a.presence_jwk, a.device, a.push, a.push_subscription, a.vapid_public_key,
  a.webauthn_credential_id, a.webauthn_public_key, a.webauthn_counter, a.created_at, a.last_seen_at`;

export const insertAuthenticator = statement(`
  INSERT INTO authenticators (id, user_id, state, thumbprint, presence_jwk, device, push, push_subscription,
    vapid_public_key, webauthn_credential_id, webauthn_public_key, webauthn_counter, created_at, last_seen_at)
  VALUES (:id, :user_id, 'pending', :thumbprint, :presence_jwk, :device, :push, :push_subscription,
    :vapid_public_key, :webauthn_credential_id, :webauthn_public_key, :webauthn_counter, :now, :now)`);

/** Alive: pending or active, of a user who is not suspended. */
export const findByThumbprint = statement<AuthenticatorRow & { login: string; name: string }>(`
  SELECT ${columns}, u.login, u.name FROM authenticators a JOIN users u ON u.id = a.user_id
  WHERE a.thumbprint = :thumbprint AND a.state <> 'revoked' AND u.state = 'active'`);
export const findAuthenticator = statement<AuthenticatorRow>(
  `SELECT ${columns} FROM authenticators a WHERE a.id = :id AND a.state <> 'revoked'`,
);
export const findAuthenticatorOfUser = statement<AuthenticatorRow>(`
  SELECT ${columns} FROM authenticators a WHERE a.id = :id AND a.user_id = :user_id AND a.state <> 'revoked'`);
/** Also of one that was removed. */
export const findDevice = statement<Pick<AuthenticatorRow, 'device'>>(
  `SELECT device FROM authenticators WHERE id = :id`,
);
/** Most lately seen first. */
export const listOfUser = statement<AuthenticatorRow>(`
  SELECT ${columns} FROM authenticators a WHERE a.user_id = :user_id AND a.state <> 'revoked'
  ORDER BY a.last_seen_at DESC, a.id`);
export const listActiveOfUser = statement<AuthenticatorRow>(`
  SELECT ${columns} FROM authenticators a WHERE a.user_id = :user_id AND a.state = 'active'
  ORDER BY a.last_seen_at DESC, a.id`);

/** What an index keeps ready: phones that no push reaches. */
const unreachable = `a.state = 'active' AND a.push <> 'ok'`;
/** Newest first; paged and searched as people are. */
export const searchUnreachable = searchOf<AuthenticatorRow & { login: string; name: string }>({
  columns: `${columns}, u.login, u.name`,
  from: 'authenticators a',
  where: unreachable,
  at: 'a.created_at',
  id: 'a.user_id',
  join: 'CROSS JOIN users u',
  on: 'u.id = a.user_id',
});
/** `limit` at the most. */
export const countUnreachable = statement<{ count: number }>(
  `SELECT COUNT(*) AS count FROM (SELECT 1 FROM authenticators a WHERE ${unreachable} LIMIT :limit) found`,
);

export const activateAuthenticator = statement<{ id: string }>(
  `UPDATE authenticators SET state = 'active' WHERE id = :id AND state = 'pending' RETURNING id`,
);
/** The key stays, so that it is never taken again; what could reach the phone goes. */
export const revokeAuthenticator = statement<AuthenticatorRow>(`
  UPDATE authenticators SET state = 'revoked', revoked_at = :now, push_subscription = NULL, push = 'none',
    webauthn_credential_id = NULL
  WHERE id = :id AND state <> 'revoked'
  RETURNING id, user_id, state, thumbprint, presence_jwk, device, push, push_subscription, vapid_public_key,
    webauthn_credential_id, webauthn_public_key, webauthn_counter, created_at, last_seen_at`);

export const touchAuthenticator = statement(`UPDATE authenticators SET last_seen_at = :now WHERE id = :id`);
export const updateDevice = statement(`UPDATE authenticators SET device = :device WHERE id = :id`);
export const updateSubscription = statement(`
  UPDATE authenticators SET push = :push, push_subscription = :push_subscription, vapid_public_key = :vapid_public_key
  WHERE id = :id`);
/** Of the subscriptions that there are when the server's first VAPID key is replaced. */
export const keepVapidKey = statement(`
  UPDATE authenticators SET vapid_public_key = :vapid_public_key
  WHERE vapid_public_key IS NULL AND push_subscription IS NOT NULL`);
/** The push service took another key than was remembered. */
export const correctVapidKey = statement(`
  UPDATE authenticators SET vapid_public_key = :vapid_public_key
  WHERE id = :id AND push_subscription = :push_subscription`);
/** Older keys that no subscription was made for; one of which an app may just be subscribing stays for a while. */
export const dropUnusedVapidKeys = statement(`
  DELETE FROM server_keys WHERE name LIKE 'vapid.%' AND created_at < :before AND NOT EXISTS (
    SELECT 1 FROM authenticators a
    WHERE a.push_subscription IS NOT NULL AND server_keys.name = 'vapid.' || a.vapid_public_key)`);
/** Only the subscription that failed is dropped: the phone may have sent a newer one meanwhile. */
export const dropSubscription = statement<{ id: string }>(`
  UPDATE authenticators SET push = 'unreachable', push_subscription = NULL
  WHERE id = :id AND push_subscription = :push_subscription RETURNING id`);
export const updateCounter = statement(
  `UPDATE authenticators SET webauthn_counter = :counter WHERE id = :id`,
);
export const rememberProof = statement<{ jti: string }>(`
  INSERT INTO seen_proofs (thumbprint, jti, expires_at) VALUES (:thumbprint, :jti, :expires_at)
  ON CONFLICT (thumbprint, jti) DO NOTHING RETURNING jti`);
export const purgeProofs = statement(`DELETE FROM seen_proofs WHERE expires_at <= :now`);

export interface ActivationRow {
  id: string;
  user_id: string;
  /** Both empty where an old phone began it, and no browser. */
  session_id: string;
  browser_hash: string;
  nonce: string;
  webauthn: string | null;
  state: 'waiting' | 'pending' | 'active' | 'expired';
  authenticator_id: string | null;
  first_factor: EnrolmentStrength;
  replaces_id: string | null;
  created_at: number;
  expires_at: number;
}

const activationColumns = `id, user_id, session_id, browser_hash, nonce, webauthn, state, authenticator_id, first_factor,
  replaces_id, created_at, expires_at`;

export const insertActivation = statement(`
  INSERT INTO activations (id, user_id, session_id, browser_hash, code_hash, nonce, webauthn, state, first_factor,
    replaces_id, created_at, expires_at)
  VALUES (:id, :user_id, :session_id, :browser_hash, :code_hash, :nonce, :webauthn, 'waiting', :first_factor,
    :replaces_id, :now, :expires_at)`);
export const findActivationByCode = statement<ActivationRow>(
  `SELECT ${activationColumns} FROM activations WHERE code_hash = :code_hash`,
);
export const findActivation = statement<ActivationRow>(
  `SELECT ${activationColumns} FROM activations WHERE id = :id`,
);
export const findActivationOfUser = statement<ActivationRow>(
  `SELECT ${activationColumns} FROM activations WHERE id = :id AND user_id = :user_id`,
);
export const findActivationByAuthenticator = statement<ActivationRow>(
  `SELECT ${activationColumns} FROM activations WHERE authenticator_id = :authenticator_id`,
);
/** Spends the code; of two phones at once one wins. */
export const takeActivation = statement<ActivationRow>(`
  UPDATE activations SET state = 'pending', authenticator_id = :authenticator_id
  WHERE id = :id AND state = 'waiting' AND expires_at > :now RETURNING ${activationColumns}`);
export const findPendingActivation = statement<ActivationRow>(
  `SELECT ${activationColumns} FROM activations WHERE id = :id AND state = 'pending' AND expires_at > :now`,
);
export const finishActivation = statement<ActivationRow>(`
  UPDATE activations SET state = 'active'
  WHERE authenticator_id = :authenticator_id AND state = 'pending' AND expires_at > :now
  RETURNING ${activationColumns}`);
export const expireActivation = statement<ActivationRow>(`
  UPDATE activations SET state = 'expired' WHERE id = :id AND state IN ('waiting', 'pending')
  RETURNING ${activationColumns}`);
/** What a newer code ends: older ones that nobody has taken. */
export const listWaitingActivations = statement<ActivationRow>(`
  SELECT ${activationColumns} FROM activations WHERE user_id = :user_id AND state = 'waiting'`);
/** Also those that a phone has taken, and moves to a new phone. */
export const listOpenActivations = statement<ActivationRow>(`
  SELECT ${activationColumns} FROM activations WHERE user_id = :user_id AND state IN ('waiting', 'pending')`);
export const listOverdueActivations = statement<ActivationRow>(`
  SELECT ${activationColumns} FROM activations WHERE state IN ('waiting', 'pending') AND expires_at <= :now LIMIT 200`);

/** Of two that make one at once, the first one's stays. */
export const keepOfflineSeed = statement(`
  INSERT INTO offline_seeds (user_id, seed) VALUES (:user_id, :seed) ON CONFLICT (user_id) DO NOTHING`);
export const findOfflineSeed = statement<{ seed: string }>(
  `SELECT seed FROM offline_seeds WHERE user_id = :user_id`,
);
/** For a phone, as long as it is one: a removed one that asks at the same moment learns nothing of the next seed. */
export const keepOfflineSeedFor = statement(`
  INSERT INTO offline_seeds (user_id, seed)
  SELECT user_id, CAST(:seed AS TEXT) FROM authenticators WHERE id = :id AND state = 'active'
  ON CONFLICT (user_id) DO NOTHING`);
export const findOfflineSeedFor = statement<{ seed: string }>(`
  SELECT s.seed FROM offline_seeds s JOIN authenticators a ON a.user_id = s.user_id
  WHERE a.id = :id AND a.state = 'active'`);
/** A phone that is gone knows what makes the codes: those of the person's other phones are made of another seed then. */
export const dropOfflineSeed = statement(`DELETE FROM offline_seeds WHERE user_id = :user_id`);
