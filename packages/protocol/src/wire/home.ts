import { Type, type Static } from 'typebox';
import { PageQuery } from './admin.ts';
import { Account, Id, Nullable, OneOf, Time } from './common.ts';

/** Home of the Admin Portal: what needs attention, and how often people sign in. */

/** What may need attention; each has a list that shows exactly these. */
export const AttentionKind = OneOf(
  'fraud_reports',
  'people_without_factor',
  'mfa_not_required',
  'rules_switched_off',
  'factors_locked',
  'phones_unreachable',
  'hosts_silent',
  'mail_not_set_up',
  'mails_failing',
  'webhooks_failing',
  'tokens_expiring',
);
export type AttentionKind = Static<typeof AttentionKind>;

/** `GET /api/v1/admin/home/attention`: those of which there are any, and that the role may read. */
export const Attention = Type.Object({
  kind: AttentionKind,
  /** 100 at the most; null of what cannot be counted. */
  count: Nullable(Type.Integer()),
  /** There are more than `count`. */
  more: Type.Boolean(),
});
export type Attention = Static<typeof Attention>;

const Count = Type.Integer({ minimum: 0 });
/** A day in UTC. Of people, as of the last look that day; null where nobody looked. */
export const DayOfSignIns = Type.Object({
  day: Type.String({ format: 'date' }),
  succeeded: Count,
  failed: Count,
  reported: Count,
  /** Proofs of a second factor, by its kind; step-ups and password resets are among them. */
  factors: Type.Object({ push: Count, totp: Count, passkey: Count, recovery_code: Count }),
  people: Nullable(Count),
  people_without_factor: Nullable(Count),
});
export type DayOfSignIns = Static<typeof DayOfSignIns>;

/** `GET /api/v1/admin/home/statistics` */
export const Statistics = Type.Object({
  /** The last 30, oldest first; the last one is today. */
  days: Type.Array(DayOfSignIns),
  /** Older events are still being counted: after an update, or a restore. */
  counting: Type.Boolean(),
});
export type Statistics = Static<typeof Statistics>;

/** What a person said was not them. */
export const FraudReportKind = OneOf(
  'sign_in',
  'host_login',
  'password_reset',
  'verification',
  'transfer',
  'activity',
);
export type FraudReportKind = Static<typeof FraudReportKind>;

/** `GET /api/v1/admin/fraud-reports` */
export const FraudReport = Type.Object({
  id: Id,
  what: FraudReportKind,
  user: Type.Object({ id: Id, ...Account.properties }),
  /** Where it came from, as far as it is known. */
  ip: Nullable(Type.String()),
  client: Nullable(Type.String()),
  authentication_id: Nullable(Id),
  reported_at: Time,
  /** When somebody had looked into it, and their login name. */
  reviewed_at: Nullable(Time),
  reviewed_by: Nullable(Type.String()),
  /** Whether whoever reads this may say so: not of a report of themselves, or of what they asked. */
  reviewable: Type.Boolean(),
});
export type FraudReport = Static<typeof FraudReport>;
export const FraudReportQuery = Type.Object({
  ...PageQuery.properties,
  reviewed: Type.Optional(Type.Boolean()),
});

/** `GET /api/v1/admin/authenticators/unreachable` */
export const UnreachablePhone = Type.Object({
  id: Id,
  device: Type.String(),
  user: Type.Object({ id: Id, ...Account.properties }),
  /** `none`: it takes no notifications. `unreachable`: the push service said that it is not there any more. */
  push: OneOf('none', 'unreachable'),
  created_at: Time,
  last_seen_at: Time,
});
export type UnreachablePhone = Static<typeof UnreachablePhone>;
