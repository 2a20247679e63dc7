import type { Database, Query } from "./pool.ts";

/** What the checks of one service within one minute found, on all replicas together. */
export interface Minute {
  readonly service: string;
  readonly minute: Date;
  readonly checks: number;
  readonly failures: number;
  /** Milliseconds of all checks together, and of the slowest one. */
  readonly totalMs: number;
  readonly slowestMs: number;
}

/** Adds to what is known of these minutes. */
export async function addMinutes(query: Query, minutes: readonly Minute[]): Promise<void> {
  const column = <K extends keyof Minute>(name: K) => minutes.map((one) => one[name]);
  await query(
    "health_history",
    `INSERT INTO health_history AS known (service, minute, checks, failures, total_ms, slowest_ms)
     SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::int[], $4::int[], $5::float[], $6::float[])
     ON CONFLICT (minute, service) DO UPDATE SET
       checks = known.checks + excluded.checks, failures = known.failures + excluded.failures,
       total_ms = known.total_ms + excluded.total_ms, slowest_ms = greatest(known.slowest_ms, excluded.slowest_ms)`,
    [
      column("service"),
      column("minute"),
      column("checks"),
      column("failures"),
      column("totalMs"),
      column("slowestMs"),
    ],
  );
}

/** The minutes of a service since then, the newest first. */
export const readMinutes = (query: Query, service: string, minutes: number): Promise<Minute[]> =>
  query(
    "health_history",
    `SELECT service, minute, checks, failures, total_ms AS "totalMs", slowest_ms AS "slowestMs"
     FROM health_history WHERE service = $1 AND minute > now() - make_interval(mins => $2) ORDER BY minute DESC`,
    [service, minutes],
  );

export const spans = ["1h", "24h", "7d"] as const;

export interface Availability {
  readonly service: string;
  readonly span: (typeof spans)[number];
  /** Part of the checks that did not fail. */
  readonly available: number;
  /** Milliseconds. */
  readonly average: number;
  readonly slowest: number;
}

/** How services were within spans of time; nothing of those without a check. */
export const readAvailability = (query: Query): Promise<Availability[]> =>
  query(
    "health_history",
    `SELECT service, span, 1 - sum(failures)::float / sum(checks) AS available,
       sum(total_ms) / sum(checks) AS average, max(slowest_ms) AS slowest
     FROM (VALUES ('1h', interval '1 hour'), ('24h', interval '1 day'), ('7d', interval '7 days')) AS spans (span, length)
     JOIN health_history ON minute > now() - length GROUP BY service, span`,
  );

/** Deletes what no span has. */
export async function purgeMinutes({ query }: Database): Promise<void> {
  await query("health_history", "DELETE FROM health_history WHERE minute < now() - interval '7 days'");
}
