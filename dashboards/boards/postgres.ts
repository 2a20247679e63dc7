import {
  deadShare,
  deadShareLimit,
  drifted,
  idAge,
  idAgeLimit,
  logSize,
  logSizeLimit,
  standbyLag,
  standbyLagLimit,
  standbys,
  standbysLimit,
} from "../alerts/postgres-storage.ts";
import {
  deadlocks,
  deadlocksLimit,
  longestLockWait,
  longestLockWaitLimit,
  longestTransaction,
  longestTransactionLimit,
} from "../alerts/postgres-work.ts";
import { atLeastOne } from "../alerts/bot.ts";
import { connectionUse, connectionUseLimit, postgresUp } from "../alerts/postgres.ts";
import type { Board } from "../catalogue.ts";
import { increase, max, plus, rate, ratio, select, since, sum } from "../promql.ts";

const target = ["job", "instance"];
/** Of all databases of the server. */
const perSecond = (name: Parameters<typeof select>[0]) => sum(target, rate(select(name), "5m"));
const hits = perSecond("pg_stat_database_blks_hit");

/** Is Postgres well, what holds it up, and how much room is left. */
export const postgres: Board = {
  key: "postgres",
  title: "Launch Lab: Postgres",
  description: "Is the database well, what holds it up, and how much room is left",
  rows: [
    {
      title: "Is it broken now?",
      panels: [
        {
          key: "up",
          title: "Up",
          description: "Whether the exporter reaches Postgres. Normal: 1.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: postgresUp, legend: "{{instance}}" }],
          threshold: atLeastOne,
          width: 4,
          height: 5,
          noValue: "no exporter answers",
        },
        {
          key: "running",
          title: "Runs since",
          description:
            "Time since Postgres was started. Normal: days; it is not started anew by a deployment.",
          kind: "stat",
          unit: "seconds",
          queries: [
            {
              expr: since(max(target, select("postgres_server_start_time_seconds"))),
              legend: "{{instance}}",
            },
          ],
          width: 4,
          height: 5,
          noValue: "no exporter answers",
        },
        {
          key: "connection-use",
          title: "Connections in use",
          description: "Share of those that ordinary users may have. Normal: below 60 %.",
          kind: "stat",
          unit: "ratio",
          queries: [{ expr: connectionUse, legend: "in use" }],
          threshold: connectionUseLimit,
          width: 4,
          height: 5,
          noValue: "no exporter answers",
        },
        {
          key: "standbys",
          title: "Standbys",
          description:
            "Servers that follow the primary. Normal: 2 of a cluster; one server alone has none, and no alert.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: standbys, legend: "standbys" }],
          threshold: standbysLimit,
          width: 4,
          height: 5,
          noValue: "one server",
          emptyWhen: "one server has no standby",
        },
        {
          key: "drift",
          title: "Settings that differ",
          description: "1: the server runs with another value than the stack gave it. Normal: 0.",
          kind: "stat",
          unit: "count",
          queries: [{ expr: drifted, legend: "{{setting}}" }],
          width: 8,
          height: 5,
          noValue: "somebody else's server",
          emptyWhen: "the stack gives an external server no settings",
        },
      ],
    },
    {
      title: "What holds it up?",
      panels: [
        {
          key: "connections",
          title: "Connections",
          description:
            "By what they do; idle ones wait in a pool. Normal: a few active, none idle in transaction.",
          kind: "timeseries",
          unit: "count",
          queries: [
            {
              expr: sum(["job", "instance", "state"], select("pg_stat_activity_count")),
              legend: "{{state}}",
            },
            {
              expr: max(target, select("pg_settings_max_connections")),
              legend: "max_connections",
              limit: true,
            },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "transactions",
          title: "Longest transaction",
          description:
            "How long the oldest open transaction lasts, and the oldest that does nothing. Normal: below 1 s.",
          kind: "timeseries",
          unit: "seconds",
          queries: [
            { expr: longestTransaction, legend: "open" },
            {
              expr: max(target, select("postgres_sessions_longest_idle_transaction_seconds")),
              legend: "open and idle",
            },
          ],
          threshold: longestTransactionLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "locks",
          title: "Longest wait for a lock",
          description: "How long somebody has waited for what another session holds. Normal: 0 s.",
          kind: "timeseries",
          unit: "seconds",
          queries: [{ expr: longestLockWait, legend: "longest" }],
          threshold: longestLockWaitLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "rate",
          title: "Transactions per second",
          description: "Those that were committed, and those that were not. Normal: follows the updates.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            { expr: perSecond("pg_stat_database_xact_commit"), legend: "committed" },
            { expr: perSecond("pg_stat_database_xact_rollback"), legend: "rolled back" },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "hits",
          title: "Pages found in memory",
          description: "Share of the pages that need not be read from disk. Normal: above 99 %.",
          kind: "timeseries",
          unit: "ratio",
          queries: [
            { expr: ratio(hits, plus(hits, perSecond("pg_stat_database_blks_read"))), legend: "in memory" },
          ],
          width: 8,
          height: 8,
          noValue: "nothing is read",
        },
        {
          key: "deadlocks",
          title: "Deadlocks in 10 minutes",
          description: "Transactions that waited for each other, of which Postgres ended one. Normal: 0.",
          kind: "timeseries",
          unit: "count",
          queries: [{ expr: deadlocks, legend: "deadlocks" }],
          threshold: deadlocksLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
      ],
    },
    {
      title: "How much does it do?",
      collapsed: true,
      panels: [
        {
          key: "rows",
          title: "Rows per second",
          description:
            "What statements read and write. Normal: follows the updates; reads far above that are scans.",
          kind: "timeseries",
          unit: "per second",
          queries: [
            { expr: perSecond("pg_stat_database_tup_fetched"), legend: "read" },
            { expr: perSecond("pg_stat_database_tup_inserted"), legend: "inserted" },
            { expr: perSecond("pg_stat_database_tup_updated"), legend: "updated" },
            { expr: perSecond("pg_stat_database_tup_deleted"), legend: "deleted" },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "temporary",
          title: "Temporary files per second",
          description: "Bytes of sorts and joins that did not fit into memory. Normal: 0.",
          kind: "timeseries",
          unit: "bytes",
          queries: [{ expr: perSecond("pg_stat_database_temp_bytes"), legend: "written" }],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "waiting",
          title: "Sessions that wait for a lock",
          description: "How many there are. Normal: 0, and now and then one for a moment.",
          kind: "timeseries",
          unit: "count",
          queries: [{ expr: max(target, select("postgres_locks_waiting")), legend: "waiting" }],
          width: 8,
          height: 8,
          noValue: "no data",
        },
      ],
    },
    {
      title: "What fills up?",
      collapsed: true,
      panels: [
        {
          key: "size",
          title: "Size of the databases",
          description: "On disk, with indexes. Normal: grows slowly; the volume has 20 GB by default.",
          kind: "timeseries",
          unit: "bytes",
          queries: [
            {
              expr: sum(["job", "instance", "datname"], select("pg_database_size_bytes")),
              legend: "{{datname}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "log-size",
          title: "Size of the log of changes",
          description:
            "The write-ahead log, until it is archived and every standby has it. Normal: below 1 GB.",
          kind: "timeseries",
          unit: "bytes",
          queries: [{ expr: logSize, legend: "log" }],
          threshold: logSizeLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "ids",
          title: "Age of the oldest row",
          description:
            "In transactions, and in shared locks of rows. Normal: below 210 million; vacuums lower it.",
          kind: "timeseries",
          unit: "count",
          queries: [
            { expr: idAge, legend: "transactions" },
            {
              expr: max(target, select("postgres_server_oldest_multixact_id_age")),
              legend: "shared locks",
            },
          ],
          threshold: idAgeLimit,
          width: 8,
          height: 8,
          noValue: "no data",
        },
        {
          key: "dead-rows",
          title: "Dead rows",
          description:
            "Share of a table's rows that are to be cleaned away. Normal: below 20 % of large tables.",
          kind: "timeseries",
          unit: "ratio",
          queries: [{ expr: deadShare, legend: "{{relation}}" }],
          threshold: deadShareLimit,
          width: 12,
          height: 8,
          noValue: "all tables are empty",
        },
        {
          key: "tables",
          title: "Tables",
          description:
            "Rows, size at the last vacuum, and cleanings of the last hour. Normal: all that change are cleaned daily.",
          kind: "table",
          unit: "count",
          queries: [
            { expr: sum(["relation"], select("postgres_table_live_rows")), legend: "rows" },
            { expr: sum(["relation"], select("postgres_table_dead_rows")), legend: "dead" },
            { expr: sum(["relation"], select("postgres_table_size_bytes")), legend: "size", unit: "bytes" },
            {
              expr: sum(["relation"], increase(select("postgres_table_autovacuums"), "1h")),
              legend: "cleanings",
            },
          ],
          width: 12,
          height: 8,
          noValue: "no data",
        },
      ],
    },
    {
      title: "Do the standbys follow?",
      collapsed: true,
      panels: [
        {
          key: "standby-lag",
          title: "Lag of the standbys",
          description: "How old what they show is, while something is written. Normal: below 1 s.",
          kind: "timeseries",
          unit: "seconds",
          queries: [{ expr: standbyLag, legend: "{{standby}}" }],
          threshold: standbyLagLimit,
          width: 8,
          height: 8,
          noValue: "one server",
          emptyWhen: "one server has no standby",
        },
        {
          key: "standby-bytes",
          title: "Not yet applied",
          description:
            "Bytes of the log of changes that each standby still has to apply. Normal: below 16 MB.",
          kind: "timeseries",
          unit: "bytes",
          queries: [
            {
              expr: max(["job", "instance", "standby"], select("postgres_standby_lag_bytes")),
              legend: "{{standby}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "one server",
          emptyWhen: "one server has no standby",
        },
        {
          key: "slots",
          title: "Kept for standbys",
          description: "Bytes of the log of changes that a slot holds back. Normal: below 100 MB.",
          kind: "timeseries",
          unit: "bytes",
          queries: [
            {
              expr: max(["job", "instance", "slot"], select("postgres_slot_retained_bytes")),
              legend: "{{slot}}",
            },
          ],
          width: 8,
          height: 8,
          noValue: "no slots",
          emptyWhen: "one server has no slots",
        },
      ],
    },
  ],
};
