-- Up Migration
ALTER TABLE users
  ADD COLUMN city             text CHECK (char_length(city) <= 64),
  ADD COLUMN chosen_language  text CHECK (chosen_language IN ('en', 'ru')), -- null: that of the person's Telegram
  ADD COLUMN notifications    boolean NOT NULL DEFAULT true,
  ADD COLUMN anonymised_at    timestamptz; -- long enough after deleted_at nothing is left but the id
CREATE INDEX users_deleted ON users (deleted_at) WHERE deleted_at IS NOT NULL AND anonymised_at IS NULL;

-- Down Migration
ALTER TABLE users DROP COLUMN city, DROP COLUMN chosen_language, DROP COLUMN notifications,
  DROP COLUMN anonymised_at;
