import { z } from "zod";
import { readMaintenance, writeMaintenance, type Maintenance } from "../../database/maintenance.ts";
import { logLevels, writeOperation } from "../../database/operation.ts";
import { answers, moment } from "../answers.ts";
import type { AdminServer, AdminTools } from "../api.ts";

const monitoring = z.object({ on: z.boolean(), interval_seconds: z.int() }).meta({ id: "Monitoring" });
const maintenance = z
  .object({ on: z.boolean(), text: z.string().nullable(), since: moment.nullable() })
  .meta({ id: "Maintenance" });
const level = z.enum(logLevels).nullable().meta({ description: "Null: as configured" });

const shown = ({ on, text, since }: Maintenance): z.infer<typeof maintenance> => ({
  on,
  text,
  since: on ? new Date(since).toISOString() : null,
});

/** What is switched while the bot runs, on all replicas. */
export function switchRoutes(server: AdminServer, { database, operation }: AdminTools): void {
  const { query } = database;
  const operator = { needs: "operator" } as const;
  const tags = ["switches"];

  async function monitor(on: boolean, seconds: number): Promise<z.infer<typeof monitoring>> {
    await writeOperation(query, "monitoring", { on, seconds });
    await operation.refresh();
    return { on, interval_seconds: seconds };
  }

  server.post(
    "/api/system/monitoring/start",
    {
      config: operator,
      schema: {
        tags,
        summary: "Check the services again and again; every replica does within seconds",
        body: z.object({ interval_seconds: z.int().min(5).max(3600).default(30) }),
        response: answers(monitoring),
      },
    },
    ({ body }) => monitor(true, body.interval_seconds),
  );
  server.post(
    "/api/system/monitoring/stop",
    {
      config: operator,
      schema: { tags, summary: "Check the services no more", response: answers(monitoring) },
    },
    () => monitor(false, operation.current().monitoring.seconds),
  );
  server.get(
    "/api/system/maintenance",
    {
      config: { needs: "viewer" },
      schema: { tags, summary: "Whether people are told to come back later", response: answers(maintenance) },
    },
    async () => shown(await readMaintenance(query)),
  );
  server.put(
    "/api/system/maintenance",
    {
      config: operator,
      schema: {
        tags,
        summary: "Tell everybody but admins a line instead of working, from two seconds on, or end that",
        body: z.object({
          on: z.boolean(),
          text: z
            .string()
            .trim()
            .min(1)
            .max(200)
            .nullable()
            .default(null)
            .meta({ description: "The line; null for the usual one in the language of each" }),
        }),
        response: answers(maintenance),
      },
    },
    async ({ body: { on, text } }) => {
      const before = await readMaintenance(query);
      const since = before.on ? before.since : Date.now();
      const state = on ? { on, text, since } : { on, text: null, since: 0 };
      await writeMaintenance(query, state);
      return shown(state);
    },
  );
  server.put(
    "/api/system/log-level",
    {
      config: operator,
      schema: {
        tags,
        summary: "Log more or less, on every replica within seconds, until it is set back",
        body: z.object({ level }),
        response: answers(z.object({ level })),
      },
    },
    async ({ body }) => {
      await writeOperation(query, "log_level", body.level);
      await operation.refresh();
      return { level: body.level };
    },
  );
}
