import { Type, type Static } from 'typebox';
import { FactorKind } from './authentication.ts';
import { GroupName, Id, Nullable, OneOf, Time } from './common.ts';
import { Named } from './group.ts';

/** The policies: an ordered list of rules, of which the first that matches decides. */

const entrance = '(portal|admin|password_reset|(application|host_group):(\\*|[A-Za-z0-9_-]{1,64}))';
/**
 * What somebody wants to get into: one, or all of a kind. Or, by itself, `enrollment`: to enrol a factor. Such a rule says who
 * may enrol which, anywhere and at any time.
 */
export const PolicyTarget = Type.String({ pattern: `^(enrollment|${entrance})$` });
/** `HH:MM` */
const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });

/** A member that nobody knows is refused: left out, a misspelt demand would let people in. */
const strict = { additionalProperties: false };

/**
 * What a rule asks for; beside `deny` there is nothing. What is not named is as the settings say. Of `enrollment`: the
 * `factors` that may be enrolled, or with `deny` none.
 */
export const PolicyEffect = Type.Object(
  {
    deny: Type.Optional(Type.Literal(true)),
    factors: Type.Optional(Type.Array(FactorKind, { minItems: 1, uniqueItems: true })),
    confirmation: Type.Optional(Type.Literal('number')),
    user_verification: Type.Optional(Type.Literal('required')),
    phishing_resistant: Type.Optional(Type.Literal(true)),
    /** How long a session of a portal lasts. */
    session_minutes: Type.Optional(Type.Integer({ minimum: 5, maximum: 1440 })),
    /** How old a proof for an application may be. */
    fresh_minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1440 })),
  },
  strict,
);
export type PolicyEffect = Static<typeof PolicyEffect>;

export const PolicyRule = Type.Object(
  {
    id: Id,
    name: GroupName,
    enabled: Type.Boolean(),
    /** Null: everybody. Otherwise whoever is named, or in a group that is. */
    who: Nullable(
      Type.Object(
        {
          users: Type.Array(Id, { maxItems: 100, uniqueItems: true }),
          groups: Type.Array(Id, { maxItems: 100, uniqueItems: true }),
        },
        strict,
      ),
    ),
    what: Type.Array(PolicyTarget, { minItems: 1, maxItems: 100, uniqueItems: true }),
    /** Null: from anywhere. */
    networks: Nullable(
      Type.Object(
        {
          inside: Type.Boolean(),
          /** Addresses, or networks as CIDR. */
          ranges: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 100 }),
        },
        strict,
      ),
    ),
    /** Null: either. */
    familiar: Nullable(Type.Boolean()),
    /** Null: at any time. */
    when: Nullable(
      Type.Object(
        {
          /** 1 is Monday (ISO 8601). */
          weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, uniqueItems: true }),
          /** Where `until` is earlier it spans midnight; where both are the same, it is the whole day. */
          from: TimeOfDay,
          until: TimeOfDay,
          /** A name of the IANA database. */
          time_zone: Type.String({ maxLength: 64 }),
        },
        strict,
      ),
    ),
    effect: PolicyEffect,
  },
  strict,
);
export type PolicyRule = Static<typeof PolicyRule>;

const Rules = Type.Array(PolicyRule, { maxItems: 200 });

/** One version in a list. */
export const PolicyVersion = Type.Object({
  version: Type.Integer(),
  changed_at: Nullable(Time),
  changed_by: Nullable(Type.Object({ id: Id, login: Type.String() })),
  rule_count: Type.Integer(),
});
export type PolicyVersion = Static<typeof PolicyVersion>;

/** Whom a rule about enrolling may leave without a way to sign in. */
export const PolicyWarning = Type.Object({
  rule: Named,
  /** `nothing_to_enroll`: whoever it is about, and has no factor yet. `demanded`: for what the rule `by` is about. */
  kind: OneOf('nothing_to_enroll', 'demanded'),
  by: Nullable(Named),
});
export type PolicyWarning = Static<typeof PolicyWarning>;

