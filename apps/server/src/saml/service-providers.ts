import type { SamlMetadata, SamlServiceProvider, SamlSettings } from '@countersign/protocol/wire';
import type { GuardedFetch } from '../platform/guarded-fetch.ts';
import { timeText } from '../platform/platform.ts';
import { Refusal } from '../platform/http/refusal.ts';
import { UniqueViolation } from '../platform/store/errors.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import { fetchMetadata } from './metadata/fetch.ts';
import { readServiceProvider, type ServiceProviderMetadata } from './metadata/service-provider.ts';
import { bindings } from './names.ts';
import type { RegisteredServiceProvider } from './receive/admit.ts';
import { SamlRefusal, quoted } from './refusal.ts';
import {
  findServiceProvider,
  insertServiceProvider,
  updateServiceProvider,
  type ServiceProviderRow,
} from './store.ts';
import { isXmlText } from './xml/write.ts';

/** The service providers, one an application, as administrators keep them. */

/** What the administrator chose. */
export type Chosen = Required<Omit<SamlSettings, 'metadata' | 'metadata_url'>>;

/** The XML, and the member of the call that it came by: what is refused names that. */
export interface GivenMetadata {
  xml: string;
  member: 'metadata' | 'metadata_url';
}
/** Of both nothing that is left out is changed. */
export interface GivenSettings {
  metadata: GivenMetadata | undefined;
  chosen: Partial<Chosen>;
}

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

/** What was chosen, also where the metadata cannot be read. */
export const chosenOf = ({ settings }: ServiceProviderRow): Chosen => ({
  ...defaults,
  ...(JSON.parse(settings) as Partial<Chosen>),
});

/** Fetches what an address was given for; outside of any transaction. @throws Refusal 400 `malformed` */
export async function givenSettings(
  { metadata, metadata_url, ...chosen }: SamlSettings,
  guardedFetch: GuardedFetch,
): Promise<GivenSettings> {
  if (metadata !== undefined && metadata_url !== undefined)
    throw malformed('metadata_url', 'is given beside metadata; one of them is enough');
  if (metadata_url !== undefined) {
    const member = 'metadata_url';
    const xml = await refusing(member, () => fetchMetadata(metadata_url, guardedFetch));
    return { metadata: { xml, member }, chosen };
  }
  return { metadata: metadata === undefined ? undefined : { xml: metadata, member: 'metadata' }, chosen };
}

/** Registers the service provider of a new application. @throws Refusal 400 `malformed` */
export async function makeServiceProvider(
  transaction: Transaction,
  applicationId: string,
  { metadata, chosen }: GivenSettings,
  now: number,
): Promise<{ after: object }> {
  if (metadata === undefined) throw malformed('metadata', 'is what describes the application');
  const serviceProvider = await readGiven(metadata, now);
  const all = demandValid({ ...defaults, ...chosen }, serviceProvider);
  await named(metadata, serviceProvider, () =>
    insertServiceProvider.run(transaction, {
      application_id: applicationId,
      entity_id: serviceProvider.entityId,
      metadata: metadata.xml,
      now,
      settings: JSON.stringify(all),
    }),
  );
  return { after: { saml: logged(serviceProvider, all) } };
}

/** Members that are left out stay. @throws Refusal 400 `malformed`, 404 where the application is no service provider. */
export async function changeServiceProvider(
  transaction: Transaction,
  applicationId: string,
  { metadata, chosen }: GivenSettings,
  now: number,
): Promise<{ before: object; after: object }> {
  const row = await findServiceProvider.get(transaction, { application_id: applicationId });
  if (!row) throw new Refusal('not_found');
  const kept: GivenMetadata = { xml: row.metadata, member: 'metadata' };
  const serviceProvider = await readGiven(metadata ?? kept, metadata ? now : row.registered_at);
  const all = demandValid({ ...chosenOf(row), ...chosen }, serviceProvider);
  await named(metadata ?? kept, serviceProvider, () =>
    updateServiceProvider.run(transaction, {
      application_id: applicationId,
      entity_id: serviceProvider.entityId,
      metadata: (metadata ?? kept).xml,
      registered_at: metadata ? now : row.registered_at,
      settings: JSON.stringify(all),
    }),
  );
  return { before: { saml: loggedOf(row) }, after: { saml: logged(serviceProvider, all) } };
}

