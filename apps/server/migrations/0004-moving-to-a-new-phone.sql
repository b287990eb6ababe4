-- A phone hands its account on to a new one. The new phone's side is an activation like any other, begun in no browser:
-- its session_id and browser_hash are empty texts, which no session and no browser has.
CREATE TABLE transfers (
  activation_id TEXT PRIMARY KEY REFERENCES activations (id) ON DELETE CASCADE,
  -- The phone that began it, and that the new one takes the place of.
  authenticator_id TEXT NOT NULL REFERENCES authenticators (id) ON DELETE CASCADE,
  -- The push request that asks the old phone; NULL until a new one has taken the code.
  request_id TEXT,
  old_approved INTEGER NOT NULL DEFAULT 0,
  new_approved INTEGER NOT NULL DEFAULT 0,
  -- What the old phone sends along, which only the new one can open.
  backup TEXT,
  backup_until BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX transfers_by_authenticator ON transfers (authenticator_id);
CREATE INDEX transfers_by_request ON transfers (request_id);

-- What the old phone's verification key is to assert over, once.
ALTER TABLE authenticators ADD COLUMN transfer_challenge TEXT;
ALTER TABLE authenticators ADD COLUMN transfer_challenge_until BIGINT NOT NULL DEFAULT 0;

-- One-time codes of the portal with which a phone that has no verification key gets its first. One a phone; a newer replaces it.
CREATE TABLE verification_key_codes (
  authenticator_id TEXT PRIMARY KEY REFERENCES authenticators (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL UNIQUE,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);

-- What apps tell of how they fare: counters of a day, of nobody in particular.
CREATE TABLE app_reports (
  day TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  platform TEXT NOT NULL,
  app_version TEXT NOT NULL,
  -- Empty where there is none.
  code TEXT NOT NULL,
  count BIGINT NOT NULL,
  -- Of all that said how long they took; NULL where none did.
  duration_ms BIGINT,
  PRIMARY KEY (day, kind, name, platform, app_version, code)
);
