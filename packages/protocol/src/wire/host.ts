import { Type, type Static } from 'typebox';
import { PageQuery } from './admin.ts';
import { Etag, GroupName, Id, Nullable, OneOf, Time } from './common.ts';
import { Named } from './group.ts';

/** What hosts and the server say (docs/hosts.md), and how administrators keep them. */

/** 32 bytes. */
const Base64urlOf32 = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });
const PublicKey = Type.Object({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: Base64urlOf32,
  y: Base64urlOf32,
});
const HostName = Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9._-]+$' });
const Version = Type.String({ minLength: 1, maxLength: 40 });
const Os = Type.String({ minLength: 1, maxLength: 100 });
/** As PAM has it: no name of a local user that any system takes is longer. */
const LocalUser = Type.String({ minLength: 1, maxLength: 256 });
const Claimed = Nullable(Type.String({ maxLength: 256 }));
const Mac = Base64urlOf32;

/** `POST /host/v1/join` */
export const JoinHost = Type.Object({
  token_id: Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{16}$' }),
  host_key: PublicKey,
  sealing_key: PublicKey,
  name: HostName,
  os: Os,
  agent_version: Version,
  iat: Type.Number(),
  mac: Mac,
});
export type JoinHost = Static<typeof JoinHost>;
export const JoinedHost = Type.Object({
  host: Named,
  group: Type.Object({ name: Type.String() }),
  /** The current one, and the next. */
  verdict_keys: Type.Array(PublicKey),
  mac: Mac,
});
export type JoinedHost = Static<typeof JoinedHost>;

/** `POST /host/v1/configuration` */
export const AskConfiguration = Type.Object({
  agent_version: Version,
  os: Os,
  local_users: Type.Array(LocalUser, { maxItems: 200 }),
  /** Thumbprint of the newest verdict key that the host has on its disk. */
  verdict_key: Base64urlOf32,
});
export type AskConfiguration = Static<typeof AskConfiguration>;
export const HostConfiguration = Type.Object({ configuration: Type.String() });
export type HostConfiguration = Static<typeof HostConfiguration>;

/** `POST /host/v1/logins` */
export const BeginHostLogin = Type.Object({
  nonce: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }),
  local_user: LocalUser,
  service: Type.String({ minLength: 1, maxLength: 64 }),
  rhost: Claimed,
  tty: Claimed,
  ruser: Claimed,
  interactive: Type.Boolean(),
});
export type BeginHostLogin = Static<typeof BeginHostLogin>;
export const HostLogin = Type.Object({
  id: Id,
  version: Type.String(),
  state: OneOf('challenge', 'allowed', 'denied', 'expired'),
  user: Type.Object({ login: Type.String(), name: Type.String() }),
  code: Type.Boolean(),
  push: Nullable(
    Type.Object({
      state: OneOf('pending', 'approved', 'denied', 'reported', 'expired', 'cancelled', 'failed'),
      number: Nullable(Type.String()),
      seen: Type.Boolean(),
      expires_at: Time,
    }),
  ),
  reason: Nullable(Type.String()),
  expires_at: Time,
  verdict: Nullable(Type.String()),
});
export type HostLogin = Static<typeof HostLogin>;
/** `GET /host/v1/logins/{id}` */
export const WaitForHostLogin = Type.Object({
  wait: Type.Optional(Type.Integer({ minimum: 0, maximum: 25 })),
  seen: Type.Optional(Type.String({ maxLength: 64 })),
});
/** `POST /host/v1/logins/{id}/code` */
export const HostLoginCode = Type.Object({ code: Type.String({ minLength: 1, maxLength: 64 }) });

/** `POST /host/v1/offline-logins` */
export const OfflineLogins = Type.Object({
  entries: Type.Array(
    Type.Object({
      id: Id,
      at: Time,
      local_user: LocalUser,
      service: Type.String({ minLength: 1, maxLength: 64 }),
      rhost: Claimed,
      outcome: OneOf('offline_code', 'break_glass', 'outage_allowed', 'wrong_code', 'locked'),
    }),
    { maxItems: 100 },
  ),
});
export type OfflineLogins = Static<typeof OfflineLogins>;

/** `GET /authenticator/v1/hosts`: where the person logged in lately, and what makes their offline codes there (base32). */
export const OfflineHosts = Type.Object({
  items: Type.Array(Type.Object({ id: Id, name: Type.String(), secret: Type.String() })),
});
export type OfflineHosts = Static<typeof OfflineHosts>;

