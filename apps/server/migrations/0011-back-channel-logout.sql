-- Which applications are to be told when a portal session ends. It outlives the session: rows whose session is gone are
-- the queue of what is still to be told.
CREATE TABLE oidc_logouts (
  session_id TEXT NOT NULL,
  client_id TEXT NOT NULL REFERENCES oidc_clients (client_id) ON DELETE CASCADE,
  user_id TEXT NOT NULL,
  -- Under which the application knows the session.
  sid TEXT NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  next_try_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (session_id, client_id)
);
CREATE INDEX oidc_logouts_by_client ON oidc_logouts (client_id);
CREATE INDEX oidc_logouts_by_time ON oidc_logouts (next_try_at);
