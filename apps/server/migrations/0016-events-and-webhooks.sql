-- What an event is part of and about, apart from the details, so that it is found by it. The seals cover both, where
-- they are set; events that were there before stay as they are.

-- The authentication that it is a step of.
ALTER TABLE events ADD COLUMN authentication_id TEXT;
-- The application, host, host group or group that it is about.
ALTER TABLE events ADD COLUMN target_id TEXT;

-- Each list is read backwards along one of these.
CREATE INDEX events_by_authentication ON events (authentication_id, at, id) WHERE authentication_id IS NOT NULL;
CREATE INDEX events_by_target ON events (target_id, at, id) WHERE target_id IS NOT NULL;
CREATE INDEX events_by_actor ON events (actor_id, at, id) WHERE actor_id IS NOT NULL;
CREATE INDEX events_by_ip ON events (ip, at, id) WHERE ip IS NOT NULL;
CREATE INDEX events_by_type ON events (type, at, id);
DROP INDEX events_by_user;
CREATE INDEX events_by_user ON events (user_id, at, id) WHERE user_id IS NOT NULL;

-- Addresses that are told of events.
CREATE TABLE webhooks (
  id TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  -- JSON: types, families such as `push.*`, or `*`.
  types TEXT NOT NULL,
  -- What messages are signed with, sealed.
  secret TEXT NOT NULL,
  -- `paused` by an administrator; `disabled` after a day without success.
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'disabled')),
  -- When the next message may go: after a failure, and while a process has it in hand.
  next_try_at BIGINT NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0,
  failing_since BIGINT,
  last_error TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX webhooks_by_time ON webhooks (created_at, id);

-- What is to be told, and what was: written with the seal of the event, so that none is missed and all are in its order.
CREATE TABLE webhook_deliveries (
  id TEXT PRIMARY KEY,
  webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  -- By the number of the seal, and the place under it.
  place BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  tries INTEGER NOT NULL DEFAULT 0,
  -- Of the last answer, as HTTP counts.
  status INTEGER,
  error TEXT,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id, place) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (webhook_id, created_at, id);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);
