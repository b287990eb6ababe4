import { Type, type Static } from 'typebox';
import { Etag, Language, Nullable, OneOf, OrganizationName } from './common.ts';
import { FactorKind } from './authentication.ts';
import { UserVerification } from './activation.ts';

/** `GET /api/v1/admin/settings`: the organisation's settings; what each may be, and (in settings/defaults.ts of the server) what it is. */
export const Settings = Type.Object({
  organization: Type.Object({
    name: OrganizationName,
    /** Of mails to whoever chose none. */
    language: Language,
  }),
  mfa: Type.Object({
    /** Of everybody. Groups and people may have to beside it, or earlier; nobody is let off. */
    required: Type.Boolean(),
    /** From when on: milliseconds since 1970; null for at once. */
    required_from: Nullable(Type.Integer({ minimum: 0, maximum: 253_402_300_799_999 })),
    factors: Type.Array(FactorKind, { uniqueItems: true }),
  }),
  push: Type.Object({
    enabled: Type.Boolean(),
    /** Seconds. */
    lifetime_s: Type.Integer({ minimum: 30, maximum: 300 }),
    confirmation: OneOf('adaptive', 'tap', 'number'),
    number_length: Type.Integer({ minimum: 2, maximum: 6 }),
    /** A number of six digits always, whatever those two say (SP 800-63B-4 section 3.1.3.2). */
    nist_profile: Type.Boolean(),
    user_verification: UserVerification,
    authenticators_per_user: Type.Integer({ minimum: 1, maximum: 5 }),
    approve_from_notification: Type.Boolean(),
    /** A phone may hand its account on to a new one. */
    transfer: Type.Boolean(),
  }),
  password_reset: Type.Object({
    /** Of somebody who never had a second factor: the mailed link alone is enough, or it takes the help desk. */
    without_factor: OneOf('mail', 'help_desk'),
  }),
  people: Type.Object({
    /** How long somebody who was deleted is suspended only, before they are gone. */
    deletion_days: Type.Integer({ minimum: 1, maximum: 365 }),
  }),
  events: Type.Object({
    /** How long the event log is kept. */
    retention_days: Type.Integer({ minimum: 30, maximum: 3650 }),
  }),
  telemetry: Type.Object({
    diagnostics_default: Type.Boolean(),
    usage_default: Type.Boolean(),
  }),
});
export type Settings = Static<typeof Settings>;
/** As `GET` and `PATCH` answer them. */
export const TaggedSettings = Type.Intersect([Settings, Type.Object({ etag: Etag })]);
export type TaggedSettings = Static<typeof TaggedSettings>;

/** The same tree with every member optional and nullable: an RFC 7396 merge patch. `null` restores a default. */
const patchOf = (properties: Record<string, Type.TSchema>) =>
  Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, Type.Optional(Nullable(schema))]),
  );
export const SettingsPatch = Type.Object(
  Object.fromEntries(
    Object.entries(Settings.properties).map(([name, group]) => [
      name,
      Type.Optional(Nullable(Type.Object(patchOf(group.properties)))),
    ]),
  ),
);
type Patch<T> = { [K in keyof T]?: { [L in keyof T[K]]?: T[K][L] | null } | null };
export type SettingsPatch = Patch<Settings>;
