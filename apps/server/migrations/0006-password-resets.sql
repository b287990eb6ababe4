-- Links with which somebody who forgot their password chooses a new one. Of a user's, one holds: the newest.
CREATE TABLE password_resets (
  token_hash TEXT PRIMARY KEY,
  -- NULL: nobody's. Asking for an address that is nobody's writes as much as for one that is somebody's, so that time does
  -- not tell the two apart; no token of such a row was ever told to anybody.
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  -- How it ended; NULL as long as it holds. Withdrawn: by a newer one, or since something of the account has changed.
  ended TEXT CHECK (ended IN ('used', 'denied', 'withdrawn')),
  -- Of the latest try: the sign-in that asks for the factor, and the password that it will set. Gone when it ends.
  authentication_id TEXT,
  new_password_hash TEXT,
  expires_at BIGINT NOT NULL
);
CREATE INDEX password_resets_by_user ON password_resets (user_id);
CREATE INDEX password_resets_by_authentication ON password_resets (authentication_id);
CREATE INDEX password_resets_by_end ON password_resets (expires_at);
