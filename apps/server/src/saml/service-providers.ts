import type { SamlServiceProvider, SamlSettings } from '@countersign/protocol/wire';
import { timeText } from '../platform/platform.ts';
import { Refusal } from '../platform/http/refusal.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import { readServiceProvider } from './metadata/service-provider.ts';
import { bindings } from './names.ts';
import type { RegisteredServiceProvider } from './receive/admit.ts';
import { SamlRefusal } from './refusal.ts';
import {
  findServiceProvider,
  insertServiceProvider,
  updateServiceProvider,
  type ServiceProviderRow,
} from './store.ts';

/** The service providers, one an application, as administrators keep them. */

/** What the administrator chose. */
export type Chosen = Required<Omit<SamlSettings, 'metadata' | 'metadata_url'>>;

/** Where an address was given, its content was fetched before. */
export type ReadSettings = Omit<SamlSettings, 'metadata_url'>;

const defaults: Chosen = {
  name_id_format: 'persistent',
  name_id_source: 'id',
  attributes: [],
  sign: 'both',
  encrypt: 'none',
  require_signed_requests: false,
  allow_sha1_digests: false,
  idp_initiated: true,
  relay_state: null,
};

/** What is registered of one: its metadata, as they were read, and what was chosen. */
export interface Registered {
  serviceProvider: RegisteredServiceProvider;
  chosen: Chosen;
}

/** Metadata are read anew only where they are others: by the text, as a change makes another one. */
const read = new Map<string, { text: string; registered: Registered }>();
const mostRead = 500;

/** @throws SamlRefusal where the metadata cannot be read any more, by a newer version that is stricter. */
export function registeredOf(row: ServiceProviderRow): Registered {
  const text = `${row.registered_at} ${row.settings} ${row.metadata}`;
  const known = read.get(row.application_id);
  if (known?.text === text) return known.registered;
  const chosen = chosenOf(row);
  const registered = {
    // As of when it was registered: that a certificate has ended since is for those to say who use it.
    serviceProvider: {
      ...readServiceProvider(row.metadata, row.registered_at),
      demandSignedRequests: chosen.require_signed_requests,
      allowSha1Digests: chosen.allow_sha1_digests,
    },
    chosen,
  };
  if (read.size >= mostRead) read.clear();
  read.set(row.application_id, { text, registered });
  return registered;
}

const chosenOf = ({ settings }: ServiceProviderRow): Chosen => ({
  ...defaults,
  ...(JSON.parse(settings) as Partial<Chosen>),
});

/** Registers the service provider of a new application. `metadata`: the XML. @throws Refusal 400 `malformed` */
export async function makeServiceProvider(
  transaction: Transaction,
  applicationId: string,
  settings: ReadSettings,
  now: number,
): Promise<void> {
  const { metadata, ...chosen } = settings;
  if (metadata === undefined) throw malformed('metadata', 'is what describes the application');
  await insertServiceProvider.run(transaction, {
    application_id: applicationId,
    entity_id: demandReadable(metadata, now),
    metadata,
    now,
    settings: JSON.stringify(demandValid({ ...defaults, ...chosen })),
  });
}

/** Members that are left out stay. @throws Refusal 400 `malformed`, 404 where the application is no service provider. */
export async function changeServiceProvider(
  transaction: Transaction,
  applicationId: string,
  settings: ReadSettings,
  now: number,
): Promise<void> {
  const row = await findServiceProvider.get(transaction, { application_id: applicationId });
  if (!row) throw new Refusal('not_found');
  const { metadata, ...chosen } = settings;
  await updateServiceProvider.run(transaction, {
    application_id: applicationId,
    entity_id: metadata === undefined ? row.entity_id : demandReadable(metadata, now),
    metadata: metadata ?? row.metadata,
    registered_at: metadata === undefined ? row.registered_at : now,
    settings: JSON.stringify(demandValid({ ...chosenOf(row), ...chosen })),
  });
}

export async function serviceProviderView(
  on: Queryable,
  applicationId: string,
): Promise<SamlServiceProvider | null> {
  const row = await findServiceProvider.get(on, { application_id: applicationId });
  if (!row) return null;
  const { serviceProvider, chosen } = registeredOf(row);
  const { assertionConsumerServices, singleLogoutServices, validUntil } = serviceProvider;
  const certificatesFor = (use: 'signing' | 'encryption') =>
    serviceProvider[`${use}Certificates`].map(({ subject, fingerprint, validFrom, validTo }) => ({
      use,
      subject,
      fingerprint,
      valid_from: timeText(validFrom),
      valid_to: timeText(validTo),
    }));
  return {
    entity_id: row.entity_id,
    acs_urls: assertionConsumerServices
      .filter(({ binding }) => binding === bindings.post)
      .map(({ location }) => location),
    slo_urls: [...new Set(singleLogoutServices.map(({ location }) => location))],
    certificates: [...certificatesFor('signing'), ...certificatesFor('encryption')],
    authn_requests_signed: serviceProvider.authnRequestsSigned,
    valid_until: validUntil === undefined ? null : timeText(validUntil),
    ...chosen,
  };
}

/** The entity id in it. */
function demandReadable(metadata: string, now: number): string {
  try {
    return readServiceProvider(metadata, now).entityId;
  } catch (error) {
    if (error instanceof SamlRefusal) throw malformed('metadata', `cannot be used: ${error.message}`);
    throw error;
  }
}

function demandValid(chosen: Chosen): Chosen {
  for (const [index, { source, value }] of chosen.attributes.entries()) {
    if ((source === 'fixed') !== (value !== undefined))
      throw malformed(`attributes/${index}/value`, 'belongs to source fixed, and only to it');
  }
  return chosen;
}

const malformed = (path: string, message: string) =>
  new Refusal('malformed', { errors: [{ path: `/saml/${path}`, message }] });
