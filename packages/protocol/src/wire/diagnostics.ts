import { Type, type Static } from 'typebox';
import { Nullable, OneOf } from './common.ts';

/**
 * What an app may tell of how it fares: counts of named things, a day each. There is no place in it for a name, an
 * address, an id or a secret; the server drops every member, and every entry, that is not as written here.
 */

export const ReportKind = OneOf('diagnostic', 'usage');
export type ReportKind = Static<typeof ReportKind>;

const members = {
  /** The day on which it happened, in UTC. */
  day: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' }),
  /** Three numbers, and a marked pre-release: a form that holds no address. */
  app_version: Type.String({ pattern: '^\\d{1,4}\\.\\d{1,4}\\.\\d{1,4}(-(alpha|beta|rc)(\\.\\d{1,3})?)?$' }),
  platform: OneOf('ios', 'android', 'other'),
  /** How often, 1 where it is left out. */
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  /** How long all of them took together. */
  duration_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400_000 })),
  /** What went wrong, such as an error code of the protocol. */
  code: Type.Optional(Type.String({ pattern: '^[a-z_]{1,40}$' })),
};

/** An entry of kind `diagnostic`. */
export const DiagnosticEntry = Type.Object({
  ...members,
  name: OneOf(
    'error',
    'start',
    'request_shown',
    'push_late',
    'stream_lost',
    'storage_failed',
    'verification_failed',
  ),
});
export type DiagnosticEntry = Static<typeof DiagnosticEntry>;

/** An entry of kind `usage`. */
export const UsageEntry = Type.Object({
  ...members,
  name: OneOf(
    'app_opened',
    'code_copied',
    'account_added',
    'account_removed',
    'request_answered',
    'accounts_imported',
    'backup_made',
    'backup_restored',
    'moved',
    'help_opened',
    'lock_turned_on',
  ),
});
export type UsageEntry = Static<typeof UsageEntry>;

/** `POST /authenticator/v1/diagnostics`. Entries that do not fit are no error: they are dropped, and the rest is kept. */
export const DiagnosticsBody = Type.Object({
  kind: ReportKind,
  entries: Type.Array(Type.Union([DiagnosticEntry, UsageEntry, Type.Unknown()]), { maxItems: 100 }),
});

/** `GET /api/v1/admin/diagnostics`: a counter. */
export const AppReport = Type.Object({
  day: Type.String(),
  kind: ReportKind,
  name: Type.String(),
  platform: OneOf('ios', 'android', 'other'),
  app_version: Type.String(),
  code: Nullable(Type.String()),
  count: Type.Integer(),
  /** Of all that said how long they took, together; null where none did. */
  duration_ms: Nullable(Type.Integer()),
});
export type AppReport = Static<typeof AppReport>;
