import { Type, type Static } from 'typebox';
import { Account, Id, Nullable, OneOf, Time, WebauthnJson } from './common.ts';

export const Purpose = OneOf(
  'activation',
  'test',
  'portal_login',
  'admin_login',
  'sso',
  'step_up',
  'password_reset',
  'device_login',
  'radius',
  'backchannel',
  'verification',
);
export type Purpose = Static<typeof Purpose>;

export const PushState = OneOf('pending', 'approved', 'denied', 'reported', 'expired', 'cancelled', 'failed');
export type PushState = Static<typeof PushState>;

export const Resource = Type.Object({
  kind: OneOf('portal', 'admin', 'application', 'host', 'act', 'authenticator'),
  name: Type.String(),
  logo_uri: Nullable(Type.String()),
});
export type Resource = Static<typeof Resource>;

export const RequestContext = Type.Object({
  ip: Nullable(Type.String()),
  location: Nullable(Type.Object({ country: Type.String(), city: Nullable(Type.String()) })),
  /** The asker in words, such as "Firefox on Linux". */
  client: Nullable(Type.String()),
  host: Nullable(Type.String()),
  local_user: Nullable(Type.String()),
  /** What a program asks the person to compare, of purpose `backchannel`: one line of text. */
  binding_message: Type.Optional(Type.String()),
  familiar: Type.Boolean(),
  requested_at: Time,
});
export type RequestContext = Static<typeof RequestContext>;

export const Confirmation = Type.Union([
  Type.Object({ kind: Type.Literal('tap') }),
  Type.Object({ kind: Type.Literal('number'), length: Type.Integer({ minimum: 2, maximum: 6 }) }),
]);
export type Confirmation = Static<typeof Confirmation>;

export const PushRequest = Type.Object({
  id: Id,
  purpose: Purpose,
  state: PushState,
  resource: Resource,
  account: Account,
  context: RequestContext,
  confirmation: Confirmation,
  user_verification: Type.Boolean(),
  webauthn: Nullable(WebauthnJson),
  /** A notification may offer Approve: a tap is enough, the asker is familiar, and the organisation allows it. */
  approve_from_notification: Type.Optional(Type.Boolean()),
  nonce: Type.String(),
  digest: Type.String(),
  created_at: Time,
  expires_at: Time,
});
export type PushRequest = Static<typeof PushRequest>;

/** `GET /authenticator/v1/requests` */
export const PushRequestList = Type.Object({ requests: Type.Array(PushRequest) });
/** `POST /authenticator/v1/requests/{id}/answer` */
export const AnswerBody = Type.Object({
  answer: Type.String({ minLength: 1 }),
  webauthn: Type.Optional(Nullable(WebauthnJson)),
});
export const AnswerResult = Type.Object({ state: PushState });
/** Event `resolved` of `GET /authenticator/v1/events`. */
export const ResolvedEvent = Type.Object({ id: Id, state: PushState });
export type ResolvedEvent = Static<typeof ResolvedEvent>;

/** The decrypted payload of a Web Push message. */
export const PushMessage = Type.Object({
  v: Type.Literal(1),
  kind: Type.Literal('request'),
  issuer: Type.String(),
  id: Id,
  title: Type.String(),
  body: Type.String(),
});
export type PushMessage = Static<typeof PushMessage>;
