-- The first schema. One text for both engines: times are milliseconds since 1970, flags 0 or 1, JSON and binary values TEXT.

-- What the administrator changed of the settings' defaults: a JSON merge patch in one row.
CREATE TABLE settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  overrides TEXT NOT NULL
);

-- Keys of the server's own (VAPID), sealed.
CREATE TABLE server_keys (
  name TEXT PRIMARY KEY,
  sealed TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE setup_tokens (
  token_hash TEXT PRIMARY KEY,
  expires_at BIGINT NOT NULL
);

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  login TEXT NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  -- Login, name and e-mail address in lower case, a space before each word: what a search looks through.
  search TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'help_desk', 'read_only', 'user')),
  state TEXT NOT NULL CHECK (state IN ('active', 'invited', 'suspended')),
  password_hash TEXT,
  password_change_required INTEGER NOT NULL DEFAULT 0,
  -- 1 or 0: mobile push is on or off for this person; NULL follows the organisation.
  push_override INTEGER,
  -- Whether a second factor was ever enrolled. From then on the password alone never suffices to enrol another.
  had_factor INTEGER NOT NULL DEFAULT 0,
  -- After "this wasn't me": until when unfamiliar askers get no push.
  push_locked_until BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  last_sign_in_at BIGINT
);
CREATE INDEX users_by_creation ON users (created_at, id);

-- What a person may type as login: the login name and the e-mail address, lower-cased, unique over both.
CREATE TABLE user_identifiers (
  identifier TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX user_identifiers_by_user ON user_identifiers (user_id);

CREATE TABLE invitations (
  user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  token_hash TEXT NOT NULL UNIQUE,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);

-- One-time codes of the help desk, with which somebody who lost all factors may enrol again. One a user; a newer replaces it.
CREATE TABLE enrollment_codes (
  code_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  expires_at BIGINT NOT NULL,
  replaced INTEGER NOT NULL DEFAULT 0,
  used_at BIGINT
);
CREATE INDEX enrollment_codes_by_user ON enrollment_codes (user_id);

-- Wrong tries in a row, by what is guessed at and who guesses; see platform/attempts.ts.
CREATE TABLE attempts (
  key TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  blocked_until BIGINT NOT NULL,
  forget_at BIGINT NOT NULL
);
CREATE INDEX attempts_by_end ON attempts (forget_at);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('portal', 'admin')),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token_hash TEXT NOT NULL UNIQUE,
  browser_hash TEXT NOT NULL,
  acr TEXT NOT NULL,
  amr TEXT NOT NULL,
  auth_time BIGINT NOT NULL,
  -- Opened by a sign-in that still needs a factor enrolled: reaches only the enrolment calls. 1: a first factor, good
  -- only while the user never had one; 2: with a one-time enrolment code.
  enrollment_required INTEGER NOT NULL DEFAULT 0,
  -- The level rose outside a response of this session: the next response changes its token.
  renew_token INTEGER NOT NULL DEFAULT 0,
  ip TEXT,
  client TEXT,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- A step-up raises a session for one resource only, and for a while.
CREATE TABLE elevations (
  session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  resource TEXT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (session_id, resource)
);

-- Askers that a user is used to (browser:…), earned by a sign-in with a number, a code or a passkey.
CREATE TABLE familiar_askers (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  asker TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, asker)
);

CREATE TABLE authenticators (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'revoked')),
  -- RFC 7638 thumbprint of the presence key. A revoked key is never taken again.
  thumbprint TEXT NOT NULL UNIQUE,
  presence_jwk TEXT NOT NULL,
  device TEXT NOT NULL,
  push TEXT NOT NULL CHECK (push IN ('ok', 'none', 'unreachable')),
  -- Sealed: whoever has it can send to the phone.
  push_subscription TEXT,
  webauthn_credential_id TEXT UNIQUE,
  webauthn_public_key TEXT,
  webauthn_counter BIGINT NOT NULL DEFAULT 0,
  -- Of the registration that would replace the verification key.
  replacement_challenge TEXT,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX authenticators_by_user ON authenticators (user_id);

