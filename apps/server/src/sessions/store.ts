import type { Acr } from '@countersign/protocol/wire';
import { statement } from '../platform/store/store.ts';
import type { UserRow } from '../users/store.ts';

export interface SessionRow {
  id: string;
  kind: 'portal' | 'admin';
  user_id: string;
  browser_hash: string;
  acr: Acr;
  amr: string;
  proof: string | null;
  auth_time: number;
  enrollment_required: number;
  renew_token: number;
  ip: string | null;
  client: string | null;
  created_at: number;
  last_seen_at: number;
  expires_at: number;
}

const columns = `s.id, s.kind, s.user_id, s.browser_hash, s.acr, s.amr, s.proof, s.auth_time, s.enrollment_required,
  s.renew_token, s.ip, s.client, s.created_at, s.last_seen_at, s.expires_at`;

export const insertSession = statement(`
  INSERT INTO sessions (id, kind, user_id, token_hash, browser_hash, acr, amr, proof, auth_time, enrollment_required, ip,
    client, created_at, last_seen_at, expires_at)
  VALUES (:id, :kind, :user_id, :token_hash, :browser_hash, :acr, :amr, :proof, :now, :enrollment_required, :ip, :client,
    :now, :now, :expires_at)`);

/** A live session with its user: neither ended, nor idle for too long, nor of somebody who was suspended. */
export const findSession = statement<
  SessionRow &
    Pick<
      UserRow,
      | 'login'
      | 'name'
      | 'email'
      | 'role'
      | 'password_change_required'
      | 'push_override'
      | 'had_factor'
      | 'has_factor'
      | 'language'
    >
>(`
  SELECT ${columns}, u.login, u.name, u.email, u.role, u.password_change_required, u.push_override, u.had_factor,
    u.has_factor, u.language
  FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.token_hash = :token_hash AND s.kind = :kind AND s.expires_at > :now AND s.last_seen_at > :idle_since
    AND u.state = 'active'`);
export const isSessionLive = statement<{ id: string }>(`
  SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.id = :id AND s.expires_at > :now AND s.last_seen_at > :idle_since AND u.state = 'active'`);

export const touchSession = statement(`UPDATE sessions SET last_seen_at = :now WHERE id = :id`);
/** Changes the token; of two requests with the old one, only one gets the new. */
export const renewToken = statement<{ id: string }>(`
  UPDATE sessions SET token_hash = :new_hash, renew_token = 0 WHERE id = :id AND token_hash = :old_hash RETURNING id`);
/** A new token whatever the old one was: at a step-up, whose response carries it. */
export const replaceToken = statement<SessionRow>(`
  UPDATE sessions SET token_hash = :new_hash, renew_token = 0 WHERE id = :id AND expires_at > :now
  RETURNING id, kind, user_id, browser_hash, acr, amr, proof, auth_time, enrollment_required, renew_token, ip, client,
    created_at, last_seen_at, expires_at`);
export const raiseSession = statement<{ id: string }>(`
  UPDATE sessions SET acr = :acr, amr = :amr, auth_time = :now, enrollment_required = 0, renew_token = 1
  WHERE id = :id AND enrollment_required > 0 RETURNING id`);

/** A full session of somebody who must have a factor by now. */
export const demandFirstFactor = statement(`
  UPDATE sessions SET enrollment_required = 1 WHERE id = :id AND enrollment_required = 0 AND acr = 'urn:countersign:aal1'`);

/** Takes hold of it until the transaction ends: whoever ends it meanwhile comes after. */
export const holdSession = statement<{ id: string }>(
  `UPDATE sessions SET renew_token = renew_token WHERE id = :id AND expires_at > :now RETURNING id`,
);

export const elevate = statement(`
  INSERT INTO elevations (session_id, resource, acr, amr, proof, until)
  VALUES (:session_id, :resource, :acr, :amr, :proof, :until)
  ON CONFLICT (session_id, resource) DO UPDATE SET acr = :acr, amr = :amr, proof = :proof, until = :until`);
export const findElevation = statement<{ until: number; acr: Acr; amr: string; proof: string | null }>(
  `SELECT until, acr, amr, proof FROM elevations WHERE session_id = :session_id AND resource = :resource AND until > :now`,
);

/** Whose it is. */
export const findUserOfSession = statement<{ id: string; login: string }>(
  `SELECT u.id, u.login FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = :id`,
);
export const deleteSession = statement<{ id: string }>(`DELETE FROM sessions WHERE id = :id RETURNING id`);
export const deleteSessionOfUser = statement<{ id: string }>(
  `DELETE FROM sessions WHERE id = :id AND user_id = :user_id RETURNING id`,
);
export const deleteSessionsOfUser = statement<{ id: string }>(
  `DELETE FROM sessions WHERE user_id = :user_id AND id <> :except RETURNING id`,
);
export const deleteSessionsOfBrowser = statement<{ id: string }>(
  `DELETE FROM sessions WHERE user_id = :user_id AND browser_hash = :browser_hash RETURNING id`,
);
/** A browser has one session of a kind: a new sign-in takes the place of the old one. */
export const deletePreviousSession = statement(
  `DELETE FROM sessions WHERE user_id = :user_id AND browser_hash = :browser_hash AND kind = :kind`,
);
export const listSessionsOfUser = statement<SessionRow>(`
  SELECT ${columns} FROM sessions s
  WHERE s.user_id = :user_id AND s.expires_at > :now AND s.last_seen_at > :idle_since ORDER BY s.last_seen_at DESC`);
export const purgeSessions = statement(
  `DELETE FROM sessions WHERE expires_at <= :now OR last_seen_at <= :idle_since`,
);

export const findFamiliarity = statement<{ expires_at: number }>(
  `SELECT expires_at FROM familiar_askers WHERE user_id = :user_id AND asker = :asker AND expires_at > :now`,
);
export const keepFamiliarity = statement(`
  INSERT INTO familiar_askers (user_id, asker, expires_at) VALUES (:user_id, :asker, :expires_at)
  ON CONFLICT (user_id, asker) DO UPDATE SET expires_at = :expires_at`);
export const endFamiliarity = statement(`
  DELETE FROM familiar_askers WHERE user_id = :user_id
    AND (asker = :asker OR substr(asker, 1, length(CAST(:networks AS TEXT))) = :networks)`);
/** All that applications were given for a person: codes, tokens, and what they may ask for without them. */
export const endTokensOfUser = statement(`DELETE FROM oidc_payloads WHERE user_id = :user_id`);
/** Every browser but one is a stranger again. */
export const endOtherFamiliarity = statement(
  `DELETE FROM familiar_askers WHERE user_id = :user_id AND asker <> :asker`,
);
export const purgeFamiliarity = statement(`DELETE FROM familiar_askers WHERE expires_at <= :now`);

/** The others that know no more than the password. */
export const listWeakSessions = statement<{ id: string }>(
  `SELECT id FROM sessions WHERE user_id = :user_id AND id <> :except AND acr = 'urn:countersign:aal1'`,
);
/** Of the same person in the same browser, of both portals; itself among them. */
export const findSessionsBeside = statement<{ id: string }>(`
  SELECT b.id FROM sessions a JOIN sessions b ON b.user_id = a.user_id AND b.browser_hash = a.browser_hash
  WHERE a.id = :id`);
