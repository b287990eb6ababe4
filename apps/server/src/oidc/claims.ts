import { groupsOf } from '../groups/groups.ts';
import type { Queryable } from '../platform/store/store.ts';
import type { UserRow } from '../users/store.ts';

/** What the OpenID provider tells of a person; which of it an application gets is by the scopes that it asks for. */
export const claimsOf = async (
  on: Queryable,
  { id, name, login, language, email }: UserRow,
  { groups }: { groups: boolean },
) => ({
  sub: id,
  name,
  preferred_username: login,
  ...(language === null ? {} : { locale: language }),
  email,
  email_verified: true,
  ...(groups ? { groups: await groupsOf(on, id) } : {}),
});
