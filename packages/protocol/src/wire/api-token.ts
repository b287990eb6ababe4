import { Type, type Static } from 'typebox';
import { PageQuery } from './admin.ts';
import { Id, Nullable, OneOf, Time, TokenName } from './common.ts';

/** What an API token may reach: reading calls of a collection, or all its others. */
export const ApiScope = OneOf(
  'users:read',
  'users:write',
  'groups:read',
  'groups:write',
  'applications:read',
  'applications:write',
  'policies:read',
  'policies:write',
  'hosts:read',
  'hosts:write',
  'authenticators:read',
  'authenticators:write',
  'events:read',
  'events:write',
  'settings:read',
  'settings:write',
  'tokens:read',
  'tokens:write',
  'outbox:read',
  'outbox:write',
);
export type ApiScope = Static<typeof ApiScope>;

/** `GET /api/v1/admin/tokens` */
export const ApiToken = Type.Object({
  id: Id,
  name: Type.String(),
  /** Its first characters. */
  beginning: Type.String(),
  scopes: Type.Array(ApiScope),
  /** Whose role bounds it; `operator` for one of the command line. */
  made_by: Type.Object({ id: Id, login: Type.String() }),
  created_at: Time,
  expires_at: Nullable(Time),
  /** To the minute. */
  last_used_at: Nullable(Time),
  last_used_ip: Nullable(Type.String()),
});
export type ApiToken = Static<typeof ApiToken>;
export const ApiTokenQuery = Type.Object({
  ...PageQuery.properties,
  /** Those that end within 14 days. */
  expiring: Type.Optional(Type.Boolean()),
});

/** `POST /api/v1/admin/tokens` */
export const CreateApiToken = Type.Object({
  name: TokenName,
  scopes: Type.Array(ApiScope, { minItems: 1, maxItems: ApiScope.enum.length, uniqueItems: true }),
  /** In the future; without it the token holds until it is deleted. */
  expires_at: Type.Optional(Nullable(Time)),
});
export type CreateApiToken = Static<typeof CreateApiToken>;

/** The token itself is told here and never again. */
export const CreatedApiToken = Type.Intersect([ApiToken, Type.Object({ token: Type.String() })]);
export type CreatedApiToken = Static<typeof CreatedApiToken>;
