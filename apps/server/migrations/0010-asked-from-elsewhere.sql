-- Authentications that a program asks for, without a browser (OpenID CIBA): the SHA-256 of the id that it polls with,
-- the least context class that will do, and what it has the phone show.
ALTER TABLE authentications ADD COLUMN request_hash TEXT;
ALTER TABLE authentications ADD COLUMN least_acr TEXT;
ALTER TABLE authentications ADD COLUMN binding_message TEXT;
CREATE UNIQUE INDEX authentications_by_request ON authentications (request_hash);

-- Which device an interaction is about: somebody typed its user code (RFC 8628).
CREATE TABLE device_interactions (
  interaction_id TEXT PRIMARY KEY REFERENCES sso_interactions (id) ON DELETE CASCADE,
  user_code TEXT NOT NULL
);
