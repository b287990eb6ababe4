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
