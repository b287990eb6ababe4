import { applicationColumns, type ApplicationRow } from '../applications/store.ts';
import { statement } from '../platform/store/store.ts';

export interface ServiceProviderRow {
  application_id: string;
  entity_id: string;
  /** XML, read anew each time. */
  metadata: string;
  /** Milliseconds since 1970. */
  registered_at: number;
  /** JSON */
  settings: string;
}

const columns = `s.application_id, s.entity_id, s.metadata, s.registered_at, s.settings`;

/** With the application that it is. */
const findBy = (column: string) =>
  statement<ServiceProviderRow & ApplicationRow>(`
    SELECT ${columns}, ${applicationColumns}
    FROM saml_service_providers s JOIN applications a ON a.id = s.application_id WHERE s.${column} = :${column}`);
export const findServiceProvider = findBy('application_id');
export const findServiceProviderByEntityId = findBy('entity_id');
export const insertServiceProvider = statement(`
  INSERT INTO saml_service_providers (application_id, entity_id, metadata, registered_at, settings)
  VALUES (:application_id, :entity_id, :metadata, :now, :settings)`);
export const updateServiceProvider = statement(`
  UPDATE saml_service_providers SET entity_id = :entity_id, metadata = :metadata, registered_at = :registered_at,
    settings = :settings WHERE application_id = :application_id`);

export interface RequestRow {
  id: string;
  application_id: string;
  /** JSON */
  request: string;
  /** JSON */
  resolution: string | null;
}
const requestColumns = `id, application_id, request, resolution`;

export const insertRequest = statement(`
  INSERT INTO saml_requests (id, application_id, request, browser_hash, expires_at)
  VALUES (:id, :application_id, :request, :browser_hash, :expires_at)`);
/** For the browser that has taken it up, which the first one does. */
export const takeUpRequest = statement<RequestRow>(`
  UPDATE saml_requests SET browser_hash = :browser_hash
  WHERE id = :id AND expires_at > :now AND (browser_hash IS NULL OR browser_hash = :browser_hash)
  RETURNING ${requestColumns}`);
export const resolveRequest = statement<{ id: string }>(
  `UPDATE saml_requests SET resolution = :resolution WHERE id = :id AND expires_at > :now RETURNING id`,
);
/** Once: of two tabs that go on with one, one is answered. */
export const endRequest = statement<{ id: string }>(`DELETE FROM saml_requests WHERE id = :id RETURNING id`);
export const purgeSamlRequests = statement(`DELETE FROM saml_requests WHERE expires_at <= :now`);

export const spendMessageId = statement<{ key: string }>(`
  INSERT INTO saml_message_ids (key, expires_at) VALUES (:key, :expires_at)
  ON CONFLICT (key) DO NOTHING RETURNING key`);
export const purgeMessageIds = statement(`DELETE FROM saml_message_ids WHERE expires_at <= :now`);

/** Who was told that a person is signed in. */
export interface SamlSessionRow {
  /** The SessionIndex. */
  id: string;
  application_id: string;
  session_id: string;
  /** JSON */
  name_id: string;
}
const sessionColumns = `id, application_id, session_id, name_id`;
/** Not where the session has ended. */
export const keepSamlSession = statement<{ id: string }>(`
  INSERT INTO saml_sessions (id, application_id, session_id, name_id, name_value, created_at)
  SELECT CAST(:id AS TEXT), CAST(:application_id AS TEXT), s.id, CAST(:name_id AS TEXT), CAST(:name_value AS TEXT),
    CAST(:now AS BIGINT) FROM sessions s WHERE s.id = :session_id AND s.expires_at > :now
  ON CONFLICT (id) DO UPDATE SET name_id = :name_id, name_value = :name_value RETURNING id`);
export const listSamlSessions = statement<SamlSessionRow>(
  `SELECT ${sessionColumns} FROM saml_sessions WHERE session_id = :session_id ORDER BY created_at, id`,
);
/** Of one application and person, as it names them. */
export const findSamlSessionsNamed = statement<SamlSessionRow>(
  `SELECT ${sessionColumns} FROM saml_sessions WHERE application_id = :application_id AND name_value = :name_value`,
);

export const insertLogout = statement(
  `INSERT INTO saml_logouts (id, state, expires_at) VALUES (:id, :state, :expires_at)`,
);
/** Takes it: it goes on under another id, once. */
export const takeLogout = statement<{ state: string }>(
  `DELETE FROM saml_logouts WHERE id = :id AND expires_at > :now RETURNING state`,
);
export const purgeLogouts = statement(`DELETE FROM saml_logouts WHERE expires_at <= :now`);
