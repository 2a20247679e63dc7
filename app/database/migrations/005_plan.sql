-- Up Migration
ALTER TABLE users ADD COLUMN premium_until timestamptz; -- until then the person has the plan premium
CREATE INDEX users_premium ON users (premium_until) WHERE premium_until IS NOT NULL;

-- Down Migration
ALTER TABLE users DROP COLUMN premium_until;
