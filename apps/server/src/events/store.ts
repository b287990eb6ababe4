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
  authentication_id: string | null;
  target_id: string | null;
  details: string;
}

const columns = `id, at, type, actor_id, actor_login, user_id, user_login, ip, client, authentication_id, target_id,
  details`;

export const insertEvent = statement(`
  INSERT INTO events (${columns})
  VALUES (:id, :at, :type, :actor_id, :actor_login, :user_id, :user_login, :ip, :client, :authentication_id, :target_id,
    :details)`);

/**
 * Newest first, those before (at, id), each along an index of its own: by time, and by the one `value` that they share.
 * How far back these read is up to the caller; nothing else narrows them.
 */
export const listEvents = statement<EventRow>(`
  SELECT ${columns} FROM events WHERE (at, id) < (:at, :id) AND at >= :from ORDER BY at DESC, id DESC LIMIT :limit`);
const listBy = (column: string) =>
  statement<EventRow>(`
    SELECT ${columns} FROM events WHERE ${column} = :value AND (at, id) < (:at, :id) AND at >= :from
    ORDER BY at DESC, id DESC LIMIT :limit`);
export const listEventsBy = {
  authentication_id: listBy('authentication_id'),
  target_id: listBy('target_id'),
  user_id: listBy('user_id'),
  actor_id: listBy('actor_id'),
  ip: listBy('ip'),
  type: listBy('type'),
};

/** What a person is shown of themselves: that the phone showed a request says nothing that its answer does not. */
export const listEventsOfUser = statement<EventRow>(`
  SELECT ${columns} FROM events
  WHERE user_id = :user_id AND type <> 'push.seen' ORDER BY at DESC, id DESC LIMIT :limit`);

export const findEvent = statement<EventRow>(`SELECT ${columns} FROM events WHERE id = :id`);
export const findEventOfUser = statement<EventRow>(`
  SELECT ${columns} FROM events
  WHERE id = :id AND user_id = :user_id`);

/** The end of the chain; holds the row until the transaction ends, so that of two sealers one waits. */
export const holdChain = statement<{ number: number; hash: string }>(`
  INSERT INTO event_chain (id, number, hash) VALUES (1, 0, '')
  ON CONFLICT (id) DO UPDATE SET number = event_chain.number RETURNING number, hash`);
export const findChain = statement<{ number: number; hash: string }>(
  `SELECT number, hash FROM event_chain WHERE id = 1`,
);
export const moveChain = statement(`UPDATE event_chain SET number = :number, hash = :hash WHERE id = 1`);

export const findUnsealed = statement(`SELECT id FROM events WHERE seal IS NULL LIMIT 1`);
export const countUnsealed = statement<{ count: number }>(
  `SELECT COUNT(*) AS count FROM events WHERE seal IS NULL`,
);
/** Puts the oldest rows that have no seal under `seal`; they come back in no order. */
export const takeUnsealed = statement<EventRow>(`
  UPDATE events SET seal = :seal
  WHERE id IN (SELECT id FROM events WHERE seal IS NULL ORDER BY at, id LIMIT :limit) AND seal IS NULL
  RETURNING ${columns}`);
export const insertSeal = statement(`
  INSERT INTO event_seals (number, sealed_at, checkpoint, jws) VALUES (:number, :sealed_at, :checkpoint, :jws)`);

export interface SealRow {
  number: number;
  jws: string;
}
export const listSeals = statement<SealRow>(
  `SELECT number, jws FROM event_seals WHERE number > :after ORDER BY number LIMIT :limit`,
);
export const listOldSeals = statement<SealRow & { sealed_at: number }>(`
  SELECT number, sealed_at, jws FROM event_seals WHERE sealed_at < :before ORDER BY number LIMIT :limit`);
export const findCheckpoint = statement<SealRow>(
  `SELECT number, jws FROM event_seals WHERE checkpoint = 1 ORDER BY number DESC LIMIT 1`,
);
export const listEventsUnder = statement<EventRow>(`
  SELECT ${columns} FROM events
  WHERE seal = :seal`);
/** Events that name a seal which is not there. */
export const countOrphans = statement<{ count: number }>(`
  SELECT COUNT(*) AS count FROM events
  WHERE seal IS NOT NULL AND NOT EXISTS (SELECT 1 FROM event_seals WHERE number = events.seal)`);
export const findOrphan = statement<{ id: string; at: number }>(`
  SELECT id, at FROM events
  WHERE seal IS NOT NULL AND NOT EXISTS (SELECT 1 FROM event_seals WHERE number = events.seal)
  ORDER BY at, id LIMIT 1`);
export const removeEventsThrough = statement(`DELETE FROM events WHERE seal <= :through`);
export const removeSealsThrough = statement(`DELETE FROM event_seals WHERE number <= :through`);

/** The last seal that is counted; holds the row until the transaction ends, so that two processes count one after the other. */
export const holdCounted = statement<{ number: number }>(`
  INSERT INTO counted_seals (id, number) VALUES (1, 0)
  ON CONFLICT (id) DO UPDATE SET number = counted_seals.number RETURNING number`);
export const moveCounted = statement(`UPDATE counted_seals SET number = :number WHERE id = 1`);
/** The first seal that is not counted yet. */
export const findUncounted = statement<{ number: number; sealed_at: number }>(`
  SELECT number, sealed_at FROM event_seals
  WHERE number > COALESCE((SELECT number FROM counted_seals WHERE id = 1), 0) ORDER BY number LIMIT 1`);
/** Of the event that comes `ahead` events after those of the seal. */
export const findSealAhead = statement<{ seal: number }>(
  `SELECT seal FROM events WHERE seal > :after ORDER BY seal LIMIT 1 OFFSET :ahead`,
);
export const listEventsBetween = statement<Pick<EventRow, 'at' | 'type' | 'details'>>(
  `SELECT at, type, details FROM events WHERE seal > :after AND seal <= :through`,
);
export const addToDay = statement(`
  INSERT INTO daily_counts (day, name, count) VALUES (:day, :name, :count)
  ON CONFLICT (day, name) DO UPDATE SET count = daily_counts.count + :count`);
/** In place of what was counted earlier that day. */
export const setForDay = statement(`
  INSERT INTO daily_counts (day, name, count) VALUES (:day, :name, :count)
  ON CONFLICT (day, name) DO UPDATE SET count = :count`);
export const listDailyCounts = statement<{ day: string; name: string; count: number }>(
  `SELECT day, name, count FROM daily_counts WHERE day >= :from AND day <= :to`,
);
