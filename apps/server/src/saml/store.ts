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

export const findServiceProvider = statement<ServiceProviderRow>(
  `SELECT ${columns} FROM saml_service_providers s WHERE s.application_id = :application_id`,
);
export const findServiceProviderByEntityId = statement<ServiceProviderRow>(
  `SELECT ${columns} FROM saml_service_providers s WHERE s.entity_id = :entity_id`,
);
export const insertServiceProvider = statement(`
  INSERT INTO saml_service_providers (application_id, entity_id, metadata, registered_at, settings)
  VALUES (:application_id, :entity_id, :metadata, :now, :settings)`);
export const updateServiceProvider = statement(`
  UPDATE saml_service_providers SET entity_id = :entity_id, metadata = :metadata, registered_at = :registered_at,
    settings = :settings WHERE application_id = :application_id`);
