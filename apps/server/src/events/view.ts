import type { Event } from '@countersign/protocol/wire';
import { timeText } from '../platform/platform.ts';
import type { EventRow } from './store.ts';

const person = (id: string | null, login: string | null) => (id && login ? { id, login } : null);

/** An event with all of its details: for those who may read about people. */
export const wholeEventView = (row: EventRow): Event => ({
  id: row.id,
  at: timeText(row.at),
  type: row.type,
  actor: person(row.actor_id, row.actor_login),
  user: person(row.user_id, row.user_login),
  ip: row.ip,
  client: row.client,
  authentication_id: row.authentication_id,
  details: JSON.parse(row.details) as object,
});

/** An event as exports, webhooks and programs are told of it: without what a decision was made on, which lists somebody's factors. */
export function eventView(row: EventRow): Event {
  const event = wholeEventView(row);
  const { basis: _, ...details } = event.details as { basis?: unknown };
  return { ...event, details };
}
