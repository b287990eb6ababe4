-- The event log becomes a chain: a sealer puts new rows under signed seals, each of which holds the hash of the one before.

-- The number of the seal that covers the row; NULL until there is one.
ALTER TABLE events ADD COLUMN seal BIGINT;
CREATE INDEX events_by_seal ON events (seal);

CREATE TABLE event_seals (
  number BIGINT PRIMARY KEY,
  sealed_at BIGINT NOT NULL,
  -- 1: it says which seals retention took away.
  checkpoint INTEGER NOT NULL,
  -- JWS Compact Serialization; see events/seal.ts for its claims.
  jws TEXT NOT NULL
);
CREATE INDEX event_seals_by_time ON event_seals (sealed_at, number);

-- The end of the chain in one row, which whoever seals holds on to, so that two processes seal one after the other.
CREATE TABLE event_chain (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number BIGINT NOT NULL,
  hash TEXT NOT NULL
);
