import { Type, type Static } from 'typebox';
import { Acr, Id, Login, Nullable, OneOf, Password, Role, Time, WebauthnJson } from './common.ts';
import { Device, PushHealth } from './device.ts';
import { PushState } from './push-request.ts';

/** `POST /api/v1/authentications` */
export const BeginAuthentication = Type.Union([
  Type.Object({
    purpose: OneOf('portal_login', 'admin_login'),
    login: Login,
    password: Password,
  }),
  /** With a passkey alone: an assertion over the challenge of `/api/v1/authentications/passkey-options`. */
  Type.Object({ purpose: OneOf('portal_login', 'admin_login'), passkey: WebauthnJson }),
  Type.Object({ purpose: Type.Literal('step_up'), resource: Type.String({ maxLength: 100 }) }),
  /** What an application began, in a session that proves too little for it. */
  Type.Object({ purpose: Type.Literal('sso'), interaction: Id }),
]);

export const FactorKind = OneOf('push', 'totp', 'passkey', 'recovery_code');
export type FactorKind = Static<typeof FactorKind>;

export const Factor = Type.Union([
  Type.Object({
    kind: Type.Literal('push'),
    device: Device,
    /** Which phone, where the person has several. */
    authenticator: Id,
    /** Whether it can be woken; one that cannot answers while the app is open. */
    push: PushHealth,
  }),
  Type.Object({ kind: OneOf('totp', 'passkey', 'recovery_code') }),
]);
export type Factor = Static<typeof Factor>;

export const AuthenticationState = OneOf(
  'challenge',
  'enrollment_required',
  'ready',
  'complete',
  'denied',
  'expired',
);
export type AuthenticationState = Static<typeof AuthenticationState>;

export const Authentication = Type.Object({
  id: Id,
  purpose: OneOf('portal_login', 'admin_login', 'step_up', 'password_reset', 'sso'),
  state: AuthenticationState,
  factors: Type.Array(Factor),
  preferred: Nullable(FactorKind),
  expires_at: Time,
  push: Nullable(
    Type.Object({
      id: Id,
      state: PushState,
      /** The request is on the phone's screen, or was. */
      seen: Type.Boolean(),
      expires_at: Time,
      /** To be shown here and typed on the phone; null where a tap is enough. */
      number: Nullable(Type.String()),
    }),
  ),
});
export type Authentication = Static<typeof Authentication>;

/** `POST /api/v1/authentications/{id}/push` */
export const AskPush = Type.Object({ authenticator: Type.Optional(Id) });
/** `POST /api/v1/authentications/{id}/totp`, `/recovery-code` and `/enrollment-code`, and where else a code is typed */
export const CodeBody = Type.Object({ code: Type.String({ maxLength: 64 }) });
/** `POST /api/v1/authentications/passkey-options` and `/{id}/passkey/options` */
export const PasskeyOptions = Type.Object({ webauthn: WebauthnJson });
/** `POST /api/v1/authentications/{id}/passkey` */
export const PasskeyBody = Type.Object({ webauthn: WebauthnJson });
/** `POST /api/v1/authentications/{id}/complete` */
export const Completed = Type.Object({ continue: Type.String() });

/** `DELETE /api/v1/session`: where the browser goes on, where applications are to be signed out of by it. */
export const SignedOut = Type.Object({ continue: Type.String() });
export type SignedOut = Static<typeof SignedOut>;

/** `GET /api/v1/session`, `GET /api/v1/admin/session` */
export const Session = Type.Object({
  user: Type.Object({
    id: Id,
    login: Type.String(),
    name: Type.String(),
    email: Type.String(),
    role: Role,
  }),
  acr: Acr,
  amr: Type.Array(Type.String()),
  auth_time: Time,
  expires_at: Time,
  enrollment_required: Type.Boolean(),
  /** When a second factor will be required of this person, who has none; null where that is not to come. */
  enrollment_due: Nullable(Time),
  /** The administrator chose the present password, so it must be replaced before anything else. */
  password_change_required: Type.Boolean(),
});
export type Session = Static<typeof Session>;
