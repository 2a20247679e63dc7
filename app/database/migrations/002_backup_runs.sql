-- Up Migration
-- How backups and restore drills went; the worker makes metrics of it.
CREATE TABLE backup_runs (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind      text NOT NULL CHECK (kind IN ('backup', 'drill')),
  name      text,   -- of the backup, as far as it is known
  bytes     bigint,
  error     text,   -- why it failed; null when it went well
  began_at  timestamptz NOT NULL,
  ended_at  timestamptz NOT NULL
);

-- Down Migration
DROP TABLE backup_runs;
