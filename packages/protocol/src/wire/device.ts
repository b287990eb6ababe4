import { Type, type Static } from 'typebox';
import { Nullable, OneOf } from './common.ts';

export const Device = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  platform: OneOf('ios', 'android', 'other'),
  model: Type.Optional(Nullable(Type.String({ maxLength: 100 }))),
  app_version: Type.String({ maxLength: 40 }),
});
export type Device = Static<typeof Device>;

/** PushSubscriptionJSON (W3C Push API) as far as RFC 8291 needs it. */
export const PushSubscription = Type.Object({
  endpoint: Type.String({ maxLength: 2048 }),
  keys: Type.Object({ p256dh: Type.String({ maxLength: 100 }), auth: Type.String({ maxLength: 40 }) }),
});
export type PushSubscription = Static<typeof PushSubscription>;

/** How a device can be woken: by Web Push, not at all (it polls while open), or not any more (its push service said so). */
export const PushHealth = OneOf('ok', 'none', 'unreachable');
export type PushHealth = Static<typeof PushHealth>;
