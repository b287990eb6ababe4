-- How many are in a group, kept in the transactions that change who is: a list of groups counts no million people.
ALTER TABLE user_groups ADD COLUMN member_count BIGINT NOT NULL DEFAULT 0;
UPDATE user_groups SET member_count = (SELECT COUNT(*) FROM group_members m WHERE m.group_id = user_groups.id);
