import type { OidcClient, OidcClientSettings } from '@countersign/protocol/wire';
import type { AllClientMetadata } from 'oidc-provider';
import type { ApplicationRow } from '../applications/store.ts';
import { Refusal } from '../platform/http/refusal.ts';
import type { Platform } from '../platform/platform.ts';
import { randomId, randomSecret } from '../platform/random-text.ts';
import { sealed } from '../platform/sealed-columns.ts';
import type { Queryable, Transaction } from '../platform/store/store.ts';
import { findClientOfApplication, insertClient, updateClient, type ClientOfApplication } from './store.ts';

/** The clients of the OpenID provider, one an application, as administrators keep them. */

type KeptMetadata = Required<OidcClientSettings>;

/** What of the application its client carries, for whoever looks at the person's proof. */
export type ApplicationOfClient = Pick<
  ApplicationRow,
  'id' | 'step_up' | 'for_groups' | 'session_minutes' | 'watched_until'
>;

const ciba = 'urn:openid:params:grant-type:ciba';

const defaults: KeptMetadata = {
  redirect_uris: [],
  post_logout_redirect_uris: [],
  backchannel_logout_uri: null,
  token_endpoint_auth_method: 'client_secret_basic',
  jwks_uri: null,
  id_token_signed_response_alg: 'ES256',
  grant_types: ['authorization_code', 'refresh_token'],
  pkce: true,
};

/** Read anew only where the row is another: opening the secret costs more than finding it. */
const read = new Map<string, { from: string; metadata: AllClientMetadata }>();
const mostRead = 500;

/** As the provider library wants it; unset members are left out. */
export function clientMetadataOf(row: ClientOfApplication, platform: Platform): AllClientMetadata {
  const from = JSON.stringify(row);
  const known = read.get(row.client_id);
  if (known?.from === from) return known.metadata;
  const metadata = readMetadata(row, platform);
  if (read.size >= mostRead) read.clear();
  read.set(row.client_id, { from, metadata });
  return metadata;
}

function readMetadata(row: ClientOfApplication, { sealing }: Platform): AllClientMetadata {
  const { backchannel_logout_uri, jwks_uri, ...kept } = JSON.parse(row.metadata) as KeptMetadata;
  return {
    ...kept,
    client_id: row.client_id,
    client_name: row.name,
    response_types: kept.grant_types.includes('authorization_code') ? ['code'] : [],
    ...(kept.grant_types.includes(ciba) ? { backchannel_token_delivery_mode: 'poll' as const } : {}),
    ...(row.client_secret === null
      ? {}
      : { client_secret: sealing.open(row.client_secret, sealed.clientSecrets.place(row.application_id)) }),
    // Without the session it would be told to sign the person out everywhere.
    ...(backchannel_logout_uri === null
      ? {}
      : { backchannel_logout_uri, backchannel_logout_session_required: true }),
    ...(jwks_uri === null ? {} : { jwks_uri }),
    // Ours, read where the person's proof is looked at.
    application: {
      id: row.application_id,
      step_up: row.step_up,
      for_groups: row.for_groups,
      session_minutes: row.session_minutes,
      watched_until: row.watched_until,
    } satisfies ApplicationOfClient,
  };
}

/** Makes the client of a new application. `secret`: told once; null where it has none. @throws Refusal 400 `malformed` */
export async function makeClient(
  transaction: Transaction,
  applicationId: string,
  settings: OidcClientSettings,
  { random, sealing }: Platform,
): Promise<{ secret: string | null }> {
  const metadata = demandValid({ ...defaults, ...settings });
  const secret = hasSecret(metadata) ? randomSecret(random) : null;
  await insertClient.run(transaction, {
    application_id: applicationId,
    client_id: randomId(random),
    client_secret: secret && sealing.seal(secret, sealed.clientSecrets.place(applicationId)),
    metadata: JSON.stringify(metadata),
  });
  return { secret };
}

/** @throws Refusal 400 `malformed`, 404 where the application is no client. */
export async function changeClient(
  transaction: Transaction,
  applicationId: string,
  settings: Partial<OidcClientSettings>,
  { random, sealing }: Platform,
  { newSecret }: { newSecret: boolean },
): Promise<{ secret: string | null; before: object; after: object }> {
  const row = await findClientOfApplication.get(transaction, { application_id: applicationId });
  if (!row) throw new Refusal('not_found');
  const before = JSON.parse(row.metadata) as KeptMetadata;
  const metadata = demandValid({ ...before, ...settings });
  const isNew = hasSecret(metadata) && (newSecret || row.client_secret === null);
  const secret = isNew ? randomSecret(random) : null;
  await updateClient.run(transaction, {
    application_id: applicationId,
    client_secret: secret
      ? sealing.seal(secret, sealed.clientSecrets.place(applicationId))
      : hasSecret(metadata)
        ? row.client_secret
        : null,
    metadata: JSON.stringify(metadata),
  });
  return { secret, before: { oidc: before }, after: { oidc: metadata } };
}

export async function clientView(on: Queryable, applicationId: string): Promise<OidcClient | null> {
  const row = await findClientOfApplication.get(on, { application_id: applicationId });
  return row ? { client_id: row.client_id, ...(JSON.parse(row.metadata) as KeptMetadata) } : null;
}

const hasSecret = ({ token_endpoint_auth_method }: KeptMetadata): boolean =>
  token_endpoint_auth_method.startsWith('client_secret_');

function demandValid(metadata: KeptMetadata): KeptMetadata {
  const errors: { path: string; message: string }[] = [];
  const refuse = (path: string, message: string) => errors.push({ path: `/oidc/${path}`, message });
  if (metadata.grant_types.includes('authorization_code') && metadata.redirect_uris.length === 0)
    refuse('redirect_uris', 'is empty: the application has to be answered somewhere');
  for (const name of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    metadata[name].forEach((uri, index) => {
      if (!isRedirectUri(uri)) refuse(`${name}/${index}`, redirectRule);
    });
  }
  for (const name of ['backchannel_logout_uri', 'jwks_uri'] as const) {
    const uri = metadata[name];
    if (uri !== null && !isRedirectUri(uri)) refuse(name, redirectRule);
  }
  if (metadata.token_endpoint_auth_method === 'private_key_jwt' && metadata.jwks_uri === null) {
    refuse('jwks_uri', 'is where the keys of a client are that signs with its own');
  }
  if (metadata.token_endpoint_auth_method === 'none' && !metadata.pkce) {
    refuse('pkce', 'is all that proves a client without a secret');
  }
  if (!metadata.grant_types.some((type) => type !== 'refresh_token')) {
    refuse('grant_types', 'has no way to begin a sign-in');
  }
  if (metadata.token_endpoint_auth_method === 'none' && metadata.grant_types.includes(ciba)) {
    refuse('grant_types', 'lets only a client with a secret or a key ask for pushes');
  }
  if (errors.length > 0) throw new Refusal('malformed', { errors });
  return metadata;
}

const redirectRule =
  'is neither an https address nor an http one on this very computer, without a name, a password or a # in it';

/** RFC 6749 section 3.1.2 and RFC 8252 section 7.3. */
function isRedirectUri(text: string): boolean {
  const uri = URL.parse(text);
  if (!uri || uri.hash !== '' || text.includes('#') || uri.username !== '' || uri.password !== '')
    return false;
  if (uri.protocol === 'https:') return true;
  return uri.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(uri.hostname);
}
