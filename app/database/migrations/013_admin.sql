-- Up Migration
-- Who may use the admin API. A token is random and long: nobody finds it from its hash.
CREATE TABLE admin_tokens (
  id          text PRIMARY KEY,
  name        text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
  role        text NOT NULL CHECK (role IN ('viewer', 'operator', 'owner')),
  hash        bytea NOT NULL,
  days        integer NOT NULL, -- what was asked for; one that takes its place gets the same
  created_at  timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz NOT NULL,
  revoked_at  timestamptz
);

-- What operators did. Each row has a hash of itself and of the one before.
CREATE TABLE audit (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL,
  request_id  text NOT NULL,
  actor       text NOT NULL, -- id of the token, or what else it was
  actor_name  text NOT NULL,
  role        text NOT NULL,
  origin      text NOT NULL, -- the address that it came from
  action      text NOT NULL,
  parameters  text NOT NULL, -- JSON, as it was hashed
  result      text NOT NULL, -- begun, then the status of the answer
  previous    bytea NOT NULL,
  hash        bytea NOT NULL
);
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();

-- Down Migration
DROP TABLE audit, admin_tokens;
DROP FUNCTION audit_stays;
