import { Type, type Static } from 'typebox';
import { Email, Etag, Id, Login, Nullable, OneOf, Password, PersonName, Role, Time } from './common.ts';
import { FactorKind } from './authentication.ts';
import { Requirement } from './enrollment.ts';
import { Authenticator } from './me.ts';
import { PushState } from './push-request.ts';

/** `GET /api/v1/admin/users` */
export const UserState = OneOf('active', 'invited', 'suspended');
export type UserState = Static<typeof UserState>;
export const User = Type.Object({
  id: Id,
  login: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: Role,
  state: UserState,
  push: Type.Object({
    /** What the administrator chose for this person; null follows the organisation. */
    override: Nullable(Type.Boolean()),
    enabled: Type.Boolean(),
  }),
  factors: Type.Array(FactorKind),
  /** A lock or a report is in force that `unlock` would lift. */
  locked: Type.Boolean(),
  created_at: Time,
  last_sign_in_at: Nullable(Time),
  /** Deleted: when everything of theirs is gone. */
  delete_at: Nullable(Time),
});
export type User = Static<typeof User>;

/** `GET /api/v1/admin/users/{id}` */
export const UserDetail = Type.Intersect([
  User,
  Type.Object({
    etag: Etag,
    authenticators: Type.Array(Authenticator),
    /** From when on this person needs a second factor, whatever is said of others; null where nothing is said of them. */
    mfa_required_from: Nullable(Time),
    enrollment: Type.Intersect([
      Requirement,
      Type.Object({
        /** A phone, verification codes or a passkey. */
        has_factor: Type.Boolean(),
        /** The last mail that reminded them to set one up. */
        reminded_at: Nullable(Time),
      }),
    ]),
  }),
]);
export type UserDetail = Static<typeof UserDetail>;

/** `POST /api/v1/admin/users`: with an initial password, or an invitation by mail. */
export const CreateUser = Type.Object({
  login: Login,
  email: Email,
  name: PersonName,
  role: Type.Optional(Role),
  password: Type.Optional(Password),
  invite: Type.Optional(Type.Boolean()),
});
export type CreateUser = Static<typeof CreateUser>;
export const PatchUser = Type.Object({
  name: Type.Optional(PersonName),
  email: Type.Optional(Email),
  role: Type.Optional(Role),
  push_enabled: Type.Optional(Nullable(Type.Boolean())),
  mfa_required_from: Type.Optional(Nullable(Time)),
});
export type PatchUser = Static<typeof PatchUser>;
export const ResetMfaResult = Type.Object({ enrollment_code: Type.String(), expires_at: Time });
export type ResetMfaResult = Static<typeof ResetMfaResult>;

/** `POST /api/v1/admin/users/import?…`, whose body is a file (`text/csv`). */
export const ImportQuery = Type.Object({
  /** Checks every line and changes nothing. */
  dry_run: Type.Optional(Type.Boolean()),
  /** Mails an invitation to everybody who is added and not suspended. */
  invite: Type.Optional(Type.Boolean()),
  /** What becomes of the good lines where there are bad ones; nothing is imported unless this is `skip`. */
  bad_lines: Type.Optional(OneOf('refuse', 'skip')),
});
export type ImportQuery = Static<typeof ImportQuery>;
/** Each line of the answer is one of these, as JSON: the first, one for each line of the file, the last. */
export const ImportStep = Type.Union([
  Type.Object({
    begun: Type.Object({
      encoding: OneOf('utf-8', 'utf-16le', 'utf-16be', 'windows-1252'),
      /** Lines with a person. */
      lines: Type.Integer(),
    }),
  }),
  Type.Object({
    /** In the file, from 1, which is the header. */
    line: Type.Integer(),
    login: Type.String(),
    outcome: OneOf('added', 'good', 'bad'),
    problems: Type.Array(Type.String()),
  }),
  Type.Object({
    ended: Type.Object({
      added: Type.Integer(),
      good: Type.Integer(),
      bad: Type.Integer(),
      /** Names of the groups that are new. */
      groups: Type.Array(Type.String()),
    }),
  }),
]);
export type ImportStep = Static<typeof ImportStep>;

