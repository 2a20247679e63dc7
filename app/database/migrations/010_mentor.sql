-- Up Migration
-- What people asked the mentor, and what it answered. A month is dropped whole; for that there is no foreign key, which
-- would lock the table of the people meanwhile.
CREATE TABLE mentor_history (
  user_id     bigint NOT NULL,
  question    text NOT NULL,
  answer      text NOT NULL,
  tokens      integer NOT NULL, -- of all that was sent, and of the answer
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, created_at)
) PARTITION BY RANGE (created_at);

-- Makes the partitions of this month (UTC) and the next two, and drops those in which everything is older than 30 days.
-- The bot's users may not change tables, so this runs with the rights of the owner.
CREATE FUNCTION mentor_partitions(today date) RETURNS TABLE (made text[], dropped text[])
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '3s' AS $$
DECLARE
  first date;
  part text;
BEGIN
  -- One caller at a time; reading and writing go on.
  LOCK TABLE mentor_history IN SHARE UPDATE EXCLUSIVE MODE;
  FOR ahead IN 0..2 LOOP
    first := date_trunc('month', today) + make_interval(months => ahead);
    part := to_char(first, '"mentor_history_"YYYY_MM');
    CONTINUE WHEN to_regclass(part) IS NOT NULL;
    -- Made apart and attached, since CREATE TABLE ... PARTITION OF would lock out reading and writing.
    EXECUTE format('CREATE TABLE %I (LIKE mentor_history INCLUDING ALL)', part);
    EXECUTE format('ALTER TABLE mentor_history ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      part, first, first + interval '1 month');
    made := made || part;
  END LOOP;
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'mentor_history'::regclass
      AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= today - 30
    ORDER BY 1
  LOOP
    EXECUTE format('DROP TABLE %I', part);
    dropped := dropped || part;
  END LOOP;
  RETURN NEXT;
END $$;
SELECT mentor_partitions((now() AT TIME ZONE 'UTC')::date);

-- The question that is being answered; a person has one at most.
CREATE TABLE mentor_questions (
  user_id   bigint PRIMARY KEY REFERENCES users,
  job_id    bigint NOT NULL,
  question  text NOT NULL,
  asked_on  date NOT NULL -- the day that it counts for
);

-- What was used of a day's questions, in UTC; it stays when the history is forgotten.
CREATE TABLE mentor_usage (
  user_id    bigint NOT NULL REFERENCES users,
  day        date NOT NULL,
  questions  integer NOT NULL,
  tokens     bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, day)
);
CREATE INDEX mentor_usage_day ON mentor_usage (day);

-- Down Migration
DROP TABLE mentor_usage, mentor_questions, mentor_history;
DROP FUNCTION mentor_partitions;
