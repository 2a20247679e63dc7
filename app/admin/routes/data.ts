import { z } from "zod";
import { databaseStats, statistics } from "../../database/statistics.ts";
import { schedules } from "../../jobs/kinds.ts";
import { scheduleStatus } from "../../jobs/schedule-status.ts";
import { answers, moment } from "../answers.ts";
import type { AdminServer, AdminTools } from "../api.ts";

const metrics = z
  .object({
    pool: z
      .object({ used: z.int(), idle: z.int(), waiting: z.int(), size: z.int() })
      .meta({ description: "Of this replica" }),
    connections: z.int(),
    max_connections: z.int(),
    size_bytes: z.number(),
    commits: z.number(),
    rollbacks: z.number(),
    deadlocks: z.number(),
    hit_rate: z.number().meta({ description: "Part of the blocks that were in Postgres' memory" }),
    oldest_transaction_seconds: z.number(),
    tables: z.array(
      z.object({ name: z.string(), bytes: z.number(), rows: z.number(), dead_rows: z.number() }),
    ),
  })
  .meta({ id: "DatabaseMetrics" });
const schedule = z
  .object({
    kind: z.string(),
    outcome: z.enum(["done", "failed", "cancelled", "running", "waiting", "never"]),
    began_at: moment.nullable(),
    seconds: z.number().nullable(),
    error: z.string().nullable(),
    next_at: moment.nullable(),
  })
  .meta({ id: "Schedule" });
const totals = z
  .object({
    people: z.int(),
    people_active_24h: z.int(),
    people_searching: z.int(),
    people_premium: z.int(),
    people_blocked: z.int().meta({ description: "Who blocked the bot" }),
    teams: z.int(),
    updates_24h: z.int(),
    repeated_updates_24h: z.int(),
    dead_letters: z.int(),
    messages_waiting: z.int(),
    messages_refused: z.int(),
    jobs_waiting: z.int(),
    jobs_done_24h: z.int(),
    jobs_failed_24h: z.int(),
    stars_30d: z.int().meta({ description: "Paid and not given back" }),
  })
  .meta({ id: "Statistics" });

/** What the database has and does. */
export function dataRoutes(server: AdminServer, { database }: AdminTools): void {
  const config = { needs: "viewer" } as const;
  server.get(
    "/admin/db_metrics",
    {
      config,
      schema: {
        tags: ["data"],
        summary: "Connections, size and work of Postgres",
        response: answers(metrics),
      },
    },
    async () => ({ pool: database.pool(), ...(await databaseStats(database.query)) }),
  );
  server.get(
    "/admin/scheduler_status",
    {
      config,
      schema: {
        tags: ["jobs"],
        summary: "How each schedule went last, and when it is due next",
        response: answers(z.object({ schedules: z.array(schedule) })),
      },
    },
    async () => {
      const all = await scheduleStatus(database.query, schedules, new Date());
      return {
        schedules: all.map(({ kind, outcome, began, seconds, error, next }) => ({
          ...{ kind, outcome },
          began_at: began?.toISOString() ?? null,
          seconds: seconds ?? null,
          error: error ?? null,
          next_at: next?.toISOString() ?? null,
        })),
      };
    },
  );
  server.get(
    "/api/system/statistics",
    {
      config,
      schema: {
        tags: ["data"],
        summary: "People, updates, messages and jobs in numbers",
        response: answers(totals),
      },
    },
    () => statistics(database.query),
  );
}
