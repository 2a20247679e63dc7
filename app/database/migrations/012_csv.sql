-- Up Migration
-- What CSV files of people said, kept for a while together with the picture and the tidied table.
CREATE TABLE csv_results (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id     bigint NOT NULL REFERENCES users,
  name        text NOT NULL,
  rows        integer NOT NULL,
  summary     text NOT NULL, -- HTML, as it was sent
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX csv_results_user ON csv_results (user_id, id);
CREATE INDEX csv_results_age ON csv_results (created_at);
ALTER TABLE files ADD COLUMN csv_result_id bigint REFERENCES csv_results ON DELETE CASCADE;
CREATE INDEX files_csv_result ON files (csv_result_id);

-- In pieces, so that nobody ever has a whole file in memory several times over.
CREATE TABLE file_pieces (
  file_id  bigint NOT NULL REFERENCES files ON DELETE CASCADE,
  number   integer NOT NULL, -- from 0
  bytes    bytea NOT NULL,
  PRIMARY KEY (file_id, number)
);
INSERT INTO file_pieces SELECT id, 0, bytes FROM files;
ALTER TABLE files DROP COLUMN bytes;

-- Down Migration
ALTER TABLE files ADD COLUMN bytes bytea;
UPDATE files SET bytes = (SELECT string_agg(bytes, '' ORDER BY number) FROM file_pieces WHERE file_id = id);
ALTER TABLE files ALTER COLUMN bytes SET NOT NULL, ALTER COLUMN bytes SET STORAGE EXTERNAL;
DROP TABLE file_pieces;
ALTER TABLE files DROP COLUMN csv_result_id;
DROP TABLE csv_results;
