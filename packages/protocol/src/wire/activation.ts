import { Type, type Static } from 'typebox';
import { Account, Id, Nullable, OneOf, Organization, Time, WebauthnJson } from './common.ts';
import { Device, PushHealth, PushSubscription } from './device.ts';
import { TransferOrNone } from './transfer.ts';

export const UserVerification = OneOf('required', 'preferred', 'off');
export type UserVerification = Static<typeof UserVerification>;

/** `POST /authenticator/v1/activations/lookup` */
export const ActivationLookupBody = Type.Object({ code: Type.String({ maxLength: 64 }) });
export const ActivationLookup = Type.Object({
  issuer: Type.String(),
  organization: Organization,
  account: Account,
  nonce: Type.String(),
  expires_at: Time,
  user_verification: UserVerification,
  webauthn: Nullable(WebauthnJson),
  vapid_public_key: Type.String(),
});
export type ActivationLookup = Static<typeof ActivationLookup>;

/** `POST /authenticator/v1/activations` */
export const ActivateBody = Type.Object({
  code: Type.String({ maxLength: 64 }),
  registration: Type.String({ minLength: 1 }),
});
export const Activated = Type.Object({
  authenticator: Type.Object({ id: Id, state: OneOf('pending', 'active') }),
  account: Account,
  issuer: Type.String(),
  organization: Organization,
});
export type Activated = Static<typeof Activated>;

/** `GET|PATCH /authenticator/v1/me` */
export const AuthenticatorSelf = Type.Object({
  authenticator: Type.Object({
    id: Id,
    state: OneOf('pending', 'active'),
    device: Device,
    created_at: Time,
    last_seen_at: Time,
    push: PushHealth,
  }),
  account: Account,
  organization: Organization,
  user_verification: UserVerification,
  webauthn_registered: Type.Boolean(),
  /** The move to a new phone that this one began; null where none is under way. */
  transfer: TransferOrNone,
});
export type AuthenticatorSelf = Static<typeof AuthenticatorSelf>;
export const PatchAuthenticatorSelf = Type.Object({
  push_subscription: Type.Optional(Nullable(PushSubscription)),
  device: Type.Optional(Device),
});
/** `POST /me/verification-key/options`, `POST /me/verification-key`: by the present key's assertion, or, for a first one, by a code. */
export const VerificationKeyOptionsBody = Type.Object({
  code: Type.Optional(Type.String({ maxLength: 64 })),
});
export const VerificationKeyOptions = Type.Object({ webauthn: WebauthnJson });
export const VerificationKeyBody = Type.Object({
  webauthn: WebauthnJson,
  assertion: Type.Optional(WebauthnJson),
  code: Type.Optional(Type.String({ maxLength: 64 })),
});

/** The portal's side: `POST /api/v1/me/activations`, `GET /api/v1/me/activations/{id}` */
export const ActivationState = OneOf('waiting', 'pending', 'active', 'expired');
export const Activation = Type.Object({
  id: Id,
  state: ActivationState,
  expires_at: Time,
  /** The phone that took the code; null while none has. */
  authenticator: Nullable(Type.Object({ id: Id, device: Device })),
  /** The phone that will be revoked when this one is active. */
  replaces: Nullable(Type.Object({ id: Id, device: Device })),
});
export type Activation = Static<typeof Activation>;
export const CreatedActivation = Type.Intersect([
  Activation,
  Type.Object({ activation_uri: Type.String(), code: Type.String() }),
]);
export type CreatedActivation = Static<typeof CreatedActivation>;
