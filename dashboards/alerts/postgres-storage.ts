import type { Alert, Threshold } from "../catalogue.ts";
import { above, breach, count, either, given, max, plus, ratio, select, sum, times } from "../promql.ts";
import { postgresUp } from "./postgres.ts";
import { value } from "./text.ts";

/** What Postgres keeps, and whether it is as it should be. */

const target = ["job", "instance"];
const board = (key: string) => ({ board: "postgres", key });
const labels = { job: "postgres", instance: "db" };
const series = (name: string, samples: string, extra = "") => ({
  [`${name}{job="postgres",instance="db"${extra}}`]: samples,
});

export const idAge = max(target, select("postgres_server_oldest_transaction_id_age"));
/** Vacuums that no setting can stop begin at 200 million; at 2.1 billion Postgres takes no more writes. */
export const idAgeLimit: Threshold = { unit: "count", is: "above", value: 500_000_000 };

export const logSize = max(target, select("postgres_wal_size_bytes"));
/** Half of the volume that a cluster has for it; without standbys it stays near `max_wal_size`, 1 GB. */
export const logSizeLimit: Threshold = { unit: "bytes", is: "above", value: 5 * 2 ** 30 };

const relation = [...target, "relation"];
const dead = sum(relation, select("postgres_table_dead_rows"));
export const deadShare = ratio(dead, plus(dead, sum(relation, select("postgres_table_live_rows"))));
/** Autovacuum begins at a fifth. */
export const deadShareLimit: Threshold = { unit: "ratio", is: "above", value: 0.5 };

export const drifted = max([...target, "setting"], select("postgres_setting_drift"));

export const standbyLag = max([...target, "standby"], select("postgres_standby_lag_seconds"));
export const standbyLagLimit: Threshold = { unit: "seconds", is: "above", value: 30 };

export const standbys = count(target, select("postgres_standby_lag_seconds"));
/** A cluster has three servers. */
export const standbysLimit: Threshold = { unit: "count", is: "below", value: 2 };

const unread = max(target, select("pg_exporter_last_scrape_error"));

const table = (dead: string, live: string) => ({
  ...series("postgres_table_dead_rows", dead, ',relation="outbox"'),
  ...series("postgres_table_live_rows", live, ',relation="outbox"'),
});
const lag = (standby: string, samples: string) =>
  series("postgres_standby_lag_seconds", samples, `,standby="${standby}"`);

