import type { Event } from '@countersign/protocol/wire';
import { timeText } from '../platform/platform.ts';
import type { EventRow } from './store.ts';

const person = (id: string | null, login: string | null) => (id && login ? { id, login } : null);

/** An event as administrators, exports and webhooks are told of it. */
export const eventView = (row: EventRow): Event => ({
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
