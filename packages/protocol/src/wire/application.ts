import { Type, type Static } from 'typebox';
import { Etag, Id, Nullable, OneOf, Time } from './common.ts';
import { Named } from './group.ts';

const ApplicationName = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });
const Url = Type.String({ minLength: 1, maxLength: 2000 });
const Kind = OneOf('bookmark', 'oidc', 'saml');
/** Who may use it: `groups` without any is nobody. */
const Access = OneOf('everyone', 'groups');
/** 5 minutes to a week. */
const SessionMinutes = Type.Integer({ minimum: 5, maximum: 10_080 });
const GroupIds = Type.Array(Id, { maxItems: 100, uniqueItems: true });

/** `GET /api/v1/me/applications` */
export const LaunchTile = Type.Object({
  id: Id,
  kind: Kind,
  name: Type.String(),
  logo_uri: Nullable(Type.String()),
  /** Whether opening it asks for a fresh proof of who the person is. */
  step_up: Type.Boolean(),
  last_used_at: Nullable(Time),
});
export type LaunchTile = Static<typeof LaunchTile>;

/** `POST /api/v1/me/applications/{id}/open` */
export const OpenedApplication = Type.Object({ url: Type.String() });
export type OpenedApplication = Static<typeof OpenedApplication>;

const RedirectUri = Type.String({ minLength: 1, maxLength: 2000 });
/** A client of the OpenID provider; the names are those of RFC 7591 and OpenID Connect Registration section 2. */
const oidcMembers = {
  /** Compared as they stand, character by character. */
  redirect_uris: Type.Array(RedirectUri, { maxItems: 20, uniqueItems: true }),
  post_logout_redirect_uris: Type.Array(RedirectUri, { maxItems: 20, uniqueItems: true }),
  backchannel_logout_uri: Nullable(RedirectUri),
  token_endpoint_auth_method: OneOf('client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'),
  jwks_uri: Nullable(RedirectUri),
  id_token_signed_response_alg: OneOf('ES256', 'RS256'),
  grant_types: Type.Array(
    OneOf(
      'authorization_code',
      'refresh_token',
      'urn:openid:params:grant-type:ciba',
      'urn:ietf:params:oauth:grant-type:device_code',
    ),
    { maxItems: 10, uniqueItems: true },
  ),
  /** Whether it must prove that it began what it finishes (RFC 7636, S256). */
  pkce: Type.Boolean(),
};
export const OidcClient = Type.Object({ client_id: Type.String(), ...oidcMembers });
export type OidcClient = Static<typeof OidcClient>;
export const OidcClientSettings = Type.Object({
  /** At least one, where codes are redeemed. */
  redirect_uris: Type.Optional(oidcMembers.redirect_uris),
  post_logout_redirect_uris: Type.Optional(oidcMembers.post_logout_redirect_uris),
  backchannel_logout_uri: Type.Optional(oidcMembers.backchannel_logout_uri),
  token_endpoint_auth_method: Type.Optional(oidcMembers.token_endpoint_auth_method),
  jwks_uri: Type.Optional(oidcMembers.jwks_uri),
  id_token_signed_response_alg: Type.Optional(oidcMembers.id_token_signed_response_alg),
  grant_types: Type.Optional(oidcMembers.grant_types),
  pkce: Type.Optional(oidcMembers.pkce),
});
export type OidcClientSettings = Static<typeof OidcClientSettings>;

/** What an attribute, or a NameID, tells of the person. */
const SamlSource = OneOf('id', 'login', 'email', 'name', 'language', 'groups', 'fixed');
export const SamlAttribute = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 300 }),
  /** Of the standard's three; unspecified where it is left out (Core, section 8.2). */
  name_format: Type.Optional(OneOf('unspecified', 'uri', 'basic')),
  friendly_name: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
  source: SamlSource,
  /** Of source `fixed`, the same for everybody. */
  value: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
});
export type SamlAttribute = Static<typeof SamlAttribute>;
const samlMembers = {
  /** Core, section 8.3. `persistent` and `transient` say nothing of the person. */
  name_id_format: OneOf('persistent', 'transient', 'emailAddress', 'unspecified'),
  /** What an `unspecified` NameID holds. */
  name_id_source: OneOf('id', 'login', 'email'),
  attributes: Type.Array(SamlAttribute, { maxItems: 50 }),
  sign: OneOf('both', 'assertion', 'response'),
  /** CBC only for an application that can do nothing else. */
  encrypt: OneOf('none', 'aes256-gcm', 'aes128-gcm', 'aes256-cbc', 'aes128-cbc'),
  /** Demanded also where the metadata promises none. */
  require_signed_requests: Type.Boolean(),
  allow_sha1_digests: Type.Boolean(),
  /** Whether the launcher signs in by itself (Profiles, section 4.1.5); else it opens `url`. */
  idp_initiated: Type.Boolean(),
  /** Sent along when the launcher does. */
  relay_state: Nullable(Type.String({ minLength: 1, maxLength: 1024 })),
};
const SamlCertificate = Type.Object({
  use: OneOf('signing', 'encryption'),
  subject: Type.String(),
  fingerprint: Type.String(),
  valid_from: Time,
  valid_to: Time,
});
/** What the metadata of a service provider say. */
const metadataMembers = {
  entity_id: Type.String(),
  acs_urls: Type.Array(Type.String()),
  slo_urls: Type.Array(Type.String()),
  certificates: Type.Array(SamlCertificate),
  /** Whether it signs its requests, by its metadata. */
  authn_requests_signed: Type.Boolean(),
  /** Of the metadata; null where they are silent. */
  valid_until: Nullable(Time),
};
/** A service provider, as its metadata and the administrator describe it. */
export const SamlServiceProvider = Type.Object({
  ...metadataMembers,
  /** Why the metadata that are kept cannot be read any more: nobody can sign in until others are registered. */
  problem: Nullable(Type.String()),
  ...samlMembers,
});
export type SamlServiceProvider = Static<typeof SamlServiceProvider>;
const givenMetadata = {
  /** The XML. */
  metadata: Type.String({ minLength: 1, maxLength: 524_288 }),
  /** Read once, by the server. */
  metadata_url: Url,
};
/** Of `metadata` and `metadata_url` one, when it is registered; members that are left out stay, or have their default. */
export const SamlSettings = Type.Partial(Type.Object({ ...givenMetadata, ...samlMembers }));
export type SamlSettings = Static<typeof SamlSettings>;

