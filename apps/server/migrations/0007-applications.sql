-- What people open from the portal. Bookmarks: a name and an address, with a mark for those that ask for a step-up first.
CREATE TABLE applications (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  -- The name in lower case, a space before each word: what a search looks through.
  search TEXT NOT NULL,
  url TEXT NOT NULL,
  -- Whether opening it from the portal asks for a fresh proof of who the person is.
  step_up INTEGER NOT NULL DEFAULT 0,
  -- A PNG that this server has encoded, in base64; NULL where there is none.
  logo TEXT,
  logo_changed_at BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);
CREATE INDEX applications_by_creation ON applications (created_at, id);

-- When somebody opened which last.
CREATE TABLE application_uses (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  application_id TEXT NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, application_id)
);
CREATE INDEX application_uses_by_application ON application_uses (application_id);

-- The language of the pages and mails for this person (BCP 47); NULL follows their browser.
ALTER TABLE users ADD COLUMN language TEXT;
