import { atOnce, places } from '../../platform/store/many.ts';
import { statement } from '../../platform/store/store.ts';

export const listTaken = statement<{ identifier: string }>(
  `SELECT identifier FROM user_identifiers WHERE identifier IN (${places})`,
);

export const listGroupsOfMany = statement<{ user_id: string; name: string }>(`
  SELECT m.user_id, g.name FROM group_members m JOIN user_groups g ON g.id = m.group_id
  WHERE m.user_id IN (${places}) ORDER BY g.search`);

/** Oldest first, those after (created_at, id): who is added meanwhile comes at the end. */
export const pageOfPeople = statement<{
  id: string;
  login: string;
  email: string;
  name: string;
  role: string;
  state: string;
  created_at: number;
}>(`
  SELECT id, login, email, name, role, state, created_at FROM users
  WHERE (created_at, id) > (:at, :after) ORDER BY created_at, id LIMIT ${atOnce}`);

export const pageOfGroups = statement<{ id: string; name: string; created_at: number }>(`
  SELECT id, name, created_at FROM user_groups
  WHERE (created_at, id) > (:at, :after) ORDER BY created_at, id LIMIT ${atOnce}`);

export const pageOfMembers = statement<{
  id: string;
  login: string;
  email: string;
  name: string;
  at: number;
}>(`
  SELECT u.id, u.login, u.email, u.name, m.added_at AS at
  FROM group_members m JOIN users u ON u.id = m.user_id
  WHERE m.group_id = :group_id AND (m.added_at, m.user_id) > (:at, :after)
  ORDER BY m.added_at, m.user_id LIMIT ${atOnce}`);
