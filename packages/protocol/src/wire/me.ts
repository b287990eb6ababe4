import { Type, type Static } from 'typebox';
import { Acr, Id, Nullable, OneOf, Password, PersonName, Role, Time, WebauthnJson } from './common.ts';
import { UserVerification } from './activation.ts';
import { FactorKind } from './authentication.ts';
import { Device, PushHealth } from './device.ts';
import { PushState } from './push-request.ts';

/** `GET|PATCH /api/v1/me` */
export const Me = Type.Object({
  id: Id,
  login: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: Role,
  /** Whether mobile push is on for this person; who may enrol it is among `allowed` of `/me/factors`. */
  push_enabled: Type.Boolean(),
  /** The organisation's setting. */
  user_verification: UserVerification,
  /** Of pages and mails (BCP 47); null follows the browser. */
  language: Nullable(Type.String()),
});
export type Me = Static<typeof Me>;
export const PatchMe = Type.Object({
  name: Type.Optional(PersonName),
  language: Type.Optional(Nullable(Type.String({ maxLength: 35, pattern: '^[A-Za-z0-9-]+$' }))),
});

/** `GET /api/v1/me/authenticators` */
export const Authenticator = Type.Object({
  id: Id,
  state: OneOf('pending', 'active'),
  device: Device,
  created_at: Time,
  last_seen_at: Time,
  push: PushHealth,
  /** Whether it holds a verification key (Face ID, fingerprint, passcode). */
  webauthn_registered: Type.Boolean(),
});
export type Authenticator = Static<typeof Authenticator>;

/** `POST /api/v1/me/authenticators/{id}/verification-key`: with which a phone that has no verification key gets its first. */
export const VerificationKeyCode = Type.Object({
  code: Type.String(),
  verification_key_uri: Type.String(),
  expires_at: Time,
});
export type VerificationKeyCode = Static<typeof VerificationKeyCode>;

/** `GET /api/v1/me/factors` */
export const EnrolledFactor = Type.Union([
  Type.Object({ kind: Type.Literal('push'), id: Id, device: Device, created_at: Time }),
  Type.Object({ kind: Type.Literal('totp'), id: Id, created_at: Time }),
  Type.Object({ kind: Type.Literal('passkey'), id: Id, name: Type.String(), created_at: Time }),
  Type.Object({
    kind: Type.Literal('recovery_code'),
    /** How many of them are still good. */
    left: Type.Integer(),
    created_at: Time,
  }),
]);
export type EnrolledFactor = Static<typeof EnrolledFactor>;
export const MyFactors = Type.Object({
  items: Type.Array(EnrolledFactor),
  /** The kinds that this person may set up at present. */
  allowed: Type.Array(FactorKind),
});
export type MyFactors = Static<typeof MyFactors>;

/** `POST|GET /api/v1/me/authenticators/{id}/test` */
export const PushTest = Type.Object({
  id: Id,
  state: PushState,
  seen: Type.Boolean(),
  expires_at: Time,
  push: PushHealth,
});
export type PushTest = Static<typeof PushTest>;

/** `POST /api/v1/me/totp`: a verification code to be set up, as a person types it and as a QR code holds it. */
export const CreatedTotp = Type.Object({ id: Id, secret: Type.String(), otpauth_uri: Type.String() });
export type CreatedTotp = Static<typeof CreatedTotp>;
/** `POST /api/v1/me/totp/{id}/confirm` */
export const TotpFactor = Type.Object({ id: Id, created_at: Time });

/** `GET /api/v1/me/passkeys` */
export const Passkey = Type.Object({
  id: Id,
  name: Type.String(),
  created_at: Time,
  last_used_at: Nullable(Time),
  /** Whether a provider keeps it beside the device, so that it outlives the device. */
  backed_up: Type.Boolean(),
});
export type Passkey = Static<typeof Passkey>;
/** `POST /api/v1/me/passkeys` */
export const EnrolPasskey = Type.Object({ name: PersonName, webauthn: WebauthnJson });
/** `PATCH /api/v1/me/passkeys/{id}` */
export const PatchPasskey = Type.Object({ name: PersonName });

/** `POST /api/v1/me/recovery-codes`: shown this once. */
export const RecoveryCodes = Type.Object({ codes: Type.Array(Type.String()) });
export type RecoveryCodes = Static<typeof RecoveryCodes>;

/** `POST /api/v1/me/password` */
export const ChangePassword = Type.Object({ current: Password, new: Password });

/** `GET /api/v1/me/sessions` */
export const SignedInBrowser = Type.Object({
  id: Id,
  current: Type.Boolean(),
  kind: OneOf('portal', 'admin'),
  client: Nullable(Type.String()),
  ip: Nullable(Type.String()),
  acr: Acr,
  created_at: Time,
  last_seen_at: Time,
  expires_at: Time,
});
export type SignedInBrowser = Static<typeof SignedInBrowser>;

/** `GET /api/v1/me/activity` */
export const Activity = Type.Object({
  id: Id,
  at: Time,
  type: Type.String(),
  client: Nullable(Type.String()),
  ip: Nullable(Type.String()),
});
export type Activity = Static<typeof Activity>;
