import { Cron } from "croner";
import type { Query } from "../database/pool.ts";
import type { Schedule } from "./schedule.ts";

export interface ScheduleStatus {
  readonly kind: string;
  /** `running` and `waiting` are those of the newest one; `never` before the first. */
  readonly outcome: "done" | "failed" | "cancelled" | "running" | "waiting" | "never";
  /** When its last try began; undefined before the first. */
  readonly began: Date | undefined;
  /** Seconds that the last try took; undefined while it has not ended. */
  readonly seconds: number | undefined;
  /** Why the last try failed. */
  readonly error: string | undefined;
  readonly next: Date | undefined;
}

interface Row {
  kind: string;
  outcome: ScheduleStatus["outcome"];
  began_at: Date | null;
  seconds: number | null;
  error: string | null;
}

/** How each schedule went last, and when it is due next. */
export async function scheduleStatus(
  query: Query,
  schedules: readonly Schedule[],
  now: Date,
): Promise<ScheduleStatus[]> {
  const rows = await query<Row>(
    "job_stats",
    `SELECT kind.kind, began_at, error, extract(epoch FROM ended_at - began_at)::float AS seconds,
       CASE WHEN id IS NULL THEN 'never' WHEN outcome IS NOT NULL THEN outcome
         WHEN leased_until >= now() THEN 'running' ELSE 'waiting' END AS outcome
     FROM unnest($1::text[]) AS kind LEFT JOIN LATERAL (
       SELECT * FROM jobs WHERE jobs.kind = kind.kind AND starts_with(key, kind.kind || '@')
       ORDER BY id DESC LIMIT 1) AS newest ON true`,
    [schedules.map(({ kind }) => kind)],
  );
  const found = new Map(rows.map((row) => [row.kind, row]));
  return schedules.map(({ kind, cron }) => {
    const row = found.get(kind);
    return {
      kind,
      outcome: row?.outcome ?? "never",
      began: row?.began_at ?? undefined,
      seconds: row?.seconds ?? undefined,
      error: row?.error ?? undefined,
      next: new Cron(cron, { timezone: "UTC" }).nextRun(now) ?? undefined,
    };
  });
}

/** Seconds between two runs of a schedule. */
export function intervalOf({ cron }: Schedule): number {
  const [first, second] = new Cron(cron, { timezone: "UTC" }).nextRuns(2);
  return first === undefined || second === undefined ? Infinity : (second.getTime() - first.getTime()) / 1000;
}

/** Unix time in seconds at which each schedule last ended well; at which the database was made while it has not. */
export async function lastSuccesses(
  query: Query,
  schedules: readonly Schedule[],
): Promise<{ kind: string; at: number }[]> {
  return query(
    "job_stats",
    `SELECT kind.kind,
       extract(epoch FROM coalesce(ended_at, (SELECT min(run_on) FROM migrations)))::float AS at
     FROM unnest($1::text[]) AS kind LEFT JOIN LATERAL (
       SELECT ended_at FROM jobs WHERE jobs.kind = kind.kind AND starts_with(key, kind.kind || '@')
         AND outcome = 'done' ORDER BY ended_at DESC LIMIT 1) AS newest ON true`,
    [schedules.map(({ kind }) => kind)],
  );
}