/** What one service (of PAM) asks. */
export const HostRule = Type.Object({
  factors: Type.Array(OneOf('push', 'totp', 'recovery_code'), { uniqueItems: true }),
  /** Whether the service asked for a password or a key before. */
  first_factor: Type.Boolean(),
  /** Nobody logs in by it. */
  deny: Type.Boolean(),
});
export type HostRule = Static<typeof HostRule>;
const HostRules = Type.Record(Type.String({ pattern: '^([A-Za-z0-9._-]{1,64}|\\*)$' }), HostRule);
const Outage = OneOf('offline_codes', 'deny', 'allow');

const hostGroupMembers = {
  name: GroupName,
  /** Who may log in: everybody that a local user is mapped to, or only members of these groups. */
  access: OneOf('everyone', 'groups'),
  /** A local user is whoever has the same login name. */
  match_login: Type.Boolean(),
  /** By service; `*` is for all others, and always there. */
  services: HostRules,
  outage: Outage,
  break_glass: Nullable(LocalUser),
};
/** `GET /api/v1/admin/host-groups` */
export const HostGroup = Type.Object({
  id: Id,
  etag: Etag,
  ...hostGroupMembers,
  groups: Type.Array(Named),
  host_count: Type.Integer(),
  created_at: Time,
});
export type HostGroup = Static<typeof HostGroup>;
const changeable = {
  access: Type.Optional(hostGroupMembers.access),
  group_ids: Type.Optional(Type.Array(Id, { maxItems: 100, uniqueItems: true })),
  match_login: Type.Optional(Type.Boolean()),
  services: Type.Optional(HostRules),
  outage: Type.Optional(Outage),
  break_glass: Type.Optional(Nullable(LocalUser)),
};
export const CreateHostGroup = Type.Object({ name: GroupName, ...changeable });
export type CreateHostGroup = Static<typeof CreateHostGroup>;
export const PatchHostGroup = Type.Object({ name: Type.Optional(GroupName), ...changeable });
export type PatchHostGroup = Static<typeof PatchHostGroup>;

/** `POST /api/v1/admin/host-groups/{id}/join-tokens`: told once. */
export const JoinToken = Type.Object({ token: Type.String(), command: Type.String(), expires_at: Time });
export type JoinToken = Static<typeof JoinToken>;

/** `GET /api/v1/admin/host-groups/{id}/accounts`: which person a local user is. */
export const HostAccount = Type.Object({
  local_user: Type.String(),
  user: Type.Object({ id: Id, login: Type.String(), name: Type.String() }),
});
export type HostAccount = Static<typeof HostAccount>;
/** `PUT /api/v1/admin/host-groups/{id}/accounts` */
export const SetHostAccount = Type.Object({
  local_user: LocalUser,
  user_id: Nullable(Id),
  /** Who it is now, where that is somebody else: whoever asks has seen whom they replace. */
  replaces: Type.Optional(Id),
});
export type SetHostAccount = Static<typeof SetHostAccount>;

const HostState = OneOf('active', 'revoked');
export type HostState = Static<typeof HostState>;

/** `GET /api/v1/admin/hosts` */
export const Host = Type.Object({
  id: Id,
  name: Type.String(),
  group: Named,
  state: HostState,
  os: Type.String(),
  agent_version: Type.String(),
  joined_at: Time,
  last_seen_at: Time,
});
export type Host = Static<typeof Host>;
/** What the list is narrowed by. */
export const HostQuery = Type.Object({
  ...PageQuery.properties,
  group_id: Type.Optional(Id),
  state: Type.Optional(HostState),
  /** Those that have not been heard of for half an hour. */
  silent: Type.Optional(Type.Boolean()),
});
/** `GET /api/v1/admin/hosts/{id}`: with the last logins there. */
export const HostDetail = Type.Intersect([
  Host,
  Type.Object({
    etag: Etag,
    logins: Type.Array(
      Type.Object({
        at: Time,
        local_user: Type.String(),
        user: Nullable(Type.Object({ id: Id, login: Type.String() })),
        service: Type.String(),
        rhost: Nullable(Type.String()),
        /** `allowed`, `denied`, or a stable word of why not, or of how it was without the server. */
        outcome: Type.String(),
      }),
    ),
  }),
]);
export type HostDetail = Static<typeof HostDetail>;
export const PatchHost = Type.Object({ name: Type.Optional(HostName), group_id: Type.Optional(Id) });
export type PatchHost = Static<typeof PatchHost>;
