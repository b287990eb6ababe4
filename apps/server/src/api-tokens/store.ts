import type { Role } from '@countersign/protocol/wire';
import { statement } from '../platform/store/store.ts';

export interface ApiTokenRow {
  id: string;
  name: string;
  beginning: string;
  /** JSON. */
  scopes: string;
  user_id: string | null;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  last_used_ip: string | null;
  /** Of whoever made it; null for the command line. */
  login: string | null;
  role: Role | null;
}

interface DeletedRow {
  id: string;
  name: string;
}

const columns = `t.id, t.name, t.beginning, t.scopes, t.user_id, t.created_at, t.expires_at, t.last_used_at, t.last_used_ip,
  u.login, u.role`;

export const insertApiToken = statement(`
  INSERT INTO api_tokens (id, name, search, token_hash, beginning, scopes, user_id, parent_id, created_at, expires_at)
  VALUES (:id, :name, :search, :token_hash, :beginning, :scopes, :user_id, :parent_id, :now, :expires_at)`);

/** One that holds: neither over, nor made by somebody who is suspended. */
export const findLiveApiToken = statement<ApiTokenRow>(`
  SELECT ${columns} FROM api_tokens t LEFT JOIN users u ON u.id = t.user_id
  WHERE t.token_hash = :token_hash AND (t.expires_at IS NULL OR t.expires_at > :now)
    AND (t.user_id IS NULL OR u.state = 'active')`);
export const findApiToken = statement<ApiTokenRow>(
  `SELECT ${columns} FROM api_tokens t LEFT JOIN users u ON u.id = t.user_id WHERE t.id = :id`,
);
/** Newest first, those before (created_at, id), that have a word with each of three beginnings ('%' for any). */
export const listApiTokens = statement<ApiTokenRow>(`
  SELECT ${columns} FROM api_tokens t LEFT JOIN users u ON u.id = t.user_id
  WHERE (t.created_at, t.id) < (:at, :id)
    AND t.search LIKE :word_1 AND t.search LIKE :word_2 AND t.search LIKE :word_3
    AND (CAST(:until AS BIGINT) IS NULL OR (t.expires_at > :now AND t.expires_at <= :until))
  ORDER BY t.created_at DESC, t.id DESC LIMIT :limit`);

/** Those that end after now and by `until`; `limit` at the most. */
export const countExpiring = statement<{ count: number }>(`
  SELECT COUNT(*) AS count
  FROM (SELECT 1 FROM api_tokens WHERE expires_at > :now AND expires_at <= :until LIMIT :limit) found`);

export const touchApiToken = statement(
  `UPDATE api_tokens SET last_used_at = :now, last_used_ip = :ip WHERE id = :id`,
);
/** Takes hold of it until the transaction ends: whoever deletes it meanwhile comes after. */
export const holdApiToken = statement<{ id: string }>(
  `UPDATE api_tokens SET name = name WHERE id = :id RETURNING id`,
);

export const deleteApiToken = statement<DeletedRow>(
  `DELETE FROM api_tokens WHERE id = :id RETURNING id, name`,
);
export const deleteApiTokensOfUser = statement<DeletedRow>(
  `DELETE FROM api_tokens WHERE user_id = :user_id RETURNING id, name`,
);
/** Those that were made with one that is gone. */
export const deleteOrphans = statement<DeletedRow>(`
  DELETE FROM api_tokens WHERE parent_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM api_tokens p WHERE p.id = api_tokens.parent_id)
  RETURNING id, name`);
