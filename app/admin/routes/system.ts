import { z } from "zod";
import { listJobs } from "../../database/job-admin.ts";
import { answers, moment } from "../answers.ts";
import type { AdminServer, AdminTools } from "../api.ts";

const info = z
  .object({
    version: z.string(),
    source: z.string().meta({ description: "Hash of the sources" }),
    node: z.string(),
    platform: z.string(),
    started_at: moment,
    uptime_seconds: z.number(),
    log_level: z.string(),
  })
  .meta({ id: "SystemInfo" });

const processes = z
  .object({
    pid: z.int(),
    uptime_seconds: z.number(),
    cpu_seconds: z.number(),
    memory_bytes: z.int(),
    heap_bytes: z.int(),
    event_loop_busy: z.number().meta({ description: "Part of the time since the start" }),
    running_jobs: z
      .array(z.object({ id: z.int(), kind: z.string(), began_at: moment.nullable(), attempts: z.int() }))
      .meta({ description: "Of all workers, 200 at most" }),
  })
  .meta({ id: "Processes" });

/** What runs. */
export function systemRoutes(server: AdminServer, { build, database, log }: AdminTools): void {
  server.get(
    "/api/system/info",
    {
      config: { needs: "viewer" },
      schema: { tags: ["system"], summary: "What this replica is", response: answers(info) },
    },
    () => ({
      ...build,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      started_at: new Date(performance.timeOrigin).toISOString(),
      uptime_seconds: Math.round(process.uptime()),
      log_level: log.level,
    }),
  );
  server.get(
    "/api/system/processes",
    {
      config: { needs: "viewer" },
      schema: {
        tags: ["system"],
        summary: "What this replica takes, and what the workers do right now",
        response: answers(processes),
      },
    },
    async () => {
      const { user, system } = process.cpuUsage();
      const { rss, heapUsed } = process.memoryUsage();
      const wanted = { kind: undefined, before: Number.MAX_SAFE_INTEGER, limit: 200 };
      const jobs = await listJobs(database.query, { ...wanted, state: "running" });
      return {
        pid: process.pid,
        uptime_seconds: Math.round(process.uptime()),
        cpu_seconds: (user + system) / 1e6,
        memory_bytes: rss,
        heap_bytes: heapUsed,
        event_loop_busy: performance.eventLoopUtilization().utilization,
        running_jobs: jobs.map(({ id, kind, began_at, attempts }) => ({
          ...{ id, kind, attempts },
          began_at: began_at?.toISOString() ?? null,
        })),
      };
    },
  );
}
