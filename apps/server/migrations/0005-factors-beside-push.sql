-- Verification codes (TOTP). One active a user; a pending one waits for its first code.
CREATE TABLE totp_factors (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- Sealed: whoever has it can make codes.
  secret TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'active')),
  -- The time step of the last code that was taken: it and all before it are spent.
  last_step BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  -- Until when a pending one may be confirmed.
  expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX totp_factors_active ON totp_factors (user_id) WHERE state = 'active';
CREATE INDEX totp_factors_by_user ON totp_factors (user_id);

CREATE TABLE passkeys (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  credential_id TEXT NOT NULL UNIQUE,
  public_key TEXT NOT NULL,
  counter BIGINT NOT NULL,
  -- JSON: what the browser said of how the key can be reached.
  transports TEXT NOT NULL,
  -- Whether it is kept by a provider beside the device, or may be.
  backed_up INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT
);
CREATE INDEX passkeys_by_user ON passkeys (user_id);

-- What a passkey is to sign, once. `subject` is whom it was given to: a session that enrols, an authentication, a browser.
CREATE TABLE webauthn_challenges (
  challenge TEXT PRIMARY KEY,
  subject TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX webauthn_challenges_by_end ON webauthn_challenges (expires_at);

-- Recovery codes have 80 random bits each, so a plain hash of them is enough. A new set takes the place of the old one.
CREATE TABLE recovery_codes (
  code_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id);

-- How surely the person proved who they are, once they have.
ALTER TABLE authentications ADD COLUMN acr TEXT;
-- The factor that was used last: it is offered first.
ALTER TABLE users ADD COLUMN last_factor TEXT;
