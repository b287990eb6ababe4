-- Whether somebody has a second factor: a phone, verification codes or a passkey (recovery codes stand in for one). Kept
-- in the transaction that changes their factors, with their memberships too, so that who has none is found and counted by
-- an index among a million.
ALTER TABLE users ADD COLUMN has_factor INTEGER NOT NULL DEFAULT 0;
-- In three steps: of a list of lists PostgreSQL would go through each for each of a million people.
UPDATE users SET has_factor = 1 WHERE id IN (SELECT user_id FROM authenticators WHERE state = 'active');
UPDATE users SET has_factor = 1 WHERE has_factor = 0 AND id IN (SELECT user_id FROM totp_factors WHERE state = 'active');
UPDATE users SET has_factor = 1 WHERE has_factor = 0 AND id IN (SELECT user_id FROM passkeys);
CREATE INDEX users_by_factor ON users (state, has_factor);
CREATE INDEX users_without_factor ON users (created_at, id, state) WHERE has_factor = 0;

-- The same of each membership; NULL of whoever is not active, who is not counted.
ALTER TABLE group_members ADD COLUMN has_factor INTEGER;
UPDATE group_members
SET has_factor = (SELECT u.has_factor FROM users u WHERE u.id = group_members.user_id AND u.state = 'active');
CREATE INDEX group_members_by_factor ON group_members (group_id, has_factor, added_at, user_id);

-- From when on somebody needs a second factor: by themselves, or as a member of a group; NULL where that asks for none. The
-- earliest that applies holds, with that of the settings.
ALTER TABLE users ADD COLUMN mfa_required_from BIGINT;
CREATE INDEX users_by_requirement ON users (mfa_required_from) WHERE mfa_required_from IS NOT NULL;
ALTER TABLE user_groups ADD COLUMN mfa_required_from BIGINT;
CREATE INDEX user_groups_by_requirement ON user_groups (mfa_required_from) WHERE mfa_required_from IS NOT NULL;

-- The last reminder of each person, whoever asked for it: claimed before it is written, so that no two processes write it
-- both. `stage` and `required_from`: which was the last by the calendar, and for which date.
CREATE TABLE enrollment_reminders (
  user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  sent_at BIGINT NOT NULL,
  stage TEXT,
  required_from BIGINT
);
-- What goes through people and reminds them: `due` by the calendar, again and again, and one for each time an administrator
-- asked, of a group or of all. It stands behind (cursor_at, cursor_id), and is one process's until `taken_until`.
CREATE TABLE enrollment_reminder_runs (
  id TEXT PRIMARY KEY,
  group_id TEXT REFERENCES user_groups (id) ON DELETE CASCADE,
  starts_at BIGINT NOT NULL,
  cursor_at BIGINT NOT NULL,
  cursor_id TEXT NOT NULL,
  taken_until BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX enrollment_reminder_runs_by_group ON enrollment_reminder_runs (group_id);
