import { Type, type Static } from 'typebox';
import { Email, Login, Organization, Password, PersonName } from './common.ts';

/** `GET /api/v1/setup`: whether the organisation still has no owner. */
export const SetupState = Type.Object({ needed: Type.Boolean() });
export type SetupState = Static<typeof SetupState>;

/** `POST /api/v1/setup`: makes the first owner with the one-time token of the set-up link. */
export const SetupBody = Type.Object({
  token: Type.String({ maxLength: 64 }),
  organization: Organization,
  owner: Type.Object({ login: Login, email: Email, name: PersonName, password: Password }),
  push_enabled: Type.Boolean(),
});
export type SetupBody = Static<typeof SetupBody>;

/** `POST /api/v1/invitations/lookup`, `POST /api/v1/invitations/accept` */
export const InvitationLookupBody = Type.Object({ token: Type.String({ maxLength: 64 }) });
export const Invitation = Type.Object({
  organization: Organization,
  login: Type.String(),
  name: Type.String(),
  /** Characters that a password must have at least. */
  password_min_length: Type.Integer(),
});
export type Invitation = Static<typeof Invitation>;
export const AcceptInvitationBody = Type.Object({
  token: Type.String({ maxLength: 64 }),
  password: Password,
});
