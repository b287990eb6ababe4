-- Groups of people.
CREATE TABLE user_groups (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- The name, lower-cased, for the search by words and so that no two read alike.
  search TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);
CREATE INDEX user_groups_by_time ON user_groups (created_at, id);
CREATE TABLE group_members (
  group_id TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_by_time ON group_members (group_id, added_at, user_id);
CREATE INDEX group_members_by_user ON group_members (user_id);

-- Who may use an application: everybody, or the members of some groups.
ALTER TABLE applications ADD COLUMN for_groups INTEGER NOT NULL DEFAULT 0;
-- How old a sign-in may be that the application relies on, in minutes; NULL for as long as the session lasts.
ALTER TABLE applications ADD COLUMN session_minutes INTEGER;
-- Until then an administrator looks at how sign-ins to it go, and those that succeed are noted too.
ALTER TABLE applications ADD COLUMN watched_until BIGINT NOT NULL DEFAULT 0;
CREATE TABLE application_groups (
  application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  group_id TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
  PRIMARY KEY (application_id, group_id)
);
CREATE INDEX application_groups_by_group ON application_groups (group_id);
-- For which client a code or a token is: it is worth something only as long as the person may use the application.
ALTER TABLE oidc_payloads ADD COLUMN client_id TEXT;

-- SAML: the service providers, one an application.
CREATE TABLE saml_service_providers (
  application_id TEXT PRIMARY KEY REFERENCES applications (id) ON DELETE CASCADE,
  entity_id TEXT NOT NULL UNIQUE,
  -- Their metadata as it came, read anew each time.
  metadata TEXT NOT NULL,
  -- When it was registered (milliseconds since 1970).
  registered_at BIGINT NOT NULL,
  -- What the administrator chose, JSON.
  settings TEXT NOT NULL
);

-- What a service provider asked, until it is answered.
CREATE TABLE saml_requests (
  -- Also that of the interaction, where the person has to prove more.
  id TEXT PRIMARY KEY,
  application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  -- What of the request counts for the answer, JSON.
  request TEXT NOT NULL,
  -- How it ended in the User Portal, JSON; NULL until it has.
  resolution TEXT,
  -- NULL until a browser has taken it up, which alone goes on with it.
  browser_hash TEXT,
  expires_at BIGINT NOT NULL
);
CREATE INDEX saml_requests_by_application ON saml_requests (application_id);
CREATE INDEX saml_requests_by_end ON saml_requests (expires_at);

-- Who was told that a person is signed in, and under which name: to be told when they sign out.
CREATE TABLE saml_sessions (
  -- The SessionIndex.
  id TEXT PRIMARY KEY,
  application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  -- As the assertion named the person, JSON, and its value by itself.
  name_id TEXT NOT NULL,
  name_value TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX saml_sessions_by_session ON saml_sessions (session_id);
CREATE INDEX saml_sessions_by_application ON saml_sessions (application_id, name_value);

-- A person is signing out: who is still to be told, one after the other, by their browser.
CREATE TABLE saml_logouts (
  -- The id of the LogoutRequest that waits for its response, or a random one before the first.
  id TEXT PRIMARY KEY,
  -- JSON.
  state TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX saml_logouts_by_end ON saml_logouts (expires_at);

-- Ids of messages that were admitted: each is once.
CREATE TABLE saml_message_ids (
  -- SHA-256.
  key TEXT PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
CREATE INDEX saml_message_ids_by_end ON saml_message_ids (expires_at);

-- How the last sign-ins to an application went, so that an administrator sees why one fails.
CREATE TABLE sso_attempts (
  id TEXT PRIMARY KEY,
  -- NULL where nothing is registered under the name that was given.
  application_id TEXT REFERENCES applications (id) ON DELETE CASCADE,
  user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  -- What the page of the person shows, and the log has.
  request_id TEXT NOT NULL,
  -- `signed_in`, or the reason why not.
  outcome TEXT NOT NULL,
  -- What came and what was expected, in one or two sentences.
  explanation TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX sso_attempts_by_application ON sso_attempts (application_id, at);
CREATE INDEX sso_attempts_by_user ON sso_attempts (user_id);
