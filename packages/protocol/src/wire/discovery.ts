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
});
export type Discovery = Static<typeof Discovery>;
