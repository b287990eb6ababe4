import { statement } from '../platform/store/store.ts';

export interface HostGroupRow {
  id: string;
  name: string;
  /** 1: for the members of its groups only. */
  for_groups: number;
  match_login: number;
  /** JSON: a rule by service. */
  services: string;
  outage: 'offline_codes' | 'deny' | 'allow';
  break_glass: string | null;
  created_at: number;
  /** Those that are not revoked. */
  host_count: number;
}

const groupColumns = `g.id, g.name, g.for_groups, g.match_login, g.services, g.outage, g.break_glass, g.created_at,
  (SELECT COUNT(*) FROM hosts h WHERE h.host_group_id = g.id AND h.state = 'active') AS host_count`;

export const findHostGroup = statement<HostGroupRow>(
  `SELECT ${groupColumns} FROM host_groups g WHERE g.id = :id`,
);
/** Newest first, those before (created_at, id), that have a word with each of three beginnings ('%' for any). */
export const listHostGroups = statement<HostGroupRow>(`
  SELECT ${groupColumns} FROM host_groups g
  WHERE (g.created_at, g.id) < (:at, :id)
    AND g.search LIKE :word_1 AND g.search LIKE :word_2 AND g.search LIKE :word_3
  ORDER BY g.created_at DESC, g.id DESC LIMIT :limit`);
export const insertHostGroup = statement(`
  INSERT INTO host_groups (id, name, search, for_groups, match_login, services, outage, break_glass, created_at)
  VALUES (:id, :name, :search, :for_groups, :match_login, :services, :outage, :break_glass, :now)`);
export const updateHostGroup = statement(`
  UPDATE host_groups SET name = :name, search = :search, for_groups = :for_groups, match_login = :match_login,
    services = :services, outage = :outage, break_glass = :break_glass
  WHERE id = :id`);
/** Takes hold of its row until the transaction ends: it stays while something is made to point at it. */
export const holdHostGroup = statement<{ id: string; name: string }>(
  `UPDATE host_groups SET name = name WHERE id = :id RETURNING id, name`,
);
export const deleteHostGroup = statement(`DELETE FROM host_groups WHERE id = :id`);
export const deleteHostsOfGroup = statement(
  `DELETE FROM hosts WHERE host_group_id = :host_group_id AND state = 'revoked'`,
);

export const listGroupsOfHostGroup = statement<{ id: string; name: string }>(`
  SELECT u.id, u.name FROM host_group_groups hg JOIN user_groups u ON u.id = hg.group_id
  WHERE hg.host_group_id = :host_group_id ORDER BY u.search`);
export const deleteGroupsOfHostGroup = statement(
  `DELETE FROM host_group_groups WHERE host_group_id = :host_group_id`,
);
export const insertGroupOfHostGroup = statement(
  `INSERT INTO host_group_groups (host_group_id, group_id) VALUES (:host_group_id, :group_id)`,
);
/** Whether one of its groups has the person. */
export const findHostAdmission = statement<{ group_id: string }>(`
  SELECT hg.group_id FROM host_group_groups hg JOIN group_members m ON m.group_id = hg.group_id
  WHERE hg.host_group_id = :host_group_id AND m.user_id = :user_id LIMIT 1`);

export interface HostAccountRow {
  id: string;
  local_user: string;
  user_id: string;
  login: string;
  name: string;
  created_at: number;
}

const accountColumns = `a.id, a.local_user, a.user_id, u.login, u.name, a.created_at`;
export const findHostAccount = statement<HostAccountRow>(`
  SELECT ${accountColumns} FROM host_accounts a JOIN users u ON u.id = a.user_id
  WHERE a.host_group_id = :host_group_id AND a.local_user = :local_user`);
export const listHostAccounts = statement<HostAccountRow>(`
  SELECT ${accountColumns} FROM host_accounts a JOIN users u ON u.id = a.user_id
  WHERE a.host_group_id = :host_group_id AND (a.created_at, a.id) < (:at, :id)
    AND a.search LIKE :word_1 AND a.search LIKE :word_2 AND a.search LIKE :word_3
  ORDER BY a.created_at DESC, a.id DESC LIMIT :limit`);
export const setHostAccount = statement(`
  INSERT INTO host_accounts (id, host_group_id, local_user, user_id, search, created_at)
  VALUES (:id, :host_group_id, :local_user, :user_id, :search, :now)
  ON CONFLICT (host_group_id, local_user) DO UPDATE SET user_id = :user_id, search = :search`);
export const deleteHostAccount = statement(
  `DELETE FROM host_accounts WHERE host_group_id = :host_group_id AND local_user = :local_user`,
);

