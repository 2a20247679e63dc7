import type { Alert, Threshold } from "../catalogue.ts";
import { breach, increase, max, select, sum } from "../promql.ts";
import { value } from "./text.ts";

/** What the sessions of Postgres do to each other. */

const target = ["job", "instance"];
const board = (key: string) => ({ board: "postgres", key });
const labels = { job: "postgres", instance: "db" };
const series = (name: string, samples: string, extra = "") => ({
  [`${name}{job="postgres",instance="db"${extra}}`]: samples,
});

export const longestTransaction = max(target, select("postgres_sessions_longest_transaction_seconds"));
/** The bot gives up a transaction after 10 s. */
export const longestTransactionLimit: Threshold = { unit: "seconds", is: "above", value: 300 };

export const longestLockWait = max(target, select("postgres_locks_longest_wait_seconds"));
/** The bot gives up waiting after 3 s. */
export const longestLockWaitLimit: Threshold = { unit: "seconds", is: "above", value: 30 };

export const deadlocks = sum(target, increase(select("pg_stat_database_deadlocks"), "10m"));
export const deadlocksLimit: Threshold = { unit: "count", is: "above", value: 3 };

export const postgresWorkAlerts: readonly Alert[] = [
  {
    name: "PostgresLongTransaction",
    service: "postgres",
    severity: "warning",
    expr: breach(longestTransaction, longestTransactionLimit),
    for: "2m",
    summary: `A transaction in Postgres at {{ $labels.instance }} is open for ${value("seconds")}`,
    description:
      "It keeps its locks, and no row that was changed since can be cleaned away. The bot gives up after 10 s, so it " +
      "is a person with psql, a migration, or a client that is gone. Backups are not counted.",
    normal: "below 1 s",
    threshold: longestTransactionLimit,
    panel: board("transactions"),
    fires: [
      {
        when: "somebody left a transaction open",
        samples: series("postgres_sessions_longest_transaction_seconds", "0x4 15+15x60"),
        // 315 s, 20 steps of 15 s after the first one.
        from: "375s",
        labels,
        summary: "A transaction in Postgres at db is open for 7m 15s",
      },
    ],
    quiet: [
      {
        when: "one takes five minutes",
        samples: series("postgres_sessions_longest_transaction_seconds", "15+15x19 0x40"),
        at: ["5m", "6m", "7m"],
      },
      {
        when: "nothing happens",
        samples: series("postgres_sessions_longest_transaction_seconds", "0x60"),
        at: ["10m"],
      },
    ],
  },
  {
    name: "PostgresLockWait",
    service: "postgres",
    severity: "warning",
    expr: breach(longestLockWait, longestLockWaitLimit),
    for: "30s",
    summary: `A session of Postgres at {{ $labels.instance }} has waited for a lock for ${value("seconds")}`,
    description:
      "Whoever comes after it waits as well: a migration that waits for a table stops everybody who wants that table.",
    normal: "0 s",
    threshold: longestLockWaitLimit,
    panel: board("locks"),
    fires: [
      {
        when: "a migration waits for a table",
        samples: series("postgres_locks_longest_wait_seconds", "0x4 15+15x60"),
        from: "105s",
        labels,
        summary: "A session of Postgres at db has waited for a lock for 1m 15s",
      },
    ],
    quiet: [
      {
        when: "updates of one person wait for each other",
        samples: series("postgres_locks_longest_wait_seconds", "3x60"),
        at: ["10m"],
      },
      { when: "nobody waits", samples: series("postgres_locks_longest_wait_seconds", "0x60"), at: ["10m"] },
    ],
  },
  {
    name: "PostgresDeadlocks",
    service: "postgres",
    severity: "warning",
    expr: breach(deadlocks, deadlocksLimit),
    for: "0s",
    keepFiringFor: "5m",
    summary: `${value("count")} deadlocks in Postgres at {{ $labels.instance }} within 10 minutes`,
    description:
      "Two transactions took the same locks in another order; Postgres ended one of each pair, and its update came " +
      "again. One now and then is harmless; many are a fault of the bot, and its log names the statements.",
    normal: "0",
    threshold: deadlocksLimit,
    panel: board("deadlocks"),
    fires: [
      {
        when: "a new version locks in the wrong order",
        samples: series("pg_stat_database_deadlocks", "0x40 5x20", ',datname="launchlab"'),
        from: "615s",
        labels,
        summary: "5 deadlocks in Postgres at db within 10 minutes",
      },
    ],
    quiet: [
      {
        when: "there are three",
        samples: series("pg_stat_database_deadlocks", "0x40 1 2 3x40", ',datname="launchlab"'),
        at: ["10m", "11m", "15m"],
      },
      {
        when: "there were many long ago",
        samples: series("pg_stat_database_deadlocks", "500x60", ',datname="launchlab"'),
        at: ["12m"],
      },
    ],
  },
];
