import { z } from "zod";
import { readAvailability, readMinutes, spans, type Availability } from "../../database/health-history.ts";
import { outboxStats } from "../../database/outbox.ts";
import { countDeadLetters } from "../../database/dead-letters.ts";
import { jobStats } from "../../database/jobs.ts";
import type { Database } from "../../database/pool.ts";
import { checkedServices, jobNames, SLOW_MS } from "../../metric-labels.ts";
import { answers, moment } from "../answers.ts";
import type { AdminServer, AdminTools } from "../api.ts";
import { healthStates, isUnwell, stateOf, type Monitor, type Service } from "../monitor.ts";

const span = z.object({
  available: z.number().min(0).max(1).meta({ description: "Part of the checks that did not fail" }),
  average_ms: z.number(),
  slowest_ms: z.number(),
});
const service = z
  .object({
    service: z.enum(checkedServices),
    status: z.enum(healthStates),
    checked_at: moment.nullable().meta({ description: "By this replica" }),
    response_ms: z.number().nullable(),
    error: z.string().nullable(),
    figures: z.record(z.string(), z.number()),
    availability: z
      .partialRecord(z.enum(spans), span)
      .nullable()
      .meta({ description: "Of all replicas; null while the database, which knows it, is away" }),
  })
  .meta({ id: "ServiceHealth" });
const queue = z
  .object({
    jobs_waiting: z.int(),
    jobs_oldest_seconds: z.number(),
    messages_waiting: z.int(),
    messages_oldest_seconds: z.number(),
    dead_letters: z.int(),
  })
  .meta({ id: "Queue" });
const health = z
  .object({
    status: z
      .enum(["ok", "degraded", "unavailable"])
      .meta({ description: "As /ready says; degraded as well when a service is not well" }),
    reasons: z.array(z.string()),
    degraded: z.array(z.string()),
    services: z.array(service),
    queue: queue.nullable().meta({ description: "Null while the database is away" }),
    monitoring: z.object({ on: z.boolean(), interval_seconds: z.int(), slow_above_ms: z.int() }),
  })
  .meta({ id: "SystemHealth" });
const minute = z
  .object({
    minute: moment,
    checks: z.int(),
    failures: z.int(),
    average_ms: z.number(),
    slowest_ms: z.number(),
  })
  .meta({ id: "HealthMinute" });

const round = (ms: number): number => Math.round(ms * 100) / 100;

function shown(
  name: Service,
  monitor: Monitor,
  known: readonly Availability[] | undefined,
): z.infer<typeof service> {
  const check = monitor.last(name);
  const rows = known?.filter((row) => row.service === name);
  return {
    service: name,
    status: stateOf(check),
    checked_at: check?.at.toISOString() ?? null,
    response_ms: check === undefined ? null : round(check.ms),
    error: check?.error ?? null,
    figures: check?.figures ?? {},
    availability:
      rows === undefined
        ? null
        : Object.fromEntries(
            rows.map(({ span: name, available, average, slowest }) => [
              name,
              { available, average_ms: round(average), slowest_ms: round(slowest) },
            ]),
          ),
  };
}

async function queueOf(database: Database): Promise<z.infer<typeof queue>> {
  const [jobs, outbox, dead] = await Promise.all([
    jobStats(database, jobNames),
    outboxStats(database),
    countDeadLetters(database),
  ]);
  return {
    jobs_waiting: jobs.reduce((sum, { waiting }) => sum + waiting, 0),
    jobs_oldest_seconds: Math.max(0, ...jobs.map(({ oldest }) => oldest)),
    messages_waiting: outbox.pending,
    messages_oldest_seconds: outbox.oldest,
    dead_letters: dead,
  };
}

/** How the services are, and were. */
export function healthRoutes(server: AdminServer, tools: AdminTools): void {
  const { database, monitor, operation } = tools;
  const tags = ["health"];
  // What the database knows is left out while it is away: that is when somebody looks.
  const known = () => readAvailability(database.query).catch(() => undefined);

  async function now(): Promise<z.infer<typeof health>> {
    const { reasons, degraded } = tools.health.readiness();
    const { on, seconds } = operation.current().monitoring;
    const [availability, waiting] = await Promise.all([known(), queueOf(database).catch(() => null)]);
    const all = checkedServices.map((name) => shown(name, monitor, availability));
    const less = degraded.length > 0 || all.some(({ status }) => isUnwell(status));
    return {
      status: reasons.length > 0 ? "unavailable" : less ? "degraded" : "ok",
      reasons,
      degraded,
      services: all,
      queue: waiting,
      monitoring: { on, interval_seconds: seconds, slow_above_ms: SLOW_MS },
    };
  }

  server.get(
    "/api/system/health",
    {
      config: { needs: "viewer" },
      schema: { tags, summary: "How everything is, as last checked", response: answers(health) },
    },
    now,
  );
  server.get(
    "/api/system/health/:service",
    {
      config: { needs: "viewer" },
      schema: {
        tags,
        summary: "How one service is, and was minute by minute",
        params: z.object({ service: z.enum(checkedServices) }),
        querystring: z.object({ minutes: z.coerce.number().int().min(1).max(10_080).default(60) }),
        response: answers(service.extend({ history: z.array(minute) }).meta({ id: "ServiceHistory" })),
      },
    },
    async ({ params, query: { minutes } }) => {
      const history = await readMinutes(database.query, params.service, minutes);
      return {
        ...shown(params.service, monitor, await known()),
        history: history.map(({ minute: at, checks, failures, totalMs, slowestMs }) => ({
          minute: at.toISOString(),
          ...{ checks, failures },
          average_ms: round(totalMs / checks),
          slowest_ms: round(slowestMs),
        })),
      };
    },
  );
  server.post(
    "/api/system/health/check",
    {
      config: { needs: "operator" },
      schema: { tags, summary: "Check all services now, from this replica", response: answers(health) },
    },
    async () => {
      await monitor.check();
      return now();
    },
  );
}