/** `POST /api/v1/admin/users/{id}/verification-push`: "is it you who is calling?" */
export const VerificationPush = Type.Object({
  id: Id,
  state: PushState,
  /** The request is on the phone's screen. */
  seen: Type.Boolean(),
  /** For the caller to type on the phone; null once the request has ended. */
  number: Nullable(Type.String()),
  /** The phone's name. */
  device: Type.String(),
  requested_at: Time,
  expires_at: Time,
});
export type VerificationPush = Static<typeof VerificationPush>;

/** `GET /api/v1/admin/events` */
export const Event = Type.Object({
  id: Id,
  at: Time,
  /** Such as `authentication.completed`, `push.denied`, `settings.changed`. */
  type: Type.String(),
  /** Who did it; null for the system and for people who are not known. */
  actor: Nullable(Type.Object({ id: Id, login: Type.String() })),
  /** Whom it is about. */
  user: Nullable(Type.Object({ id: Id, login: Type.String() })),
  ip: Nullable(Type.String()),
  client: Nullable(Type.String()),
  /** The authentication that it is a step of: all steps are found by it. */
  authentication_id: Nullable(Id),
  /** What belongs to this type, such as `before` and `after` of a change. */
  details: Type.Object({}, { additionalProperties: true }),
});
export type Event = Static<typeof Event>;

/** `GET /api/v1/admin/outbox` */
export const Mail = Type.Object({
  id: Id,
  to: Type.String(),
  subject: Type.String(),
  text: Type.String(),
  html: Type.String(),
  /** `kept` where no mail server is configured: it can be read here and goes nowhere. */
  state: OneOf('queued', 'sent', 'failed', 'kept'),
  attempts: Type.Integer(),
  last_error: Nullable(Type.String()),
  created_at: Time,
  sent_at: Nullable(Time),
});
export type Mail = Static<typeof Mail>;

export const PageQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
  q: Type.Optional(Type.String({ maxLength: 200 })),
});
export type PageQuery = Static<typeof PageQuery>;
/** `GET /api/v1/admin/outbox` */
export const MailQuery = Type.Object({
  ...PageQuery.properties,
  /** Those of the last 7 days that the mail server did not take, or has not taken yet. */
  failing: Type.Optional(Type.Boolean()),
});

/** Which events: of `GET /api/v1/admin/events`, its stream and its export. */
export const EventFilter = Type.Object({
  /** What the type, a login name or the address begins with. */
  q: Type.Optional(Type.String({ maxLength: 200 })),
  /** Such as `push.denied`; `push.*` is every type of that family. */
  type: Type.Optional(Type.String({ maxLength: 60, pattern: '^[a-z_]+\\.([a-z_]+|\\*)$' })),
  /** Who did it. */
  actor: Type.Optional(Id),
  /** Whom it is about. */
  user: Type.Optional(Id),
  /** In full. */
  ip: Type.Optional(Type.String({ maxLength: 60 })),
  /** An application, a host, a host group or a group. */
  target: Type.Optional(Id),
  authentication: Type.Optional(Id),
  /** From then on. */
  from: Type.Optional(Time),
  /** Before then. */
  to: Type.Optional(Time),
});
export type EventFilter = Static<typeof EventFilter>;
/** `GET /api/v1/admin/events` */
export const EventQuery = Type.Intersect([EventFilter, PageQuery]);
/** `GET /api/v1/admin/events/stream`: the data of each `events`. */
export const NewEvents = Type.Object({
  /** Newest first. */
  items: Type.Array(Event),
  /** There were more at once than are told. */
  missed: Type.Boolean(),
});
export type NewEvents = Static<typeof NewEvents>;
/** `GET /api/v1/admin/events/export` */
export const ExportFormat = OneOf('jsonl', 'csv');
export type ExportFormat = Static<typeof ExportFormat>;
