-- Up Migration
-- Files on their way to people, and those that are kept for them. Calls in the outbox refer to them.
CREATE TABLE files (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id     bigint NOT NULL,
  name        text NOT NULL,
  mime        text NOT NULL,
  size        integer NOT NULL, -- bytes as they are sent
  gzipped     boolean NOT NULL, -- `bytes` are, and are sent unpacked
  bytes       bytea NOT NULL,
  keep_until  timestamptz, -- null: until it is sent
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX files_user ON files (user_id);
-- Outside of the row and as they are, so that a piece is read without the rest.
ALTER TABLE files ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Down Migration
DROP TABLE files;
