-- Up Migration
-- What operators and the clock ask of the processes that have the backups, and how far it is.
CREATE TABLE backup_requests (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind         text NOT NULL CHECK (kind IN ('create', 'restore', 'confirm', 'rollback')),
  cause        text NOT NULL CHECK (cause IN ('manual', 'daily', 'weekly')),
  key          text UNIQUE, -- of what is due by the clock, so that it is asked for once
  name         text, -- of the backup
  state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  attempts     integer NOT NULL DEFAULT 0,
  step         text,
  bytes        bigint,
  total_bytes  bigint, -- null: not known
  error        text, -- of the last attempt
  asked_at     timestamptz NOT NULL DEFAULT now(),
  run_at       timestamptz NOT NULL DEFAULT now(),
  began_at     timestamptz,
  beat_at      timestamptz, -- the process that does it was alive then
  ended_at     timestamptz
);
-- One at a time, whoever does it.
CREATE UNIQUE INDEX backup_requests_running ON backup_requests ((true)) WHERE state = 'running';

-- What is in the backups' place, for those who cannot look there.
CREATE TABLE backups (
  name        text PRIMARY KEY,
  created_at  timestamptz NOT NULL,
  cause       text,
  bytes       bigint,
  rows        bigint,
  tables      integer,
  server      text,
  problem     text -- why it is of no use; null for a good one
);

-- The processes that take up requests: each kind that somebody does, and when he was last there.
CREATE TABLE backup_services (
  kind     text PRIMARY KEY,
  seen_at  timestamptz NOT NULL
);

-- Down Migration
DROP TABLE backup_requests, backups, backup_services;
