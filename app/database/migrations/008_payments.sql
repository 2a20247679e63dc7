-- Up Migration
-- Stars that people paid, kept as books are: also for who has left, of whom the id alone stays.
CREATE TABLE payments (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  charge_id    text NOT NULL UNIQUE, -- Telegram's; a refund asks for it
  user_id      bigint NOT NULL,      -- references nothing: money that came is noted, whoever sent it
  stars        integer NOT NULL,
  days         integer NOT NULL,     -- of premium that it gave; 0 when it was for nothing that is offered
  paid_at      timestamptz NOT NULL DEFAULT now(),
  refunded_at  timestamptz
);
CREATE INDEX payments_user ON payments (user_id);
ALTER TABLE users ADD COLUMN premium_told timestamptz; -- the premium_until whose end was announced

-- Down Migration
ALTER TABLE users DROP COLUMN premium_told;
DROP TABLE payments;
