import { Type, type Static } from 'typebox';
import { OneOf, Time } from './common.ts';

/** RFC 9457 problem details; `code` is stable and listed in errors.ts. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  server_time: Time,
  errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  request_id: Type.Optional(Type.String()),
  state: Type.Optional(OneOf('pending', 'approved', 'denied', 'reported', 'expired', 'cancelled', 'failed')),
  resource: Type.Optional(Type.String()),
  reasons: Type.Optional(Type.Array(Type.String())),
  tries_left: Type.Optional(Type.Integer()),
  /** Seconds, the same as the header Retry-After. */
  retry_after: Type.Optional(Type.Integer()),
});
export type Problem = Static<typeof Problem>;
