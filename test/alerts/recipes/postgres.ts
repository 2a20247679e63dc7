import type pg from "pg";
import { down, fault, series, seriesThatFalls, type Recipe } from "../recipe.ts";

const other = 'job="postgres",instance="other"';
/** Rolled back by whoever closes the connection. */
const BEGIN = "BEGIN";

const aged = (kind: string, hours: number): string =>
  `INSERT INTO backup_runs (kind, name, bytes, began_at, ended_at)
   VALUES ('${kind}', 'test', 1, now() - interval '${hours} hours', now() - interval '${hours} hours')`;

/** Backups and drills that ended well so long ago; the worker looks once a minute. */
const lastEnded = (cause: string, kind: string, hours: number): Recipe =>
  fault(
    cause,
    ({ stack }) => stack.sql(`DELETE FROM backup_runs WHERE kind = '${kind}'`, aged(kind, hours)),
    ({ stack }) => stack.sql(aged(kind, 0)),
    { quiet: true },
  );

export const postgresRecipes: Readonly<Record<string, Recipe>> = {
  PostgresDown: down("Postgres is ended", ["postgres"]),
  PostgresConnectionsHigh: {
    how: "fault",
    cause: "somebody opens connections until nine of ten are taken",
    inject: async ({ stack }) => {
      const first = await stack.connect();
      const { rows } = await first.query<{ free: number }>(
        `SELECT (0.9 * (max.setting::int - kept.setting::int) - (SELECT count(*) FROM pg_stat_activity))::int AS free
         FROM pg_settings max, pg_settings kept
         WHERE max.name = 'max_connections' AND kept.name = 'superuser_reserved_connections'`,
      );
      const clients = [first];
      for (let i = 0; i < (rows[0]?.free ?? 0); i += 1) clients.push(await stack.connect());
      return async () => {
        await Promise.all(clients.map((client) => client.end()));
      };
    },
  },
  PostgresLockWait: {
    how: "fault",
    cause: "somebody waits for a table that somebody else has locked",
    inject: async ({ stack }) => {
      const clients = [await stack.connect(), await stack.connect()];
      const [owner, waiting] = clients as [pg.Client, pg.Client];
      await owner.query("CREATE TABLE IF NOT EXISTS fault_lock (id int)");
      for (const client of clients) await client.query(BEGIN);
      await owner.query("LOCK TABLE fault_lock");
      const waits = waiting.query("LOCK TABLE fault_lock").catch(() => undefined);
      return async () => {
        await owner.query("ROLLBACK");
        await waits;
        await waiting.query("ROLLBACK");
        await owner.query("DROP TABLE fault_lock");
        await Promise.all(clients.map((client) => client.end()));
      };
    },
  },
  PostgresDeadlocks: {
    how: "fault",
    cause: "two transactions lock two rows in opposite order",
    inject: async ({ stack }) => {
      const clients = [await stack.connect(), await stack.connect()];
      const [one, two] = clients as [pg.Client, pg.Client];
      for (let i = 0; i < 3; i += 1) {
        for (const client of clients) await client.query(BEGIN);
        await one.query("SELECT pg_advisory_xact_lock(101)");
        await two.query("SELECT pg_advisory_xact_lock(102)");
        await Promise.allSettled([
          one.query("SELECT pg_advisory_xact_lock(102)"),
          two.query("SELECT pg_advisory_xact_lock(101)"),
        ]);
        for (const client of clients) await client.query("ROLLBACK");
      }
      await Promise.all(clients.map((client) => client.end()));
      return () => Promise.resolve();
    },
  },
  PostgresLongTransaction: series("a transaction is open for ten minutes", {
    [`postgres_sessions_longest_transaction_seconds{${other}}`]: 600,
  }),
  PostgresWraparoundNear: series("the oldest row is 600 million transactions old", {
    [`postgres_server_oldest_transaction_id_age{${other}}`]: 600e6,
  }),
  PostgresLogLarge: series("the log that is kept has 6 GB", {
    [`postgres_wal_size_bytes{${other}}`]: 6 * 2 ** 30,
  }),
  PostgresDeadRows: series("three of four rows of a table are dead", {
    [`postgres_table_dead_rows{${other},relation="outbox"}`]: 300_000,
    [`postgres_table_live_rows{${other},relation="outbox"}`]: 100_000,
  }),
  // Settings on the command line are stronger than those of ALTER SYSTEM, and those of a database stronger still.
  PostgresSettingsDrift: fault(
    "somebody changes a setting for the database, for new sessions",
    async ({ stack }) => {
      await stack.sql(`ALTER DATABASE ${stack.database} SET log_lock_waits = off`);
      stack.kill("postgres-exporter");
    },
    async ({ stack }) => {
      await stack.sql(`ALTER DATABASE ${stack.database} RESET ALL`);
      stack.kill("postgres-exporter");
    },
  ),
  PostgresReplicationLag: series("one of two standbys is a minute behind", {
    'postgres_standby_lag_seconds{job="lagging",instance="other",standby="one"}': 0,
    'postgres_standby_lag_seconds{job="lagging",instance="other",standby="two"}': 60,
  }),
  PostgresStandbyMissing: series("a cluster has lost one of its two standbys", {
    'pg_up{job="postgres-instances",instance="other"}': 1,
    'postgres_standby_lag_seconds{job="postgres-instances",instance="other",standby="two"}': 0,
  }),
  PostgresFiguresMissing: series("an answer of Postgres cannot be read", {
    [`pg_exporter_last_scrape_error{${other}}`]: 1,
  }),
  BackupFailed: series("the last backup failed", {
    'bot_backup_failed{job="other-bot",instance="other",role="worker",kind="backup"}': 1,
  }),
  BackupShrunk: seriesThatFalls(
    "the last backup is a third of the one before",
    'bot_backup_size_bytes{job="other-bot",instance="other",role="worker",kind="backup"}',
    [9e8, 3e8],
  ),
  BackupTooOld: lastEnded("the last backup ended 30 hours ago", "backup", 30),
  RestoreDrillTooOld: lastEnded("the last restore drill ended ten days ago", "drill", 240),
};