export interface JoinTokenRow {
  id: string;
  host_group_id: string;
  join_key: string | null;
  expires_at: number;
}

export const insertJoinToken = statement(`
  INSERT INTO host_join_tokens (id, host_group_id, join_key, created_at, expires_at)
  VALUES (:id, :host_group_id, :join_key, :now, :expires_at)`);
export const findJoinToken = statement<JoinTokenRow>(`
  SELECT id, host_group_id, join_key, expires_at FROM host_join_tokens
  WHERE id = :id AND join_key IS NOT NULL AND expires_at > :now`);
/** Also one that was used, or is over. */
export const findAnyJoinToken = statement<JoinTokenRow>(
  `SELECT id, host_group_id, join_key, expires_at FROM host_join_tokens WHERE id = :id`,
);
/** Of two machines with one token, one joins. */
export const spendJoinToken = statement<{ host_group_id: string }>(`
  UPDATE host_join_tokens SET join_key = NULL
  WHERE id = :id AND join_key IS NOT NULL AND expires_at > :now RETURNING host_group_id`);
export const purgeJoinTokens = statement(`DELETE FROM host_join_tokens WHERE expires_at <= :now`);

export interface HostRow {
  id: string;
  host_group_id: string;
  /** Of the group. */
  group_name: string;
  name: string;
  state: 'active' | 'revoked';
  sealing_jwk: string;
  verdict_key: string;
  os: string;
  agent_version: string;
  joined_at: number;
  last_seen_at: number;
}

const hostColumns = `h.id, h.host_group_id, g.name AS group_name, h.name, h.state, h.sealing_jwk, h.verdict_key, h.os,
  h.agent_version, h.joined_at, h.last_seen_at`;
const fromHosts = `FROM hosts h JOIN host_groups g ON g.id = h.host_group_id`;

export const findHost = statement<HostRow>(`SELECT ${hostColumns} ${fromHosts} WHERE h.id = :id`);
/** The revoked ones too: they are told so. */
export const findHostByThumbprint = statement<HostRow>(
  `SELECT ${hostColumns} ${fromHosts} WHERE h.thumbprint = :thumbprint`,
);
export const listHosts = statement<HostRow>(`
  SELECT ${hostColumns} ${fromHosts}
  WHERE (h.joined_at, h.id) < (:at, :id)
    AND h.search LIKE :word_1 AND h.search LIKE :word_2 AND h.search LIKE :word_3
    AND (CAST(:group_id AS TEXT) IS NULL OR h.host_group_id = :group_id)
    AND (CAST(:state AS TEXT) IS NULL OR h.state = :state)
    AND (CAST(:silent_since AS BIGINT) IS NULL OR (h.state = 'active' AND h.last_seen_at < :silent_since))
  ORDER BY h.joined_at DESC, h.id DESC LIMIT :limit`);
/** `limit` at the most. */
export const countSilentHosts = statement<{ count: number }>(`
  SELECT COUNT(*) AS count
  FROM (SELECT 1 FROM hosts WHERE state = 'active' AND last_seen_at < :silent_since LIMIT :limit) found`);
export const countHosts = statement<{ state: string; count: number }>(`
  SELECT CASE WHEN state = 'active' AND last_seen_at < :silent_since THEN 'silent' ELSE state END AS state,
    COUNT(*) AS count
  FROM hosts GROUP BY 1`);
/** Nothing where the key has joined before, revoked or not. */
export const insertHost = statement<{ id: string }>(`
  INSERT INTO hosts (id, host_group_id, name, search, state, thumbprint, sealing_jwk, verdict_key, os, agent_version,
    joined_at, last_seen_at)
  VALUES (:id, :host_group_id, :name, :search, 'active', :thumbprint, :sealing_jwk, :verdict_key, :os, :agent_version,
    :now, :now)
  ON CONFLICT (thumbprint) DO NOTHING RETURNING id`);
export const updateHost = statement(
  `UPDATE hosts SET name = :name, search = :search, host_group_id = :host_group_id WHERE id = :id`,
);
/**
 * Whoever names a host holds this until the transaction ends: of two that take one name at once, the second finds the
 * first. It is the row of the verdict keys, which is there before any host is.
 */
