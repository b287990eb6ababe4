-- API tokens: with one a program administers, within its scopes and within what its maker may do.
CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- The name for the search by words.
  search TEXT NOT NULL,
  -- SHA-256 of the token, which is not kept.
  token_hash TEXT NOT NULL UNIQUE,
  -- Its first characters, by which one that was found somewhere is told from the others.
  beginning TEXT NOT NULL,
  -- JSON.
  scopes TEXT NOT NULL,
  -- Whose role bounds it; NULL: it was made on the command line.
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  -- The token that made it, with which it goes.
  parent_id TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT,
  last_used_ip TEXT
);
CREATE INDEX api_tokens_by_time ON api_tokens (created_at, id);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);
