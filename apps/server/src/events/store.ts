import { statement } from '../platform/store/store.ts';

export interface EventRow {
  id: string;
  at: number;
  type: string;
  actor_id: string | null;
  actor_login: string | null;
  user_id: string | null;
  user_login: string | null;
  ip: string | null;
  client: string | null;
  details: string;
}

export const insertEvent = statement(`
  INSERT INTO events (id, at, type, actor_id, actor_login, user_id, user_login, ip, client, details)
  VALUES (:id, :at, :type, :actor_id, :actor_login, :user_id, :user_login, :ip, :client, :details)`);

/** Newest first, those before (at, id). `q` is a pattern over what a person would search for; '%' finds all. */
export const listEvents = statement<EventRow>(`
  SELECT id, at, type, actor_id, actor_login, user_id, user_login, ip, client, details FROM events
  WHERE (at, id) < (:at, :id)
    AND (type LIKE :q OR LOWER(COALESCE(user_login, '')) LIKE :q OR LOWER(COALESCE(actor_login, '')) LIKE :q
      OR COALESCE(ip, '') LIKE :q)
  ORDER BY at DESC, id DESC LIMIT :limit`);

export const listEventsOfUser = statement<EventRow>(`
  SELECT id, at, type, actor_id, actor_login, user_id, user_login, ip, client, details FROM events
  WHERE user_id = :user_id ORDER BY at DESC, id DESC LIMIT :limit`);
