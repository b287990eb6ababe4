-- The words of users.search, one a row, so that a search for a rare word reads few rows among a million. Each is the
-- UTF-8 of the word in hexadecimal: the order of that is the same whatever the collation of the database, so that all
-- words with one beginning lie together.
CREATE TABLE user_words (
  word TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (word, user_id)
);
CREATE INDEX user_words_by_user ON user_words (user_id);

-- 0 for people who were there before: the server writes their words down in the background.
ALTER TABLE users ADD COLUMN words_kept INTEGER NOT NULL DEFAULT 0;
CREATE INDEX users_without_words ON users (id) WHERE words_kept = 0;

CREATE INDEX users_by_state ON users (state, created_at, id);
CREATE INDEX users_by_role ON users (role, created_at, id);