/** `GET /api/v1/admin/policies`, with an ETag. Version 0 has no rules, and nobody has made it. */
export const Policies = Type.Object({
  ...PolicyVersion.properties,
  /** As in the header, for `If-Match`. */
  etag: Type.String(),
  rules: Rules,
  /** What the ids in the rules are called, as far as they are there. */
  names: Type.Record(Type.String(), Type.String()),
  warnings: Type.Array(PolicyWarning),
});
export type Policies = Static<typeof Policies>;

/** `PUT /api/v1/admin/policies` */
export const PutPolicies = Type.Object({ rules: Rules });
export type PutPolicies = Static<typeof PutPolicies>;
/** The ETag of the version that was changed (RFC 9110 section 13.1.1). */
export const IfMatch = Type.Object({ 'if-match': Type.String({ maxLength: 100 }) });

/** `POST /api/v1/admin/policies/simulate` */
export const SimulatePolicies = Type.Object({
  user_id: Id,
  /** One, not all of a kind. */
  target: Type.String({ pattern: `^${entrance}$` }),
  /** Null: nobody knows it. */
  ip: Nullable(Type.String({ maxLength: 64 })),
  familiar: Type.Optional(Type.Boolean()),
  at: Type.Optional(Time),
  /** Of PAM, for a host; `sshd` where it is left out. */
  service: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  /** In the place of the rules that hold. */
  rules: Type.Optional(Rules),
});
export type SimulatePolicies = Static<typeof SimulatePolicies>;
export const PolicyOutcome = OneOf('challenge', 'enrollment', 'ready', 'refuse');
/** What somebody may enrol, and the rule that says so. */
export const PolicyEnrollment = Type.Object({
  factors: Type.Array(FactorKind),
  rule: Nullable(Named),
});
export type PolicyEnrollment = Static<typeof PolicyEnrollment>;
export const PolicySimulation = Type.Object({
  outcome: PolicyOutcome,
  /** With which it is refused. */
  code: Nullable(Type.String()),
  reason: Type.String(),
  rule: Nullable(Named),
  factors: Type.Array(FactorKind),
  /** Of a push. */
  confirmation: Nullable(OneOf('tap', 'number')),
  user_verification: Type.Boolean(),
  session_minutes: Nullable(Type.Integer()),
  fresh_minutes: Nullable(Type.Integer()),
  enrollment: PolicyEnrollment,
  /** A factor must be enrolled, and none may be: they cannot sign in. */
  stuck: Type.Boolean(),
});
export type PolicySimulation = Static<typeof PolicySimulation>;

/** What rules that nobody has kept would have changed of a sign-in, the gravest first. `stuck`: a factor must be enrolled, and none may be. */
export const PolicyChangeKind = OneOf(
  'refused',
  'stuck',
  'enrollment',
  'let_in',
  'no_enrollment',
  'number',
  'user_verification',
  'factors',
  'tap',
  'no_user_verification',
  'lifetime',
);
export type PolicyChangeKind = Static<typeof PolicyChangeKind>;
export const PolicyChangeExample = Type.Object({
  /** Its id; null of what was refused at once. */
  authentication: Nullable(Id),
  user: Type.Object({ id: Id, login: Type.String(), name: Type.String() }),
  target: Type.String(),
  at: Time,
  ip: Nullable(Type.String()),
  familiar: Type.Boolean(),
  /** Under the rules that hold, and under the others; the settings and the groups are those of today. */
  before: PolicySimulation,
  after: PolicySimulation,
});
export type PolicyChangeExample = Static<typeof PolicyChangeExample>;
/** `POST /api/v1/admin/policies/effect` */
export const PolicyEffectReport = Type.Object({
  /** From when on they were looked at. */
  since: Time,
  /** False where there were more within the week. */
  complete: Type.Boolean(),
  looked_at: Type.Integer(),
  /** From before what a decision is made on was kept. */
  left_out: Type.Integer(),
  people_gone: Type.Integer(),
  /** The gravest first; a sign-in is counted once. */
  changes: Type.Array(
    Type.Object({
      kind: PolicyChangeKind,
      count: Type.Integer(),
      examples: Type.Array(PolicyChangeExample),
    }),
  ),
  /** What the targets of the examples are called, by their ids. */
  names: Type.Record(Type.String(), Type.String()),
  warnings: Type.Array(PolicyWarning),
});
export type PolicyEffectReport = Static<typeof PolicyEffectReport>;
