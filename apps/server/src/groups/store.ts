import type { UserState } from '@countersign/protocol/wire';
import { searchOf } from '../users/search/search.ts';
import { statement } from '../platform/store/store.ts';

export interface GroupRow {
  id: string;
  name: string;
  created_at: number;
  /** From when on each member needs a second factor; null where the group asks for none. */
  mfa_required_from: number | null;
  member_count: number;
}

export interface MemberRow {
  id: string;
  login: string;
  name: string;
  email: string;
  state: UserState;
  added_at: number;
}

interface NamedRow {
  id: string;
  name: string;
}

const columns = `g.id, g.name, g.created_at, g.mfa_required_from, g.member_count`;

export const findGroup = statement<GroupRow>(`SELECT ${columns} FROM user_groups g WHERE g.id = :id`);
export const findGroupBySearch = statement<NamedRow>(
  `SELECT id, name FROM user_groups WHERE search = :search`,
);
/** Newest first, those before (created_at, id), that have a word with each of three beginnings ('%' for any). */
export const listGroups = statement<GroupRow>(`
  SELECT ${columns} FROM user_groups g
  WHERE (g.created_at, g.id) < (:at, :id)
    AND g.search LIKE :word_1 AND g.search LIKE :word_2 AND g.search LIKE :word_3
  ORDER BY g.created_at DESC, g.id DESC LIMIT :limit`);
export const insertGroup = statement(
  `INSERT INTO user_groups (id, name, search, created_at) VALUES (:id, :name, :search, :now)`,
);
export const updateGroup = statement(
  `UPDATE user_groups SET name = :name, search = :search, mfa_required_from = :mfa_required_from WHERE id = :id`,
);
export const deleteGroup = statement(`DELETE FROM user_groups WHERE id = :id`);
/** Takes hold of the group's row until the transaction ends: it stays while something is made to point at it. */
export const holdGroup = statement<NamedRow & Pick<GroupRow, 'mfa_required_from'>>(
  `UPDATE user_groups SET name = name WHERE id = :id RETURNING id, name, mfa_required_from`,
);

/** Of one group, who was added last first; paged and searched as the others. */
export const searchMembers = searchOf<MemberRow>({
  columns: 'u.id, u.login, u.name, u.email, u.state, m.added_at',
  from: 'group_members m',
  where: 'm.group_id = :group_id',
  at: 'm.added_at',
  id: 'm.user_id',
  join: 'CROSS JOIN users u',
  on: 'u.id = m.user_id',
});
/** Nothing where they are in it already. Their row is held, so that whether they are active and have a factor does not change meanwhile. */
export const insertMember = statement<{ user_id: string }>(`
  INSERT INTO group_members (group_id, user_id, added_at, has_factor)
  VALUES (:group_id, :user_id, :now, (SELECT has_factor FROM users WHERE id = :user_id AND state = 'active'))
  ON CONFLICT (group_id, user_id) DO NOTHING RETURNING user_id`);
export const deleteMember = statement<{ user_id: string }>(
  `DELETE FROM group_members WHERE group_id = :group_id AND user_id = :user_id RETURNING user_id`,
);
export const changeMemberCount = statement(
  `UPDATE user_groups SET member_count = member_count + :by WHERE id = :id`,
);
/** The group after that id; `members` are counted. */
export const findCountedAfter = statement<{ id: string; member_count: number; members: number }>(`
  SELECT g.id, g.member_count, (SELECT COUNT(*) FROM group_members WHERE group_id = g.id) AS members
  FROM user_groups g WHERE g.id > :after ORDER BY g.id LIMIT 1`);
/** Its row is held: whoever comes or goes meanwhile changes the count after this. */
export const recountMembers = statement(`
  UPDATE user_groups SET member_count = (SELECT COUNT(*) FROM group_members WHERE group_id = :id) WHERE id = :id`);
export const listGroupsOfUser = statement<NamedRow>(`
  SELECT g.id, g.name FROM group_members m JOIN user_groups g ON g.id = m.group_id
  WHERE m.user_id = :user_id ORDER BY g.search`);

/** The applications that are for a group. */
export const listApplicationsOfGroup = statement<NamedRow>(`
  SELECT a.id, a.name FROM application_groups ag JOIN applications a ON a.id = ag.application_id
  WHERE ag.group_id = :group_id AND a.for_groups = 1 ORDER BY a.search, a.id`);