export async function serviceProviderView(
  on: Queryable,
  applicationId: string,
): Promise<SamlServiceProvider | null> {
  const row = await findServiceProvider.get(on, { application_id: applicationId });
  if (!row) return null;
  const chosen = chosenOf(row);
  try {
    return { ...metadataView(registeredOf(row).serviceProvider), problem: null, ...chosen };
  } catch (error) {
    if (!(error instanceof SamlRefusal)) throw error;
    // One that is out of order hides neither itself nor the others.
    const { entity_id } = row;
    const nothing = { acs_urls: [], slo_urls: [], certificates: [], authn_requests_signed: false };
    return { entity_id, ...nothing, valid_until: null, problem: error.message, ...chosen };
  }
}

/** What metadata say, before anything is registered. @throws Refusal 400 `malformed` */
export async function readForView(metadata: GivenMetadata, now: number): Promise<SamlMetadata> {
  return { ...metadataView(await readGiven(metadata, now)), metadata: metadata.xml };
}

/** What somebody would be told with `chosen` in place of what is kept. @throws Refusal 400 `malformed`, 404 */
export async function chosenFor(
  on: Queryable,
  applicationId: string,
  chosen: Partial<Chosen>,
): Promise<{ entityId: string; chosen: Chosen }> {
  const row = await findServiceProvider.get(on, { application_id: applicationId });
  if (!row) throw new Refusal('not_found');
  const all = { ...chosenOf(row), ...chosen };
  demandAttributes(all);
  return { entityId: row.entity_id, chosen: all };
}

const metadataView = (from: ServiceProviderMetadata) => ({
  entity_id: from.entityId,
  acs_urls: from.assertionConsumerServices
    .filter(({ binding }) => binding === bindings.post)
    .map(({ location }) => location),
  slo_urls: [...new Set(from.singleLogoutServices.map(({ location }) => location))],
  certificates: certificatesOf(from).map(({ use, subject, fingerprint, validFrom, validTo }) => ({
    use,
    subject,
    fingerprint,
    valid_from: timeText(validFrom),
    valid_to: timeText(validTo),
  })),
  authn_requests_signed: from.authnRequestsSigned,
  valid_until: from.validUntil === undefined ? null : timeText(from.validUntil),
});

const certificatesOf = (from: ServiceProviderMetadata) =>
  (['signing', 'encryption'] as const).flatMap((use) =>
    from[`${use}Certificates`].map((certificate) => ({ use, ...certificate })),
  );

/** For the event log: which metadata these are, without their text. */
const logged = (from: ServiceProviderMetadata, chosen: Chosen) => ({
  entity_id: from.entityId,
  certificates: [...new Set(certificatesOf(from).map(({ fingerprint }) => fingerprint))],
  ...chosen,
});
function loggedOf(row: ServiceProviderRow): object {
  try {
    const { serviceProvider, chosen } = registeredOf(row);
    return logged(serviceProvider, chosen);
  } catch (error) {
    if (!(error instanceof SamlRefusal)) throw error;
    return { entity_id: row.entity_id, problem: error.message, ...chosenOf(row) };
  }
}

const readGiven = ({ xml, member }: GivenMetadata, now: number): Promise<ServiceProviderMetadata> =>
  refusing(member, () => readServiceProvider(xml, now));

/** What SAML refuses is the caller's: 400 `malformed` at that member. */
async function refusing<T>(member: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof SamlRefusal) throw malformed(member, `cannot be used: ${error.message}`);
    throw error;
  }
}

/** The index decides: of two administrators at once only one registers it. */
async function named(
  { member }: GivenMetadata,
  { entityId }: ServiceProviderMetadata,
  write: () => Promise<unknown>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    throw malformed(member, `is of ${quoted(entityId)}, which another application is registered as`);
  }
}

function demandValid(chosen: Chosen, { encryptionCertificates }: ServiceProviderMetadata): Chosen {
  demandAttributes(chosen);
  if (chosen.encrypt !== 'none' && !encryptionCertificates.some(({ key }) => key.asymmetricKeyType === 'rsa'))
    throw malformed('encrypt', 'needs a certificate for encryption with an RSA key in the metadata');
  return chosen;
}

/** What could not be told later is refused here. */
function demandAttributes({ attributes }: Chosen): void {
  const names = new Set<string>();
  for (const [index, { name, friendly_name = '', source, value }] of attributes.entries()) {
    if ((source === 'fixed') !== (value !== undefined))
      throw malformed(`attributes/${index}/value`, 'belongs to source fixed, and only to it');
    if (names.has(name)) throw malformed(`attributes/${index}/name`, 'is there twice');
    names.add(name);
    for (const [member, text] of Object.entries({ name, friendly_name, value: value ?? '' }))
      if (!isXmlText(text))
        throw malformed(`attributes/${index}/${member}`, 'has a character that no XML can hold');
  }
}

const malformed = (path: string, message: string) =>
  new Refusal('malformed', { errors: [{ path: `/saml/${path}`, message }] });
