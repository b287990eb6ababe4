-- What an application asked of a person, until they have gone back to it.
CREATE TABLE sso_interactions (
  id TEXT PRIMARY KEY,
  application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  -- The least authentication context class that it wants.
  acr TEXT NOT NULL,
  -- The person must have proven who they are since then (milliseconds since 1970); 0 for whenever.
  fresh_since BIGINT NOT NULL,
  -- NULL until a browser has taken it up, which alone goes on with it.
  browser_hash TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sso_interactions_by_end ON sso_interactions (expires_at);
CREATE INDEX sso_interactions_by_application ON sso_interactions (application_id);

-- The interaction that an authentication is for.
ALTER TABLE authentications ADD COLUMN interaction_id TEXT;

-- What a step-up proved, and not only until when it counts.
ALTER TABLE elevations ADD COLUMN acr TEXT NOT NULL DEFAULT 'urn:countersign:aal2';
ALTER TABLE elevations ADD COLUMN amr TEXT NOT NULL DEFAULT '["pwd","mfa"]';

-- OpenID Connect: the clients, one an application.
CREATE TABLE oidc_clients (
  application_id TEXT PRIMARY KEY REFERENCES applications (id) ON DELETE CASCADE,
  client_id TEXT NOT NULL UNIQUE,
  -- Sealed; NULL for a public client, or one that signs with a key of its own.
  client_secret TEXT,
  -- Client metadata (RFC 7591 section 2), JSON.
  metadata TEXT NOT NULL
);

-- What the provider keeps: codes, tokens, grants, its sessions and interactions.
CREATE TABLE oidc_payloads (
  -- The model, and the SHA-256 of the id: an id is as good as the token that it is.
  key TEXT PRIMARY KEY,
  -- Sealed.
  payload TEXT NOT NULL,
  grant_id TEXT,
  -- Whose it is; it is worth something only as long as they are active.
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  -- The portal session that one of its own sessions follows, and ends with.
  session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
  user_code_hash TEXT,
  consumed_at BIGINT,
  expires_at BIGINT NOT NULL
);
CREATE INDEX oidc_payloads_by_grant ON oidc_payloads (grant_id);
CREATE INDEX oidc_payloads_by_user ON oidc_payloads (user_id);
CREATE INDEX oidc_payloads_by_session ON oidc_payloads (session_id);
CREATE INDEX oidc_payloads_by_user_code ON oidc_payloads (user_code_hash);
CREATE INDEX oidc_payloads_by_end ON oidc_payloads (expires_at);
