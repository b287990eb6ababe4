import { Type, type Static } from 'typebox';
import { PageQuery } from './admin.ts';
import { Etag, Id, Nullable, OneOf, Time } from './common.ts';

/** Webhooks: addresses that are told of events, as the Standard Webhooks specification has it. */

const Url = Type.String({ minLength: 1, maxLength: 2000, pattern: '^https?://' });
/** Types of events such as `push.denied`, families such as `push.*`, or `*` for every event. */
const Types = Type.Array(Type.String({ maxLength: 60, pattern: '^([a-z_]+\\.([a-z_]+|\\*)|\\*)$' }), {
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
});

/** `GET /api/v1/admin/webhooks` */
export const WebhookState = OneOf('active', 'paused', 'disabled');
export type WebhookState = Static<typeof WebhookState>;
export const Webhook = Type.Object({
  id: Id,
  etag: Etag,
  url: Type.String(),
  types: Type.Array(Type.String()),
  /** `paused` by an administrator; `disabled` after a day without success, or where the address answered 410. */
  state: WebhookState,
  /** Messages that wait. */
  pending: Type.Integer(),
  failing_since: Nullable(Time),
  last_error: Nullable(Type.String()),
  created_at: Time,
});
export type Webhook = Static<typeof Webhook>;

export const WebhookQuery = Type.Object({
  ...PageQuery.properties,
  /** Those that nothing reaches, or that were switched off since nothing did. */
  failing: Type.Optional(Type.Boolean()),
});

/** `POST /api/v1/admin/webhooks` */
export const CreateWebhook = Type.Object({ url: Url, types: Types });
export type CreateWebhook = Static<typeof CreateWebhook>;
/** `whsec_` and the Base64 of what messages are signed with. It is shown once. */
export const CreatedWebhook = Type.Intersect([Webhook, Type.Object({ secret: Type.String() })]);
export type CreatedWebhook = Static<typeof CreatedWebhook>;
export const PatchWebhook = Type.Object({
  url: Type.Optional(Url),
  types: Type.Optional(Types),
  state: Type.Optional(OneOf('active', 'paused')),
});
export type PatchWebhook = Static<typeof PatchWebhook>;

/** `POST /api/v1/admin/webhooks/{id}/test`: status and error as of a delivery. */
export const WebhookTest = Type.Object({
  delivered: Type.Boolean(),
  status: Nullable(Type.Integer()),
  error: Nullable(Type.String()),
});
export type WebhookTest = Static<typeof WebhookTest>;

/** `GET /api/v1/admin/webhooks/{id}/deliveries` */
export const WebhookDelivery = Type.Object({
  id: Id,
  event_id: Id,
  type: Type.String(),
  state: OneOf('pending', 'delivered', 'failed'),
  tries: Type.Integer(),
  /** What the address answered the last time; null where it did not. */
  status: Nullable(Type.Integer()),
  error: Nullable(Type.String()),
  created_at: Time,
  ended_at: Nullable(Time),
});
export type WebhookDelivery = Static<typeof WebhookDelivery>;