export const postgresStorageAlerts: readonly Alert[] = [
  {
    name: "PostgresWraparoundNear",
    service: "postgres",
    severity: "warning",
    expr: breach(idAge, idAgeLimit),
    for: "30m",
    summary: `The oldest row of Postgres at {{ $labels.instance }} is ${value("count")} transactions old`,
    description:
      "Vacuums do not get through. At 2.1 billion Postgres refuses to write; there are days to weeks until then.",
    normal: "below 210 M",
    threshold: idAgeLimit,
    panel: board("ids"),
    fires: [
      {
        when: "vacuums do not get through",
        samples: series("postgres_server_oldest_transaction_id_age", "500000000+1000x200"),
        from: "15s",
        labels,
        summary: "The oldest row of Postgres at db is 500.1M transactions old",
      },
    ],
    quiet: [
      {
        when: "a vacuum against wraparound runs",
        samples: series("postgres_server_oldest_transaction_id_age", "210000000x200"),
        at: ["45m"],
      },
      {
        when: "the database is new",
        samples: series("postgres_server_oldest_transaction_id_age", "80x200"),
        at: ["45m"],
      },
    ],
  },
  {
    name: "PostgresLogLarge",
    service: "postgres",
    severity: "warning",
    expr: breach(logSize, logSizeLimit),
    for: "15m",
    summary: `The log of changes of Postgres at {{ $labels.instance }} has ${value("bytes")}`,
    description:
      "Something keeps Postgres from throwing it away: a slot of a standby that is gone, or an archive that fails. When " +
      "the disk is full, Postgres stops.",
    normal: "below 1 GB",
    threshold: logSizeLimit,
    panel: board("log-size"),
    fires: [
      {
        when: "a standby stays away",
        samples: series("postgres_wal_size_bytes", "5368709120x3 6442450944x80"),
        from: "60s",
        labels,
        summary: "The log of changes of Postgres at db has 6GiB",
      },
    ],
    quiet: [
      {
        when: "much is written",
        samples: series("postgres_wal_size_bytes", "1073741824x80"),
        at: ["20m"],
      },
      {
        when: "there is a peak between two checkpoints",
        samples: series("postgres_wal_size_bytes", "6442450944x40 33554432x80"),
        at: ["10m", "20m"],
      },
    ],
  },
  {
    name: "PostgresDeadRows",
    service: "postgres",
    severity: "info",
    expr: given(breach(deadShare, deadShareLimit), above(dead, 50_000)),
    for: "1h",
    summary: `${value("ratio")} of {{ $labels.relation }} in Postgres is dead rows`,
    description:
      "Autovacuum does not keep up, or a long transaction keeps it from cleaning away. The table grows, and is slower.",
    normal: "below 20 %",
    threshold: deadShareLimit,
    panel: board("dead-rows"),
    fires: [
      {
        when: "autovacuum does not keep up",
        samples: table("0x3 60000x300", "40000x303"),
        from: "60s",
        labels: { ...labels, relation: "outbox" },
        summary: "60% of outbox in Postgres is dead rows",
      },
    ],
    quiet: [
      { when: "half is dead", samples: table("60000x300", "60000x300"), at: ["70m"] },
      { when: "a small table changes often", samples: table("40000x300", "10x300"), at: ["70m"] },
      { when: "the table is empty", samples: table("0x300", "0x300"), at: ["70m"] },
    ],
  },
  {
    name: "PostgresSettingsDrift",
    service: "postgres",
    severity: "warning",
    expr: above(drifted, 0),
    for: "15m",
    summary:
      "Postgres at {{ $labels.instance }} runs with another {{ $labels.setting }} than the stack gave it",
    description:
      "Somebody changed it at the server, or the server has to be started again for the new one. Sizes of pools fit " +
      "the stack's value alone.",
    normal: "no setting differs",
    panel: board("drift"),
    fires: [
      {
        when: "somebody wrote ALTER SYSTEM SET max_connections",
        samples: series("postgres_setting_drift", "0x4 1x100", ',setting="max_connections"'),
        from: "75s",
        labels: { ...labels, setting: "max_connections" },
        summary: "Postgres at db runs with another max_connections than the stack gave it",
      },
    ],
    quiet: [
      {
        when: "a new value takes ten minutes to roll through a cluster",
        samples: series("postgres_setting_drift", "0x4 1x40 0x100", ',setting="max_connections"'),
        at: ["10m", "20m"],
      },
      {
        when: "nothing differs",
        samples: series("postgres_setting_drift", "0x100", ',setting="max_connections"'),
        at: ["20m"],
      },
    ],
  },
  {
    name: "PostgresReplicationLag",
    service: "postgres",
    severity: "warning",
    expr: breach(standbyLag, standbyLagLimit),
    for: "5m",
    summary: `{{ $labels.standby }} of Postgres is ${value("seconds")} behind`,
    description:
      "If the primary is lost now, it takes as long until this standby may take over. A slow disk or network is the " +
      "usual cause.",
    normal: "below 1 s",
    threshold: standbyLagLimit,
    panel: board("standby-lag"),
    fires: [
      {
        when: "a standby has a slow disk",
        samples: { ...lag("postgres-2", "0x4 45x60"), ...lag("postgres-3", "0x64") },
        from: "75s",
        labels: { ...labels, standby: "postgres-2" },
        summary: "postgres-2 of Postgres is 45s behind",
      },
    ],
    quiet: [
      { when: "a standby is 30 s behind", samples: lag("postgres-2", "30x60"), at: ["10m"] },
      { when: "all follow", samples: lag("postgres-2", "0x60"), at: ["10m"] },
      { when: "there is one server alone", samples: series("pg_up", "1x60"), at: ["10m"] },
    ],
  },
  {
    name: "PostgresStandbyMissing",
    service: "postgres",
    severity: "warning",
    expr: breach(either(standbys, times(postgresUp, 0)), standbysLimit),
    for: "5m",
    needs: "postgres-instances",
    summary: `${value("count")} of 2 standbys follow the primary of Postgres`,
    description:
      "With one left every commit waits for that one, and its loss stops all writes: updates go back to Telegram. With " +
      "none it has happened.",
    normal: "2",
    threshold: standbysLimit,
    panel: board("standbys"),
    inhibits: ["PostgresReplicationLag"],
    fires: [
      {
        when: "a standby is lost",
        samples: {
          ...lag("postgres-2", "0x64"),
          ...lag("postgres-3", "0x4 _x60"),
          ...series("pg_up", "1x64"),
        },
        // Its series is known for 5 minutes after the last sample.
        from: "375s",
        labels,
        summary: "1 of 2 standbys follow the primary of Postgres",
      },
      {
        when: "there is none",
        samples: series("pg_up", "1x64"),
        from: "0s",
        labels,
        summary: "0 of 2 standbys follow the primary of Postgres",
      },
    ],
    quiet: [
      {
        when: "both follow",
        samples: { ...lag("postgres-2", "0x60"), ...lag("postgres-3", "0x60"), ...series("pg_up", "1x60") },
        at: ["10m"],
      },
    ],
  },
  {
    name: "PostgresFiguresMissing",
    service: "postgres",
    severity: "warning",
    expr: above(unread, 0),
    for: "10m",
    summary: "Some figures of Postgres at {{ $labels.instance }} cannot be read",
    description:
      "Alerts about what is missing are blind. The exporter's log names the statement that fails: its user lacks the " +
      "role pg_monitor, or a new version of Postgres knows a view by another name.",
    normal: "all are read",
    fires: [
      {
        when: "the exporter's user loses a right",
        samples: series("pg_exporter_last_scrape_error", "0x4 1x60"),
        from: "75s",
        labels,
        summary: "Some figures of Postgres at db cannot be read",
      },
    ],
    quiet: [
      {
        when: "Postgres restarts",
        samples: series("pg_exporter_last_scrape_error", "0x4 1x8 0x60"),
        at: ["5m", "12m"],
      },
      { when: "all are read", samples: series("pg_exporter_last_scrape_error", "0x60"), at: ["12m"] },
    ],
  },
];
