import { admits, type ApplicationRow } from '../applications/store.ts';
import { statement } from '../platform/store/store.ts';

export interface ClientRow {
  application_id: string;
  client_id: string;
  /** Sealed. */
  client_secret: string | null;
  /** JSON */
  metadata: string;
}

const clientColumns = `application_id, client_id, client_secret, metadata`;

export type ClientOfApplication = ClientRow &
  Pick<ApplicationRow, 'name' | 'step_up' | 'for_groups' | 'session_minutes' | 'watched_until'>;

export const findClient = statement<ClientOfApplication>(`
  SELECT c.application_id, c.client_id, c.client_secret, c.metadata,
    a.name, a.step_up, a.for_groups, a.session_minutes, a.watched_until
  FROM oidc_clients c JOIN applications a ON a.id = c.application_id WHERE c.client_id = :client_id`);
export const findClientOfApplication = statement<ClientRow>(
  `SELECT ${clientColumns} FROM oidc_clients WHERE application_id = :application_id`,
);
export const insertClient = statement(`
  INSERT INTO oidc_clients (application_id, client_id, client_secret, metadata)
  VALUES (:application_id, :client_id, :client_secret, :metadata)`);
export const updateClient = statement(`
  UPDATE oidc_clients SET client_secret = :client_secret, metadata = :metadata WHERE application_id = :application_id`);

export interface PayloadRow {
  key: string;
  payload: string;
  consumed_at: number | null;
  expires_at: number;
}

export const keepPayload = statement(`
  INSERT INTO oidc_payloads (key, payload, grant_id, client_id, user_id, session_id, user_code_hash, expires_at)
  VALUES (:key, :payload, :grant_id, :client_id, :user_id, :session_id, :user_code_hash, :expires_at)
  ON CONFLICT (key) DO UPDATE SET payload = :payload, grant_id = :grant_id, user_id = :user_id, expires_at = :expires_at`);

/** Holds the row until the transaction ends, so that two that change it do so one after the other. */
export const holdPayload = statement<PayloadRow>(
  `UPDATE oidc_payloads SET expires_at = :expires_at WHERE key = :key RETURNING key, payload, consumed_at, expires_at`,
);
/** None where there is one already. */
export const insertPayload = statement<{ key: string }>(`
  INSERT INTO oidc_payloads (key, payload, user_id, session_id, expires_at)
  VALUES (:key, :payload, :user_id, :session_id, :expires_at) ON CONFLICT (key) DO NOTHING RETURNING key`);
export const changePayload = statement(
  `UPDATE oidc_payloads SET payload = :payload, user_id = :user_id WHERE key = :key`,
);

/** What is over is not there, nor what is of somebody who was suspended or may not use the application, or of one that is gone. */
const findBy = (column: string) =>
  statement<PayloadRow>(`
    SELECT p.key, p.payload, p.consumed_at, p.expires_at FROM oidc_payloads p
    LEFT JOIN users u ON u.id = p.user_id
    LEFT JOIN oidc_clients c ON c.client_id = p.client_id LEFT JOIN applications a ON a.id = c.application_id
    WHERE p.${column} = :value AND p.expires_at > :now
      AND (p.client_id IS NULL OR a.id IS NOT NULL)
      AND (p.user_id IS NULL OR u.state = 'active' AND (a.id IS NULL OR ${admits('p.user_id')}))`);
export const findPayload = findBy('key');
export const findPayloadOfSession = findBy('session_id');
export const findPayloadByUserCode = findBy('user_code_hash');
export const deletePayload = statement(`DELETE FROM oidc_payloads WHERE key = :key`);
/** Of two at once, one. */
export const consumePayload = statement<{ grant_id: string | null }>(
  `UPDATE oidc_payloads SET consumed_at = :now WHERE key = :key AND consumed_at IS NULL RETURNING grant_id`,
);
export const deletePayloadsOfGrant = statement(`DELETE FROM oidc_payloads WHERE grant_id = :grant_id`);
export const insertDeviceInteraction = statement(
  `INSERT INTO device_interactions (interaction_id, user_code) VALUES (:interaction_id, :user_code)`,
);
export const findDeviceInteraction = statement<{ user_code: string }>(
  `SELECT user_code FROM device_interactions WHERE interaction_id = :interaction_id`,
);
/** Takes the code from every browser that was given it: of any number of them at once one gets rows back. */
export const claimDevice = statement<{ user_code: string }>(`
  DELETE FROM device_interactions
  WHERE user_code = (SELECT d.user_code FROM device_interactions d WHERE d.interaction_id = :interaction_id)
  RETURNING user_code`);
export const purgePayloads = statement(`DELETE FROM oidc_payloads WHERE expires_at <= :now`);

export interface LogoutRow {
  session_id: string;
  client_id: string;
  user_id: string;
  sid: string;
  tries: number;
}

/** Only where the application wants to be told: `metadata` is ours, its form is known. */
export const expectLogout = statement(`
  INSERT INTO oidc_logouts (session_id, client_id, user_id, sid)
  SELECT CAST(:session_id AS TEXT), c.client_id, CAST(:user_id AS TEXT), CAST(:sid AS TEXT) FROM oidc_clients c
  WHERE c.client_id = :client_id AND c.metadata LIKE '%"backchannel_logout_uri":"%'
  ON CONFLICT (session_id, client_id) DO UPDATE SET sid = :sid`);
/** One that is to be told, for as long as `lease_end`, so that two processes do not both tell it. */
export const takeDueLogout = statement<LogoutRow>(`
  UPDATE oidc_logouts SET next_try_at = :lease_end, tries = tries + 1
  WHERE next_try_at <= :now AND (session_id, client_id) = (
    SELECT l.session_id, l.client_id FROM oidc_logouts l
    WHERE l.next_try_at <= :now AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.id = l.session_id)
    ORDER BY l.next_try_at LIMIT 1)
  RETURNING session_id, client_id, user_id, sid, tries`);
export const postponeLogout = statement(`
  UPDATE oidc_logouts SET next_try_at = :next_try_at WHERE session_id = :session_id AND client_id = :client_id`);
export const deleteLogout = statement(
  `DELETE FROM oidc_logouts WHERE session_id = :session_id AND client_id = :client_id`,
);
