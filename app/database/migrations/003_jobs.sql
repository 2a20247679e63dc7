-- Up Migration
-- Work that takes longer than an update may. It is committed with the effects of the update that asks for it, and
-- done by the workers.
CREATE TABLE jobs (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind          text NOT NULL,
  key           text UNIQUE, -- a second job with the same key is not made
  user_id       bigint,      -- for whom it is
  payload       jsonb NOT NULL DEFAULT '{}',
  attempts      integer NOT NULL DEFAULT 0,
  run_at        timestamptz NOT NULL DEFAULT now(),
  lease         uuid,        -- of the attempt that may finish it
  leased_until  timestamptz,
  began_at      timestamptz, -- the last attempt
  ended_at      timestamptz,
  outcome       text CHECK (outcome IN ('done', 'failed', 'cancelled')),
  error         text,        -- of the last attempt
  created_at    timestamptz NOT NULL DEFAULT now(),
  CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX jobs_due ON jobs (kind, run_at, id) WHERE ended_at IS NULL;
CREATE INDEX jobs_user ON jobs (user_id) WHERE ended_at IS NULL;
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;

-- Down Migration
DROP TABLE jobs;
