-- Up Migration
-- A message of an admin to many people. Where it has got to stands here, so that any worker can go on.
CREATE TABLE broadcasts (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  admin_id           bigint NOT NULL,
  message_id         bigint, -- of what is sent, in the chat with the admin; null until it is there
  audience           text,   -- null until it is chosen
  state              text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'running', 'stopped', 'done')),
  status_message_id  bigint, -- shows the progress, in the chat with the admin
  total              integer NOT NULL DEFAULT 0,
  last_id            bigint NOT NULL DEFAULT 0,    -- everybody up to this id is done, but for
  unsent             bigint[] NOT NULL DEFAULT '{}', -- those that are tried again
  tries              integer NOT NULL DEFAULT 0,   -- of those, without an answer
  sent               integer NOT NULL DEFAULT 0,
  blocked            integer NOT NULL DEFAULT 0,
  failed             integer NOT NULL DEFAULT 0,
  created_at         timestamptz NOT NULL DEFAULT now(),
  ended_at           timestamptz
);
-- One at a time, so that all together stay below the limit of Telegram; and one draft of each admin.
CREATE UNIQUE INDEX broadcasts_running ON broadcasts ((true)) WHERE state = 'running';
CREATE UNIQUE INDEX broadcasts_draft ON broadcasts (admin_id) WHERE state = 'draft';

-- Down Migration
DROP TABLE broadcasts;
