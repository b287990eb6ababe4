import { statement } from '../platform/store/store.ts';

export interface ApplicationRow {
  id: string;
  kind: 'bookmark' | 'oidc' | 'saml';
  name: string;
  url: string;
  step_up: number;
  /** 1: for the members of its groups only. */
  for_groups: number;
  /** How old a proof may be that it relies on; null for as old as the session. */
  session_minutes: number | null;
  /** Until then somebody looks at how sign-ins to it go (milliseconds since 1970). */
  watched_until: number;
  /** Of the logo; 0 where there is none. */
  logo_changed_at: number;
  created_at: number;
}

export const applicationColumns = `a.id, a.kind, a.name, a.url, a.step_up, a.for_groups, a.session_minutes,
  a.watched_until, a.logo_changed_at, a.created_at`;

/** The rule of who may use an application `a`, the one text of it; `user` is SQL for the person's id. */
export const admits = (user: string): string => `(a.for_groups = 0 OR EXISTS (
    SELECT 1 FROM application_groups ag JOIN group_members m ON m.group_id = ag.group_id
    WHERE ag.application_id = a.id AND m.user_id = ${user}))`;

export const findApplication = statement<ApplicationRow>(
  `SELECT ${applicationColumns} FROM applications a WHERE a.id = :id`,
);
/** Newest first, those before (created_at, id), that have a word with each of three beginnings ('%' for any). */
export const listApplications = statement<ApplicationRow>(`
  SELECT ${applicationColumns} FROM applications a
  WHERE (a.created_at, a.id) < (:at, :id)
    AND a.search LIKE :word_1 AND a.search LIKE :word_2 AND a.search LIKE :word_3
  ORDER BY a.created_at DESC, a.id DESC LIMIT :limit`);
export const listApplicationsFor = statement<ApplicationRow & { used_at: number | null }>(`
  SELECT ${applicationColumns}, u.used_at FROM applications a
  LEFT JOIN application_uses u ON u.application_id = a.id AND u.user_id = :user_id
  WHERE ${admits(':user_id')}
  ORDER BY a.search, a.id`);
export const findAdmission = statement<{ id: string }>(
  `SELECT a.id FROM applications a WHERE a.id = :application_id AND ${admits(':user_id')}`,
);
/** Written anew only where it would soon be over: whoever looks, looks again and again. */
export const watchApplication = statement(
  `UPDATE applications SET watched_until = :until WHERE id = :id AND watched_until < :soon`,
);
export const insertApplication = statement(`
  INSERT INTO applications (id, kind, name, search, url, step_up, for_groups, session_minutes, created_at)
  VALUES (:id, :kind, :name, :search, :url, :step_up, :for_groups, :session_minutes, :now)`);
export const updateApplication = statement<ApplicationRow>(`
  UPDATE applications SET name = :name, search = :search, url = :url, step_up = :step_up,
    for_groups = :for_groups, session_minutes = :session_minutes
  WHERE id = :id RETURNING ${applicationColumns.replaceAll('a.', '')}`);
/** Takes hold of its row until the transaction ends: of two changes at once none undoes the other. */
export const holdApplication = statement<ApplicationRow>(
  `UPDATE applications SET name = name WHERE id = :id RETURNING ${applicationColumns.replaceAll('a.', '')}`,
);
export const deleteApplication = statement(`DELETE FROM applications WHERE id = :id`);
export const findLogo = statement<{ logo: string | null }>(`SELECT logo FROM applications WHERE id = :id`);
export const keepLogo = statement<ApplicationRow>(`
  UPDATE applications SET logo = :logo, logo_changed_at = :changed_at
  WHERE id = :id RETURNING ${applicationColumns.replaceAll('a.', '')}`);
export const noteUse = statement(`
  INSERT INTO application_uses (user_id, application_id, used_at) VALUES (:user_id, :application_id, :now)
  ON CONFLICT (user_id, application_id) DO UPDATE SET used_at = :now`);

export const listGroupsOfApplication = statement<{ id: string; name: string }>(`
  SELECT g.id, g.name FROM application_groups ag JOIN user_groups g ON g.id = ag.group_id
  WHERE ag.application_id = :application_id ORDER BY g.search`);
export const deleteGroupsOfApplication = statement(
  `DELETE FROM application_groups WHERE application_id = :application_id`,
);
export const insertGroupOfApplication = statement(
  `INSERT INTO application_groups (application_id, group_id) VALUES (:application_id, :group_id)`,
);