/** `POST /api/v1/admin/saml-metadata`: as an application is registered by, of the two one. */
export const ReadSamlMetadata = Type.Object({ saml: Type.Partial(Type.Object(givenMetadata)) });
/** What they say, and the XML: so that what was looked at is what is registered. */
export const SamlMetadata = Type.Object({ ...metadataMembers, metadata: Type.String() });
export type SamlMetadata = Static<typeof SamlMetadata>;

/** `POST /api/v1/admin/applications/{id}/preview`: `saml` in place of what is kept. */
export const PreviewApplication = Type.Object({
  user_id: Id,
  saml: Type.Optional(Type.Partial(Type.Object(samlMembers))),
});
export type PreviewApplication = Static<typeof PreviewApplication>;
/** What an application is told of a person. */
export const ApplicationPreview = Type.Object({
  /** Of a service provider; a transient one is another each time. */
  name_id: Nullable(Type.Object({ format: Type.String(), value: Type.String() })),
  /** The attributes of an assertion; or the claims of an ID token, where all scopes are asked for. */
  attributes: Type.Array(Type.Object({ name: Type.String(), values: Type.Array(Type.String()) })),
});
export type ApplicationPreview = Static<typeof ApplicationPreview>;

/** How a sign-in to it went, in order to see why one fails. */
export const SsoAttempt = Type.Object({
  id: Id,
  at: Time,
  /** `signed_in`, or a stable word that says why not. */
  outcome: Type.String(),
  /** What came, what was expected, in sentences. */
  explanation: Type.String(),
  /** Which the person's page shows, and the log has. */
  request_id: Type.String(),
  user: Nullable(Type.Object({ id: Id, login: Type.String() })),
});
export type SsoAttempt = Static<typeof SsoAttempt>;

/** `GET /api/v1/admin/applications` */
export const Application = Type.Object({
  id: Id,
  etag: Etag,
  kind: Kind,
  name: Type.String(),
  url: Type.String(),
  step_up: Type.Boolean(),
  logo_uri: Nullable(Type.String()),
  access: Access,
  /** Whom it is for, where `access` is `groups`. */
  groups: Type.Array(Named),
  /** How old a sign-in may be that it relies on; null: as old as the session. */
  session_minutes: Nullable(SessionMinutes),
  /** Of kind `oidc`. */
  oidc: Nullable(OidcClient),
  /** Of kind `saml`. */
  saml: Nullable(SamlServiceProvider),
  created_at: Time,
});
export type Application = Static<typeof Application>;
export const CreateApplication = Type.Object({
  kind: Type.Optional(Kind),
  name: ApplicationName,
  /** Where it is opened from the launcher. */
  url: Url,
  step_up: Type.Optional(Type.Boolean()),
  access: Type.Optional(Access),
  group_ids: Type.Optional(GroupIds),
  session_minutes: Type.Optional(Nullable(SessionMinutes)),
  oidc: Type.Optional(OidcClientSettings),
  saml: Type.Optional(SamlSettings),
});
export type CreateApplication = Static<typeof CreateApplication>;
export const PatchApplication = Type.Object({
  name: Type.Optional(ApplicationName),
  url: Type.Optional(Url),
  step_up: Type.Optional(Type.Boolean()),
  access: Type.Optional(Access),
  group_ids: Type.Optional(GroupIds),
  session_minutes: Type.Optional(Nullable(SessionMinutes)),
  oidc: Type.Optional(OidcClientSettings),
  saml: Type.Optional(SamlSettings),
});
export type PatchApplication = Static<typeof PatchApplication>;

/** `PUT /api/v1/admin/applications/{id}/logo`: base64 of a PNG of up to 256 × 256 pixels; null takes it away. */
export const ApplicationLogo = Type.Object({ png: Nullable(Type.String({ maxLength: 60_000 })) });

/** What is told once: `POST /api/v1/admin/applications`, and `/{id}/secret` for a new one. Null where it has none. */
export const CreatedApplication = Type.Intersect([
  Application,
  Type.Object({ client_secret: Nullable(Type.String()) }),
]);
export type CreatedApplication = Static<typeof CreatedApplication>;
