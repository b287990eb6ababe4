-- The server's public VAPID key that a push subscription was made for, and is signed with for as long as it lives. NULL
-- is the only key that there was until it changed for the first time.
ALTER TABLE authenticators ADD COLUMN vapid_public_key TEXT;
