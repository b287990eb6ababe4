import { Type, type Static } from 'typebox';
import { Id, Nullable, OneOf, Time } from './common.ts';

const ApplicationName = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });
const Url = Type.String({ minLength: 1, maxLength: 2000 });
const Kind = OneOf('bookmark', 'oidc');

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
  grant_types: Type.Array(OneOf('authorization_code', 'refresh_token'), { maxItems: 10, uniqueItems: true }),
  /** Whether it must prove that it began what it finishes (RFC 7636, S256). */
  pkce: Type.Boolean(),
};
export const OidcClient = Type.Object({ client_id: Type.String(), ...oidcMembers });
export type OidcClient = Static<typeof OidcClient>;
export const OidcClientSettings = Type.Object({
  redirect_uris: oidcMembers.redirect_uris,
  post_logout_redirect_uris: Type.Optional(oidcMembers.post_logout_redirect_uris),
  backchannel_logout_uri: Type.Optional(oidcMembers.backchannel_logout_uri),
  token_endpoint_auth_method: Type.Optional(oidcMembers.token_endpoint_auth_method),
  jwks_uri: Type.Optional(oidcMembers.jwks_uri),
  id_token_signed_response_alg: Type.Optional(oidcMembers.id_token_signed_response_alg),
  grant_types: Type.Optional(oidcMembers.grant_types),
  pkce: Type.Optional(oidcMembers.pkce),
});
export type OidcClientSettings = Static<typeof OidcClientSettings>;

/** `GET /api/v1/admin/applications` */
export const Application = Type.Object({
  id: Id,
  kind: Kind,
  name: Type.String(),
  url: Type.String(),
  step_up: Type.Boolean(),
  logo_uri: Nullable(Type.String()),
  /** Of kind `oidc`. */
  oidc: Nullable(OidcClient),
  created_at: Time,
});
export type Application = Static<typeof Application>;
export const CreateApplication = Type.Object({
  kind: Type.Optional(Kind),
  name: ApplicationName,
  /** Where it is opened from the launcher. */
  url: Url,
  step_up: Type.Optional(Type.Boolean()),
  oidc: Type.Optional(OidcClientSettings),
});
export type CreateApplication = Static<typeof CreateApplication>;
export const PatchApplication = Type.Object({
  name: Type.Optional(ApplicationName),
  url: Type.Optional(Url),
  step_up: Type.Optional(Type.Boolean()),
  oidc: Type.Optional(OidcClientSettings),
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
