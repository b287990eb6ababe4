import { Type, type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

/** Who needs a second factor, and from when on: the earliest date that applies. */
export const Requirement = Type.Object({
  required: Type.Boolean(),
  /** Null for at once, and where none is required. */
  required_from: Nullable(Time),
});
export type Requirement = Static<typeof Requirement>;

/** `GET /api/v1/admin/enrollment`: of the organisation, or of one group. Only active people count. */
export const EnrollmentSummary = Type.Intersect([
  // What is required of everybody there.
  Requirement,
  Type.Object({
    /** Of both: counted up to 50,000, which says that there are as many or more. */
    with_factor: Type.Integer(),
    without_factor: Type.Integer(),
    /** Reminders that an administrator asked for are being sent. */
    reminding: Type.Boolean(),
  }),
]);
export type EnrollmentSummary = Static<typeof EnrollmentSummary>;

/** `GET /api/v1/admin/enrollment/people`: an active person without a second factor. */
export const PersonWithoutFactor = Type.Intersect([
  Type.Object({
    id: Id,
    login: Type.String(),
    name: Type.String(),
    email: Type.String(),
    /** They had one, and need a one-time enrolment code for another. */
    had_factor: Type.Boolean(),
    /** The last mail that reminded them. */
    reminded_at: Nullable(Time),
  }),
  Requirement,
]);
export type PersonWithoutFactor = Static<typeof PersonWithoutFactor>;

/** `POST /api/v1/admin/enrollment/reminders` */
export const RemindPeople = Type.Object({
  /** Its members only. */
  group_id: Type.Optional(Id),
});
