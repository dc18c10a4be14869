-- The log in a part for each day, so that old days go at once. Which parts there are changes while nodes run: they are no
-- part of the schema.
ALTER TABLE streams ADD COLUMN log_day BIGINT NOT NULL DEFAULT 0;

DROP TABLE event_log;

CREATE TABLE event_log (
  workspace_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  type TEXT NOT NULL,
  ids TEXT NOT NULL,
  occurred_at BIGINT NOT NULL,
  log_day BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, seq, log_day)
) PARTITION BY RANGE (log_day);
