import type { Queryable } from '../platform/store/store.ts';
import { findUser, findUserByIdentifier, type UserRow } from '../users/store.ts';
import { identifierOf } from '../users/users.ts';
import { findHostAccount, findHostAdmission, type HostGroupRow } from './store.ts';

/** Who a local user is, as the entries and the groups are now (docs/hosts.md, "Who a local user is"). */

export type Found =
  | { user: UserRow; refused?: undefined }
  | { user: UserRow; refused: 'host_login_not_allowed' }
  | { user?: undefined; refused: 'local_user_unmapped' };

export async function personOf(on: Queryable, group: HostGroupRow, localUser: string): Promise<Found> {
  const user = await namedBy(on, group, localUser);
  if (!user) return { refused: 'local_user_unmapped' };
  return (await mayLogIn(on, group, user)) ? { user } : { user, refused: 'host_login_not_allowed' };
}

export const mayLogIn = async (on: Queryable, group: HostGroupRow, user: UserRow): Promise<boolean> =>
  user.state === 'active' &&
  (group.for_groups === 0 ||
    (await findHostAdmission.get(on, { host_group_id: group.id, user_id: user.id })) !== undefined);

async function namedBy(on: Queryable, group: HostGroupRow, localUser: string): Promise<UserRow | undefined> {
  const account = await findHostAccount.get(on, { host_group_id: group.id, local_user: localUser });
  if (account) return findUser.get(on, { id: account.user_id });
  if (group.match_login === 0) return undefined;
  const user = await findUserByIdentifier.get(on, { identifier: identifierOf(localUser) });
  // Letter for letter: a mail address finds people too, and so does another spelling.
  return user?.login === localUser ? user : undefined;
}
