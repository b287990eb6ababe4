import { Type, type Static } from 'typebox';
import { UserState } from './admin.ts';
import { Etag, GroupName, Id, Nullable, Time } from './common.ts';

/** `GET /api/v1/admin/groups` */
export const Group = Type.Object({
  id: Id,
  name: Type.String(),
  member_count: Type.Integer(),
  /** From when on every member needs a second factor; null where the group asks for none. */
  mfa_required_from: Nullable(Time),
  created_at: Time,
});
export type Group = Static<typeof Group>;

/** A group, or an application, where another thing is about it. */
export const Named = Type.Object({ id: Id, name: Type.String() });
export type Named = Static<typeof Named>;

/** `GET /api/v1/admin/groups/{id}`: with the applications that are for it. */
export const GroupDetail = Type.Intersect([
  Group,
  Type.Object({ etag: Etag, applications: Type.Array(Named) }),
]);
export type GroupDetail = Static<typeof GroupDetail>;

/** No two names differ in upper and lower case only. */
export const CreateGroup = Type.Object({ name: GroupName });
export type CreateGroup = Static<typeof CreateGroup>;
export const PatchGroup = Type.Object({
  name: Type.Optional(GroupName),
  mfa_required_from: Type.Optional(Nullable(Time)),
});
export type PatchGroup = Static<typeof PatchGroup>;

/** `GET /api/v1/admin/groups/{id}/members` */
export const GroupMember = Type.Object({
  id: Id,
  login: Type.String(),
  name: Type.String(),
  email: Type.String(),
  state: UserState,
  added_at: Time,
});
export type GroupMember = Static<typeof GroupMember>;
