import { Type, type Static } from 'typebox';
import { Organization } from './common.ts';

/** `GET /.well-known/countersign` */
export const Discovery = Type.Object({
  issuer: Type.String(),
  organization: Organization,
  protocol_versions: Type.Array(Type.Integer()),
  authenticator_endpoint: Type.String(),
  authenticator_app: Type.String(),
  vapid_public_key: Type.String(),
  request_lifetime_s: Type.Integer(),
  /** Whether an app begins with each kind of report switched on; whoever uses it may switch it. */
  telemetry: Type.Object({ diagnostics: Type.Boolean(), usage: Type.Boolean() }),
});
export type Discovery = Static<typeof Discovery>;
