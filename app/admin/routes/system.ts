import { z } from "zod";
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

/** What runs. */
export function systemRoutes(server: AdminServer, { build, log }: AdminTools): void {
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
}
