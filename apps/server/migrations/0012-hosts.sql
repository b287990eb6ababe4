-- Hosts: machines whose logins (ssh, sudo, console) ask here. What holds for several of them stands in their group.
CREATE TABLE host_groups (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- The name, lower-cased, for the search by words and so that no two read alike.
  search TEXT NOT NULL UNIQUE,
  -- 1: only members of its groups of people log in.
  for_groups INTEGER NOT NULL,
  -- 1: a local user without an entry is whoever has the same login name.
  match_login INTEGER NOT NULL,
  -- What each service asks, JSON.
  services TEXT NOT NULL,
  outage TEXT NOT NULL CHECK (outage IN ('offline_codes', 'deny', 'allow')),
  break_glass TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX host_groups_by_time ON host_groups (created_at, id);
CREATE TABLE host_group_groups (
  host_group_id TEXT NOT NULL REFERENCES host_groups (id) ON DELETE CASCADE,
  group_id TEXT NOT NULL REFERENCES user_groups (id) ON DELETE CASCADE,
  PRIMARY KEY (host_group_id, group_id)
);
CREATE INDEX host_group_groups_by_group ON host_group_groups (group_id);

-- Which person a local user is on the hosts of a group.
CREATE TABLE host_accounts (
  id TEXT PRIMARY KEY,
  host_group_id TEXT NOT NULL REFERENCES host_groups (id) ON DELETE CASCADE,
  local_user TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  search TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (host_group_id, local_user)
);
CREATE INDEX host_accounts_by_time ON host_accounts (host_group_id, created_at, id);
CREATE INDEX host_accounts_by_user ON host_accounts (user_id);

-- With one of these a machine joins a group, once.
CREATE TABLE host_join_tokens (
  -- The first characters of the token.
  id TEXT PRIMARY KEY,
  host_group_id TEXT NOT NULL REFERENCES host_groups (id) ON DELETE CASCADE,
  -- What both sides key their MACs with, sealed; NULL once it was used.
  join_key TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX host_join_tokens_by_group ON host_join_tokens (host_group_id);
CREATE INDEX host_join_tokens_by_end ON host_join_tokens (expires_at);

CREATE TABLE hosts (
  id TEXT PRIMARY KEY,
  host_group_id TEXT NOT NULL REFERENCES host_groups (id),
  name TEXT NOT NULL,
  search TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'revoked')),
  -- RFC 7638, of the key that proves its calls.
  thumbprint TEXT NOT NULL UNIQUE,
  -- Public JWK: what only the host may read is encrypted for it.
  sealing_jwk TEXT NOT NULL,
  -- Thumbprint of the newest verdict key that it was told of.
  verdict_key TEXT NOT NULL,
  os TEXT NOT NULL,
  agent_version TEXT NOT NULL,
  joined_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL
);
CREATE INDEX hosts_by_time ON hosts (joined_at, id);
CREATE INDEX hosts_by_group ON hosts (host_group_id, joined_at, id);

-- What a host asks of an authentication, JSON; the login that waits for it has the same id.
ALTER TABLE authentications ADD COLUMN host_login TEXT;

-- Logins on hosts, those too that were refused, and those that a host tells of after it was cut off.
CREATE TABLE host_logins (
  id TEXT PRIMARY KEY,
  host_id TEXT NOT NULL REFERENCES hosts (id) ON DELETE CASCADE,
  -- Of one that the host tells of: what it calls it.
  entry_id TEXT,
  -- NULL where nobody is known by that name.
  user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
  local_user TEXT NOT NULL,
  service TEXT NOT NULL,
  rhost TEXT,
  -- Random, the host's; NULL where no verdict is to come.
  nonce TEXT,
  -- Whether somebody sits there who can type a code.
  interactive INTEGER NOT NULL DEFAULT 0,
  -- Why no push was sent, in a sentence.
  no_push TEXT,
  -- How it ended; NULL as long as it has not.
  outcome TEXT,
  -- What lets in, signed: there exactly where the outcome is `allowed`.
  verdict TEXT,
  at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  UNIQUE (host_id, entry_id)
);
CREATE INDEX host_logins_by_host ON host_logins (host_id, at);
CREATE INDEX host_logins_by_user ON host_logins (user_id, at);
CREATE INDEX host_logins_by_end ON host_logins (outcome, expires_at);
CREATE INDEX host_logins_by_time ON host_logins (created_at);

-- From which a person's codes for hosts that are cut off are made, one seed a person.
CREATE TABLE offline_seeds (
  user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  -- Sealed.
  seed TEXT NOT NULL
);
