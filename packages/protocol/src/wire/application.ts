import { Type, type Static } from 'typebox';
import { Id, Nullable, OneOf, Time } from './common.ts';

const ApplicationName = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });
const Url = Type.String({ minLength: 1, maxLength: 2000 });
const Kind = OneOf('bookmark');

/** `GET /api/v1/me/applications` */
export const LaunchTile = Type.Object({
  id: Id,
  kind: Kind,
  name: Type.String(),
  logo_uri: Nullable(Type.String()),
  /** Whether opening it asks for a fresh proof of who the person is. */
  step_up: Type.Boolean(),
  last_used_at: Nullable(Time),
});
export type LaunchTile = Static<typeof LaunchTile>;

/** `POST /api/v1/me/applications/{id}/open` */
export const OpenedApplication = Type.Object({ url: Type.String() });
export type OpenedApplication = Static<typeof OpenedApplication>;

/** `GET /api/v1/admin/applications` */
export const Application = Type.Object({
  id: Id,
  kind: Kind,
  name: Type.String(),
  url: Type.String(),
  step_up: Type.Boolean(),
  logo_uri: Nullable(Type.String()),
  created_at: Time,
});
export type Application = Static<typeof Application>;
export const CreateApplication = Type.Object({
  name: ApplicationName,
  url: Url,
  step_up: Type.Optional(Type.Boolean()),
});
export type CreateApplication = Static<typeof CreateApplication>;
export const PatchApplication = Type.Object({
  name: Type.Optional(ApplicationName),
  url: Type.Optional(Url),
  step_up: Type.Optional(Type.Boolean()),
});
export type PatchApplication = Static<typeof PatchApplication>;

/** `PUT /api/v1/admin/applications/{id}/logo`: base64 of a PNG of up to 256 × 256 pixels; null takes it away. */
export const ApplicationLogo = Type.Object({ png: Nullable(Type.String({ maxLength: 60_000 })) });
