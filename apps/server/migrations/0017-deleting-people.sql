-- When a person who was deleted is gone. Until then they are suspended, and it can be undone; NULL for everybody else.
ALTER TABLE users ADD COLUMN delete_at BIGINT;
CREATE INDEX users_by_deletion ON users (delete_at) WHERE delete_at IS NOT NULL;