CREATE TABLE activations (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  session_id TEXT NOT NULL,
  browser_hash TEXT NOT NULL,
  code_hash TEXT NOT NULL UNIQUE,
  nonce TEXT NOT NULL,
  -- The WebAuthn creation options that every lookup repeats.
  webauthn TEXT,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'pending', 'active', 'expired')),
  authenticator_id TEXT,
  -- Begun without a step-up, so it holds only while the user has no other. 1: a first factor; 2: with an enrolment code.
  first_factor INTEGER NOT NULL,
  -- The phone that is revoked when this one is active.
  replaces_id TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX activations_by_user ON activations (user_id);
CREATE INDEX activations_by_authenticator ON activations (authenticator_id);

-- The jti of every proof for as long as its iat would be accepted.
CREATE TABLE seen_proofs (
  thumbprint TEXT NOT NULL,
  jti TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (thumbprint, jti)
);
CREATE INDEX seen_proofs_by_end ON seen_proofs (expires_at);

CREATE TABLE authentications (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  browser_hash TEXT NOT NULL,
  -- The session to be raised, of a step-up.
  session_id TEXT,
  resource TEXT,
  state TEXT NOT NULL CHECK (state IN ('challenge', 'enrollment_required', 'ready', 'complete', 'denied', 'expired')),
  -- A one-time enrolment code before enrolment may begin: 0 not wanted, 1 wanted, 2 given.
  enrollment_code_required INTEGER NOT NULL DEFAULT 0,
  amr TEXT NOT NULL,
  -- What was proven earns this browser familiarity.
  earns_familiarity INTEGER NOT NULL DEFAULT 0,
  ip TEXT,
  client TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX authentications_by_end ON authentications (expires_at);
CREATE INDEX authentications_by_user ON authentications (user_id);

CREATE TABLE push_requests (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'reported', 'expired', 'cancelled', 'failed')),
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  authenticator_id TEXT NOT NULL REFERENCES authenticators (id) ON DELETE CASCADE,
  authentication_id TEXT,
  -- What the authenticator is shown, as it was sent (JSON); `digest` covers it.
  shown TEXT NOT NULL,
  nonce TEXT NOT NULL,
  digest TEXT NOT NULL,
  number TEXT,
  user_verification INTEGER NOT NULL,
  verification_failures INTEGER NOT NULL DEFAULT 0,
  -- Rule 3 counts by (user, class of asker): 'unfamiliar', 'browser:…', 'authenticator'.
  asker_class TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  seen_at BIGINT,
  ended_at BIGINT
);
-- One pending request an authentication, whatever two processes do at once.
CREATE UNIQUE INDEX push_requests_pending ON push_requests (authentication_id) WHERE state = 'pending';
CREATE INDEX push_requests_by_asker ON push_requests (user_id, asker_class, created_at);
CREATE INDEX push_requests_by_authenticator ON push_requests (authenticator_id, created_at);
CREATE INDEX push_requests_by_authentication ON push_requests (authentication_id, created_at);

-- A row to hold on to while the limits of one (user, class of asker) are counted, so that two askers are counted one after the other.
CREATE TABLE push_askers (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  asker_class TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, asker_class)
);

CREATE TABLE events (
  id TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  type TEXT NOT NULL,
  actor_id TEXT,
  actor_login TEXT,
  user_id TEXT,
  user_login TEXT,
  ip TEXT,
  client TEXT,
  details TEXT NOT NULL
);
CREATE INDEX events_by_time ON events (at, id);
CREATE INDEX events_by_user ON events (user_id, at);

CREATE TABLE mails (
  id TEXT PRIMARY KEY,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- Text and HTML, sealed: an invitation's link opens an account.
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'kept')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at BIGINT NOT NULL,
  last_error TEXT,
  created_at BIGINT NOT NULL,
  sent_at BIGINT
);
CREATE INDEX mails_by_time ON mails (created_at, id);
CREATE INDEX mails_to_send ON mails (state, next_attempt_at);
