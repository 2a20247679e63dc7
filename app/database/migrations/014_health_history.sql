-- Up Migration
-- What checks of the services found, minute by minute, on all replicas together.
CREATE TABLE health_history (
  service     text NOT NULL,
  minute      timestamptz NOT NULL,
  checks      integer NOT NULL,
  failures    integer NOT NULL,
  total_ms    double precision NOT NULL,
  slowest_ms  double precision NOT NULL,
  PRIMARY KEY (minute, service)
);

-- Down Migration
DROP TABLE health_history;