export const holdHostNames = statement(`UPDATE server_keys SET name = name WHERE name = 'hosts'`);
/** Another one that is not revoked. */
export const findNamesake = statement<{ id: string }>(
  `SELECT id FROM hosts WHERE search = :search AND state = 'active' AND id <> :id LIMIT 1`,
);
/** Takes hold of its row until the transaction ends. */
export const holdHost = statement<{ id: string }>(`UPDATE hosts SET name = name WHERE id = :id RETURNING id`);
export const revokeHost = statement<{ id: string }>(
  `UPDATE hosts SET state = 'revoked' WHERE id = :id AND state = 'active' RETURNING id`,
);
export const deleteHost = statement<{ id: string }>(
  `DELETE FROM hosts WHERE id = :id AND state = 'revoked' RETURNING id`,
);
export const touchHost = statement(`UPDATE hosts SET last_seen_at = :now WHERE id = :id`);
/** What it says of itself, and which verdict key it knows by now. */
export const noteHost = statement(`
  UPDATE hosts SET os = :os, agent_version = :agent_version, verdict_key = :verdict_key, last_seen_at = :now
  WHERE id = :id`);
export const listVerdictKeysKnown = statement<{ verdict_key: string }>(
  `SELECT DISTINCT verdict_key FROM hosts WHERE state = 'active'`,
);
/** Where the person logged in lately. */
export const listHostsOfUser = statement<{ id: string; name: string }>(`
  SELECT h.id, h.name FROM hosts h
  WHERE h.state = 'active' AND EXISTS (
    SELECT 1 FROM host_logins l
    WHERE l.host_id = h.id AND l.user_id = :user_id AND l.outcome = 'allowed' AND l.at > :since)
  ORDER BY h.search, h.id`);

export interface HostLoginRow {
  id: string;
  host_id: string;
  user_id: string | null;
  local_user: string;
  service: string;
  rhost: string | null;
  nonce: string | null;
  interactive: number;
  no_push: string | null;
  outcome: string | null;
  verdict: string | null;
  at: number;
  expires_at: number;
}

const loginColumns = `l.id, l.host_id, l.user_id, l.local_user, l.service, l.rhost, l.nonce, l.interactive, l.no_push,
  l.outcome, l.verdict, l.at, l.expires_at`;

export const insertHostLogin = statement<{ id: string }>(`
  INSERT INTO host_logins (id, host_id, entry_id, user_id, local_user, service, rhost, nonce, interactive, outcome, at,
    created_at, expires_at)
  VALUES (:id, :host_id, :entry_id, :user_id, :local_user, :service, :rhost, :nonce, :interactive, :outcome, :at,
    :now, :expires_at)
  ON CONFLICT (host_id, entry_id) DO NOTHING RETURNING id`);
export const findHostLogin = statement<HostLoginRow>(
  `SELECT ${loginColumns} FROM host_logins l WHERE l.id = :id AND l.host_id = :host_id`,
);
/** One that has begun, or that was told of, by what its host calls it. */
export const findHostLoginByEntry = statement<HostLoginRow>(
  `SELECT ${loginColumns} FROM host_logins l WHERE l.host_id = :host_id AND l.entry_id = :entry_id`,
);
/** Of a local user lately: those whose host may ask how they stand and that are nobody's (login/pretended.ts). Newest first. */
export const listPretendedLogins = statement<HostLoginRow>(`
  SELECT ${loginColumns} FROM host_logins l
  WHERE l.host_id = :host_id AND l.at > :since AND l.local_user = :local_user AND l.user_id IS NULL
    AND l.nonce IS NOT NULL
  ORDER BY l.at DESC, l.id DESC`);
export const cancelPretendedLogin = statement(
  `UPDATE host_logins SET interactive = 0 WHERE id = :id AND user_id IS NULL AND outcome IS NOT NULL`,
);
export const noteNoPush = statement(`UPDATE host_logins SET no_push = :no_push WHERE id = :id`);
/** Exactly once. */
export const endHostLogin = statement<HostLoginRow>(`
  UPDATE host_logins SET outcome = :outcome, verdict = :verdict
  WHERE id = :id AND outcome IS NULL RETURNING ${loginColumns.replaceAll('l.', '')}`);
export const listOpenLoginsOfHost = statement<HostLoginRow>(
  `SELECT ${loginColumns} FROM host_logins l WHERE l.host_id = :host_id AND l.outcome IS NULL`,
);
export const listOverdueLogins = statement<HostLoginRow>(
  `SELECT ${loginColumns} FROM host_logins l WHERE l.outcome IS NULL AND l.expires_at <= :now LIMIT 200`,
);
/** The last ones on a host, newest first. */
export const listLoginsOfHost = statement<HostLoginRow & { login: string | null }>(`
  SELECT ${loginColumns}, u.login FROM host_logins l LEFT JOIN users u ON u.id = l.user_id
  WHERE l.host_id = :host_id ORDER BY l.at DESC, l.id DESC LIMIT :limit`);
export const purgeHostLogins = statement(
  `DELETE FROM host_logins WHERE created_at < :before AND outcome IS NOT NULL`,
);
