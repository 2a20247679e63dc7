-- Up Migration
CREATE FUNCTION skill_codes(skills text[]) RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (SELECT array_agg(left(md5(skill), 8)) FROM unnest(skills) AS skill);

CREATE TABLE users (
  id            bigint PRIMARY KEY, -- Telegram's id of the person, which is also the id of the private chat
  user_type     text CHECK (user_type IN ('participant', 'cofounder', 'team')),
  name          text CHECK (char_length(name) <= 64),
  username      text,
  about         text CHECK (char_length(about) <= 500),
  skills        text[] NOT NULL DEFAULT '{}' CHECK (cardinality(skills) <= 10),
  -- A button carries at most 64 bytes, too few for a skill in Cyrillic, so buttons carry these codes.
  skill_codes   text[] GENERATED ALWAYS AS (skill_codes(skills)) STORED,
  is_searching  boolean NOT NULL DEFAULT false,
  language      text NOT NULL DEFAULT 'en',
  dialogue      jsonb, -- the question that the bot has asked and not yet got an answer to
  last_active   timestamptz NOT NULL DEFAULT now(),
  blocked_at    timestamptz, -- the person blocked the bot: nothing can be sent
  deleted_at    timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX users_search ON users (user_type, is_searching, deleted_at);
CREATE INDEX users_active ON users (last_active, deleted_at);
CREATE INDEX users_skill_codes ON users USING gin (skill_codes) WHERE is_searching AND deleted_at IS NULL;

-- One row per update that was done; a second delivery finds it and repeats nothing.
CREATE TABLE receipts (
  update_id    bigint PRIMARY KEY,
  user_id      bigint NOT NULL,
  repeats      integer NOT NULL DEFAULT 0,
  received_at  timestamptz NOT NULL DEFAULT now()
);
-- Rows arrive in the order of time, so a block range index finds the old ones and costs inserts nothing.
CREATE INDEX receipts_age ON receipts USING brin (received_at);

-- Calls to the Bot API that were committed with the effects of an update. A call that was made leaves the table.
CREATE TABLE outbox (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  update_id     bigint,
  chat_id       bigint NOT NULL,
  method        text NOT NULL,
  payload       json NOT NULL,
  attempts      integer NOT NULL DEFAULT 0,
  next_at       timestamptz NOT NULL DEFAULT now(),
  leased_until  timestamptz, -- somebody is sending it right now
  failed_at     timestamptz, -- Telegram refused it for good, or it became too old
  error         text,
  created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_chat ON outbox (chat_id, id) WHERE failed_at IS NULL;
CREATE INDEX outbox_due ON outbox (next_at) WHERE failed_at IS NULL;
CREATE INDEX outbox_failed ON outbox (failed_at) WHERE failed_at IS NOT NULL;
-- Every row is inserted and soon deleted; the defaults wait for a fifth of the table.
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

CREATE TABLE dead_letters (
  update_id  bigint PRIMARY KEY,
  user_id    bigint NOT NULL,
  body       jsonb NOT NULL,
  error      text NOT NULL,
  failed_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE settings (
  key            text PRIMARY KEY,
  value          jsonb NOT NULL DEFAULT '{}',
  claimed_until  timestamptz, -- one replica at a time works on it
  updated_at     timestamptz NOT NULL DEFAULT now()
);

-- Down Migration
DROP TABLE settings, dead_letters, outbox, receipts, users;
DROP FUNCTION skill_codes;
