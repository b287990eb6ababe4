import type { Acr } from '@countersign/protocol/wire';
import { statement } from '../platform/store/store.ts';

export interface InteractionRow {
  id: string;
  application_id: string;
  acr: Acr;
  /** Milliseconds since 1970. */
  fresh_since: number;
  browser_hash: string | null;
  created_at: number;
  expires_at: number;
}

const columns = `id, application_id, acr, fresh_since, browser_hash, created_at, expires_at`;

export const insertInteraction = statement(`
  INSERT INTO sso_interactions (id, application_id, acr, fresh_since, created_at, expires_at)
  VALUES (:id, :application_id, :acr, :fresh_since, :now, :expires_at)
  ON CONFLICT (id) DO NOTHING`);
/** For the browser that has taken it up, which the first one does. */
export const takeUpInteraction = statement<InteractionRow>(`
  UPDATE sso_interactions SET browser_hash = :browser_hash
  WHERE id = :id AND expires_at > :now AND (browser_hash IS NULL OR browser_hash = :browser_hash)
  RETURNING ${columns}`);
export const findInteraction = statement<InteractionRow>(
  `SELECT ${columns} FROM sso_interactions WHERE id = :id AND expires_at > :now`,
);
/** Once: it is gone on with, or given up. */
export const endInteraction = statement<InteractionRow>(
  `DELETE FROM sso_interactions WHERE id = :id AND browser_hash = :browser_hash RETURNING ${columns}`,
);
export const purgeInteractions = statement(`DELETE FROM sso_interactions WHERE expires_at <= :now`);

export interface AttemptRow {
  id: string;
  user_id: string | null;
  login: string | null;
  request_id: string;
  outcome: string;
  explanation: string;
  /** Milliseconds since 1970. */
  at: number;
}

export const insertAttempt = statement(`
  INSERT INTO sso_attempts (id, application_id, user_id, request_id, outcome, explanation, at)
  VALUES (:id, :application_id, :user_id, :request_id, :outcome, :explanation, :now)`);
export const listAttempts = statement<AttemptRow>(`
  SELECT t.id, t.user_id, u.login, t.request_id, t.outcome, t.explanation, t.at
  FROM sso_attempts t LEFT JOIN users u ON u.id = t.user_id
  WHERE t.application_id IS NOT DISTINCT FROM :application_id
  ORDER BY t.at DESC, t.id DESC LIMIT :most`);
export const purgeAttemptsBeyond = statement(`
  DELETE FROM sso_attempts WHERE id IN (
    SELECT id FROM sso_attempts WHERE application_id IS NOT DISTINCT FROM :application_id
    ORDER BY at DESC, id DESC LIMIT 1000 OFFSET :most)`);
