-- The policies, a row a version: an ordered list of rules, of which the first that matches decides. The highest number holds.
CREATE TABLE policy_versions (
  number INTEGER PRIMARY KEY,
  -- Random: a number comes again where a backup is restored.
  id TEXT NOT NULL UNIQUE,
  -- JSON.
  rules TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  changed_by_id TEXT NOT NULL,
  changed_by_login TEXT NOT NULL
);

-- By what exactly somebody has proven who they are, JSON: rules ask for more than acr and amr tell.
ALTER TABLE authentications ADD COLUMN proof TEXT;
ALTER TABLE sessions ADD COLUMN proof TEXT;
ALTER TABLE elevations ADD COLUMN proof TEXT;
