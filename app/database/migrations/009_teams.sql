-- Up Migration
CREATE TABLE teams (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name        text NOT NULL CHECK (char_length(name) <= 64),
  owner_id    bigint NOT NULL UNIQUE REFERENCES users,
  created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE team_members (
  user_id    bigint PRIMARY KEY REFERENCES users, -- so nobody is in two teams
  team_id    bigint NOT NULL REFERENCES teams ON DELETE CASCADE,
  joined_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (team_id, user_id)
);
-- The owner is one of the members. Checked at the commit, since each of the two rows needs the other.
ALTER TABLE teams ADD FOREIGN KEY (id, owner_id) REFERENCES team_members (team_id, user_id)
  DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE invitations (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  team_id      bigint NOT NULL REFERENCES teams ON DELETE CASCADE,
  user_id      bigint NOT NULL REFERENCES users,
  status       text NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'accepted', 'declined', 'cancelled', 'expired')),
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL DEFAULT now() + interval '72 hours',
  reminded_at  timestamptz,
  ended_at     timestamptz,
  CHECK ((ended_at IS NULL) = (status = 'pending'))
);
CREATE UNIQUE INDEX invitations_open ON invitations (team_id, user_id) WHERE status = 'pending';
CREATE INDEX invitations_team ON invitations (team_id, user_id);
CREATE INDEX invitations_user ON invitations (user_id);
CREATE INDEX invitations_due ON invitations (expires_at) WHERE status = 'pending';
CREATE INDEX invitations_ended ON invitations (ended_at) WHERE ended_at IS NOT NULL;

-- Down Migration
DROP TABLE invitations, team_members, teams;
