-- What Home of the Admin Portal shows, each so that it is read at once among a million people and ten million events.

-- How often something happened on a day (UTC, YYYY-MM-DD): events, counted once each when their seal has been made, and
-- how many people there were at the last look that day. What retention takes from the log stays counted.
CREATE TABLE daily_counts (
  day TEXT NOT NULL,
  name TEXT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (day, name)
);
-- The last seal whose events are counted, in one row that whoever counts holds on to.
CREATE TABLE counted_seals (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number BIGINT NOT NULL
);

-- "This wasn't me", until an administrator has looked into it and after.
CREATE TABLE fraud_reports (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- What was reported; see users/reports.
  what TEXT NOT NULL,
  ip TEXT,
  client TEXT,
  -- By which its steps are found in the event log.
  authentication_id TEXT,
  reported_at BIGINT NOT NULL,
  reviewed_at BIGINT,
  reviewed_by TEXT
);
CREATE INDEX fraud_reports_by_time ON fraud_reports (reported_at, id);
CREATE INDEX fraud_reports_open ON fraud_reports (reported_at, id) WHERE reviewed_at IS NULL;
CREATE INDEX fraud_reports_by_user ON fraud_reports (user_id);

CREATE INDEX authenticators_unreachable ON authenticators (created_at, user_id) WHERE state = 'active' AND push <> 'ok';
-- A mail that was sent after all has no error any more.
CREATE INDEX mails_failing ON mails (created_at, id) WHERE last_error IS NOT NULL;
CREATE INDEX hosts_by_last_seen ON hosts (last_seen_at) WHERE state = 'active';
CREATE INDEX attempts_blocked ON attempts (blocked_until) WHERE blocked_until > 0;
CREATE INDEX users_push_locked ON users (push_locked_until) WHERE push_locked_until > 0;
CREATE INDEX api_tokens_by_end ON api_tokens (expires_at) WHERE expires_at IS NOT NULL;
