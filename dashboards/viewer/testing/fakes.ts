import { fastify, type FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";
import { z } from "zod";
import type { Board } from "../../catalogue.ts";
import { select } from "../../promql.ts";
import { createViewer } from "../server.ts";

const range = z.object({
  query: z.string(),
  start: z.coerce.number(),
  end: z.coerce.number(),
  step: z.coerce.number(),
});
const posted = z.object({
  matchers: z.array(z.unknown()),
  comment: z.string(),
  createdBy: z.string(),
  endsAt: z.string(),
});

export const redisDown = {
  labels: {
    alertname: "RedisDown",
    severity: "critical",
    service: "redis",
    stack: "dev",
    instance: "cache:6379",
  },
  annotations: {
    summary: "Redis <b>does not</b> answer",
    description: "The bot goes on with its memory.",
    __dashboardUid__: "launchlab-overview",
    __panelId__: "1",
  },
};

/** A Prometheus that has two series for every query but those that `broken` is a part of. */
export function fakePrometheus() {
  const state = { broken: "nothing is broken", queries: new Array<string>() };
  const server = fastify();
  const labels = [
    { job: "bot", instance: "127.0.0.1:8480", kind: "csv" },
    { job: "bot", instance: "127.0.0.1:8481", kind: "mail" },
  ];
  server.addHook("preHandler", async ({ query }, reply) => {
    const asked = z.object({ query: z.string() }).safeParse(query).data?.query ?? "";
    state.queries.push(asked);
    if (asked.includes(state.broken))
      await reply.code(422).send({ status: "error", error: "too many samples" });
  });
  server.get("/api/v1/query_range", ({ query }) => {
    const { start, end, step } = range.parse(query);
    const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step);
    // Up for the first half of the time.
    const values = times.map((time, i) => [time, i < times.length / 2 ? "1" : "0"]);
    return {
      status: "success",
      data: { resultType: "matrix", result: labels.map((metric) => ({ metric, values })) },
    };
  });
  server.get("/api/v1/query", () => ({
    status: "success",
    data: { resultType: "vector", result: labels.map((metric) => ({ metric, value: [0, "1"] })) },
  }));
  server.get("/api/v1/label/stack/values", () => ({ status: "success", data: ["dev", "other"] }));
  server.get("/api/v1/label/instance/values", () => ({
    status: "success",
    data: ["127.0.0.1:8480", "127.0.0.1:8481"],
  }));
  server.get("/api/v1/rules", () => {
    const { alertname, ...own } = redisDown.labels;
    const rule = {
      type: "alerting",
      name: alertname,
      query: "redis_up == 0",
      duration: 60,
      labels: own,
      health: "ok",
    };
    const alert = {
      ...redisDown,
      state: "firing",
      activeAt: new Date(Date.now() - 300_000).toISOString(),
      value: "0e+00",
    };
    const quiet = { ...rule, name: "BotDown", state: "inactive", annotations: {}, alerts: [] };
    const firing = { ...rule, state: "firing", annotations: redisDown.annotations, alerts: [alert] };
    return { status: "success", data: { groups: [{ rules: [{ type: "recording" }, firing, quiet] }] } };
  });
  return { server, state };
}

/** An Alertmanager that knows one alert, and keeps silences. */
export function fakeAlertmanager() {
  const silences: (z.infer<typeof posted> & { id: string; startsAt: string; status: { state: string } })[] =
    [];
  const server = fastify();
  server.get("/api/v2/alerts", () => [
    {
      ...redisDown,
      startsAt: new Date(Date.now() - 300_000).toISOString(),
      fingerprint: "f1",
      status: {
        silencedBy: silences.filter(({ status }) => status.state === "active").map(({ id }) => id),
        inhibitedBy: [],
      },
    },
  ]);
  server.get("/api/v2/silences", () => silences);
  server.post("/api/v2/silences", ({ body }) => {
    const id = "6f1c0d0e-1b1a-4c3e-9c89-7d8a4d0f5b11";
    silences.push({
      ...posted.parse(body),
      id,
      startsAt: new Date().toISOString(),
      status: { state: "active" },
    });
    return { silenceID: id };
  });
  server.delete("/api/v2/silence/:id", ({ params }) => {
    const { id } = z.object({ id: z.string() }).parse(params);
    for (const silence of silences) if (silence.id === id) silence.status.state = "expired";
    return {};
  });
  return { server, silences };
}

const panel = {
  description: "How it is. Normal: well.",
  unit: "count",
  width: 8,
  height: 6,
  noValue: "none",
} as const;
const legend = "{{instance}}";

/** A board with every kind of panel. */
export const board: Board = {
  key: "test",
  title: "Launch Lab: test",
  description: "Every kind of panel",
  replicas: true,
  rows: [
    {
      title: "Is it drawn?",
      panels: [
        {
          ...panel,
          key: "lines",
          title: "Lines",
          kind: "timeseries",
          threshold: { unit: "count", is: "above", value: 2 },
          queries: [
            { expr: select("bot_db_pool_connections"), legend },
            { expr: select("bot_db_pool_max_connections"), legend: "limit", limit: true },
          ],
        },
        {
          ...panel,
          key: "number",
          title: "Number",
          kind: "stat",
          states: [{ value: 1, text: "up", is: "good" }],
          queries: [{ expr: select("up"), legend }],
        },
        {
          ...panel,
          key: "rows",
          title: "Rows",
          kind: "table",
          queries: [
            { expr: select("redis_up"), legend: "Redis" },
            { expr: select("pg_up"), legend: "Share", unit: "ratio" },
          ],
        },
        {
          ...panel,
          key: "states",
          title: "States",
          kind: "states",
          states: [
            { value: 0, text: "down", is: "bad" },
            { value: 1, text: "up", is: "good" },
          ],
          queries: [{ expr: select("nginx_up"), legend }],
        },
        { ...panel, key: "list", title: "List", kind: "alerts", queries: [] },
      ],
    },
    {
      title: "Folded",
      collapsed: true,
      panels: [
        {
          ...panel,
          key: "later",
          title: "Later",
          kind: "stat",
          queries: [{ expr: select("bot_db_pool_waiting"), legend }],
        },
      ],
    },
  ],
};

async function listen(server: FastifyInstance): Promise<string> {
  onTestFinished(() => server.close());
  return server.listen({ host: "127.0.0.1", port: 0 });
}

/** For tests: a viewer beside a Prometheus and an Alertmanager of our own, all ended with the test. */
export async function startViewer() {
  const prometheus = fakePrometheus();
  const alertmanager = fakeAlertmanager();
  const config = {
    host: "127.0.0.1",
    port: 0,
    prometheus: await listen(prometheus.server),
    alertmanager: await listen(alertmanager.server),
    stack: "dev",
    jobs: ["bot", "postgres", "redis", "nginx", "alertmanager", "prometheus"],
  };
  const server = createViewer(config, [board, { ...board, key: "second", title: "Launch Lab: second" }]);
  return { url: await listen(server), server, prometheus, silences: alertmanager.silences };
}
