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
  VALUES (:id, :application_id, :acr, :fresh_since, :now, :expires_at)`);
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
