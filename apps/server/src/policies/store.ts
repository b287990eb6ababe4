import { places } from '../platform/store/many.ts';
import { statement } from '../platform/store/store.ts';

export interface PolicyVersionRow {
  number: number;
  id: string;
  /** JSON. */
  rules: string;
  changed_at: number;
  changed_by_id: string;
  changed_by_login: string;
}

const columns = `number, id, rules, changed_at, changed_by_id, changed_by_login`;

/** The one that holds: what each decision reads. */
export const findCurrentVersion = statement<{ number: number; id: string }>(
  `SELECT number, id FROM policy_versions ORDER BY number DESC LIMIT 1`,
);
export const findVersion = statement<PolicyVersionRow>(
  `SELECT ${columns} FROM policy_versions WHERE number = :number`,
);
/** Fails where somebody else was faster: then the number is taken. */
export const insertVersion = statement(`
  INSERT INTO policy_versions (number, id, rules, changed_at, changed_by_id, changed_by_login)
  VALUES (:number, :id, :rules, :now, :changed_by_id, :changed_by_login)`);
/** The newest first, those before a number. */
export const listVersions = statement<PolicyVersionRow>(
  `SELECT ${columns} FROM policy_versions WHERE number < :before ORDER BY number DESC LIMIT :limit`,
);

/** What there is under an id that a rule names. */
export const listNamed = statement<{ id: string; kind: string; name: string }>(`
  SELECT id, 'user' AS kind, name FROM users WHERE id = :id
  UNION ALL SELECT id, 'group' AS kind, name FROM user_groups WHERE id = :id
  UNION ALL SELECT id, 'application' AS kind, name FROM applications WHERE id = :id
  UNION ALL SELECT id, 'host_group' AS kind, name FROM host_groups WHERE id = :id`);
/** Of some people, what a decision needs to know of them as they are now. */
export interface PersonRow {
  id: string;
  login: string;
  name: string;
  push_override: number | null;
}
export const listPeople = statement<PersonRow>(
  `SELECT id, login, name, push_override FROM users WHERE id IN (${places})`,
);
export const listGroupsOfMany = statement<{ user_id: string; group_id: string }>(
  `SELECT user_id, group_id FROM group_members WHERE user_id IN (${places})`,
);
export const listActiveOwners = statement<{ id: string }>(
  `SELECT id FROM users WHERE role = 'owner' AND state = 'active' ORDER BY id`,
);
