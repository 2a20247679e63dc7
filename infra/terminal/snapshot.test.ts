import { fastify } from "fastify";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { judge } from "./judge.ts";
import { NotKnown, type Site, type WorkloadStatus } from "./site.ts";
import { gather, isUnknown, type Snapshot, type Sources } from "./snapshot.ts";

const HOUR = 3600;

/** What a Prometheus of a stack would say, by the series that a query names. Times are Unix times. */
const series = (now: number): Record<string, [Record<string, string>, number][]> => ({
  pg_up: [[{}, 1]],
  pg_stat_activity_count: [[{}, 12]],
  pg_settings_max_connections: [[{}, 110]],
  pg_database_size_bytes: [[{}, 25e6]],
  redis_up: [[{ job: "redis" }, 1]],
  redis_memory_used_bytes: [[{}, 2 ** 20]],
  bot_cache_fallback_active: [[{}, 0]],
  bot_jobs_waiting: [
    [{ kind: "csv" }, 3],
    [{ kind: "mentor" }, 0],
  ],
  bot_jobs_oldest_age_seconds: [[{}, 400]],
  bot_outbox_pending: [[{}, 2]],
  bot_outbox_oldest_age_seconds: [[{}, 5]],
  bot_dead_letters_waiting: [[{}, 1]],
  bot_backup_last_success_timestamp_seconds: [
    [{ kind: "backup" }, now - 27 * HOUR],
    [{ kind: "drill" }, now - 2 * HOUR],
  ],
  bot_backup_failed: [
    [{ kind: "backup" }, 0],
    [{ kind: "drill" }, 1],
  ],
  bot_backup_duration_seconds: [[{ kind: "backup" }, 4]],
  bot_backup_size_bytes: [[{ kind: "backup" }, 12e6]],
  bot_mentor_breaker_state: [[{}, 2]],
  bot_build_info: [[{ version: "0.1.0", source: "7babe959" }, 3]],
});

/** A Prometheus and an Alertmanager in one. */
async function watchers(known = series(Date.now() / 1000)): Promise<string> {
  const server = fastify();
  server.get("/api/v1/query", ({ query }) => {
    const text = z.object({ query: z.string() }).parse(query).query;
    const found = Object.entries(known).find(([name]) => text.includes(name))?.[1] ?? [];
    const result = found.map(([metric, value]) => ({ metric, value: [0, String(value)] }));
    return { status: "success", data: { resultType: "vector", result } };
  });
  const alert = (alertname: string, severity: string, silencedBy: string[] = []) => ({
    labels: { alertname, severity },
    annotations: { summary: `${alertname} fires`, runbook_url: `https://runbooks/${alertname}` },
    startsAt: "2026-11-22T05:00:00.000Z",
    fingerprint: alertname,
    status: { silencedBy, inhibitedBy: [] },
  });
  server.get("/api/v2/alerts", () => [
    alert("DeadLettersWaiting", "warning"),
    alert("Watchdog", "none"),
    alert("RedisDown", "critical"),
    alert("BotDown", "critical", ["s1"]),
  ]);
  onTestFinished(() => server.close());
  return server.listen();
}

const well: WorkloadStatus = {
  name: "worker",
  kind: "service",
  wanted: 1,
  replicas: [{ name: "worker-0", state: "healthy", restarts: 0 }],
};

function sources(url: string, more: Partial<Site> = {}): Sources {
  const site: Site = {
    workloads: () => Promise.resolve([well]),
    address: () => Promise.resolve({ url, close: () => undefined }),
    ports: () => Promise.resolve([]),
    logs: () => Promise.resolve([]),
    run: () => Promise.resolve(""),
    advice: (workload) => `look at ${workload}`,
    ...more,
  };
  const deployment = () =>
    Promise.resolve({
      kind: "update",
      result: "succeeded",
      started: "2026-11-22T04:00:00.000Z",
      changes: {},
    });
  return { stack: "test", platform: "local", site, deployment, patience: 3000 };
}

const problems = (snapshot: Snapshot) =>
  judge(snapshot, (workload) => `look at ${workload}`).map(
    ({ state, about, found }) => `${state} ${about}: ${found}`,
  );

it("learns everything that the watchers of a stack know", async () => {
  const snapshot = await gather(sources(await watchers()));
  expect(snapshot.workloads).toEqual([well]);
  expect(snapshot.database).toEqual({ up: true, connections: 12, maxConnections: 110, bytes: 25e6 });
  expect(snapshot.redis).toEqual({ up: true, memoryBytes: 2 ** 20, replicasWithout: 0 });
  expect(snapshot.queue).toEqual({
    jobs: { csv: 3 },
    oldestJob: 400,
    outbox: 2,
    oldestMessage: 5,
    deadLetters: 1,
  });
  expect(snapshot.backups).toMatchObject([
    { kind: "backup", failed: false, last: { seconds: 4, bytes: 12e6 } },
    { kind: "drill", failed: true },
  ]);
  expect(snapshot.breakers).toEqual([{ name: "mentor", state: "open" }]);
  expect(snapshot.builds).toEqual([{ version: "0.1.0", source: "7babe959", replicas: 3 }]);
  expect(isUnknown(snapshot.alerts) ? [] : snapshot.alerts.map(({ name, quiet }) => [name, quiet])).toEqual([
    ["BotDown", true],
    ["RedisDown", false],
    ["DeadLettersWaiting", false],
  ]);
});

it("says what is bad, and what is worth a look", async () => {
  expect(problems(await gather(sources(await watchers())))).toEqual([
    "look queue: a job is due for 6.67 min",
    "look queue: 1 updates were given up",
    "bad backups: no good backup for 27 h",
    "look backups: the last restore drill failed",
    "look breakers: that of the mentor is open: people are told that it is away",
    "bad alerts: RedisDown: RedisDown fires",
    "look alerts: DeadLettersWaiting: DeadLettersWaiting fires",
  ]);
});

it("knows servers that are down from those that nobody knows of", async () => {
  const snapshot = await gather(sources(await watchers({ pg_up: [[{}, 0]], redis_up: [[{}, 0]] })));
  expect(snapshot.database).toEqual({ up: false });
  expect(snapshot.redis).toEqual({ up: false, replicasWithout: 0 });
  expect(snapshot.queue).toMatchObject({ unknown: "Prometheus has no figures of the queue" });
  expect(snapshot.backups).toEqual([]);
  const found = problems(snapshot);
  expect(found).toContain("bad database: Postgres does not answer its exporter");
  expect(found).toContain("look queue: not known: Prometheus has no figures of the queue");
});

it("comes within its patience when parts hang, and says which", async () => {
  const hang = () => new Promise<never>(() => undefined);
  const asked = { ...sources("http://127.0.0.1:9", { workloads: hang }), deployment: hang, patience: 50 };
  const snapshot = await gather(asked);
  for (const part of [snapshot.workloads, snapshot.deployment])
    expect(part).toMatchObject({ unknown: "no answer within 0.05 s" });
  expect(snapshot.database).toHaveProperty("unknown");
  expect(problems(snapshot)[0]).toBe("bad workloads: not known: no answer within 0.05 s");
});

it("passes on why a part cannot be known, with what to do, and closes what it opened", async () => {
  let closed = 0;
  const url = await watchers();
  await gather(sources(url, { address: () => Promise.resolve({ url, close: () => void (closed += 1) }) }));
  expect(closed).toBe(2);
  const refuse = () => Promise.reject(new NotKnown("there is no cluster", "start it"));
  const snapshot = await gather(sources(url, { address: refuse, workloads: refuse }));
  for (const part of [snapshot.workloads, snapshot.database, snapshot.alerts])
    expect(part).toEqual({ unknown: "there is no cluster", advice: "start it" });
});

it("says of a stack that is not up only that", async () => {
  const snapshot = await gather(sources("http://127.0.0.1:9", { workloads: () => Promise.resolve([]) }));
  expect(problems(snapshot)).toEqual(["bad stack: test is not up"]);
});

it("names the replicas that are not well, waits for those that start, and repeats what they do without", async () => {
  const replica = (name: string, state: "healthy" | "down" | "starting", more = {}) => ({
    name,
    state,
    restarts: 0,
    ...more,
  });
  const of = async (...replicas: WorkloadStatus["replicas"]) => {
    const workloads = () => Promise.resolve([{ ...well, name: "web", wanted: 2, replicas }]);
    return problems(await gather(sources(await watchers({}), { workloads }))).filter((text) =>
      text.includes("web"),
    );
  };
  expect(
    await of(replica("web-0", "healthy"), replica("web-1", "down", { detail: "it was killed" })),
  ).toEqual(["bad web: 1 of 2 well; web-1: it was killed"]);
  expect(await of(replica("web-0", "healthy"))).toEqual(["bad web: 1 of 2 well"]);
  expect(await of(replica("web-0", "healthy"), replica("web-1", "starting"))).toEqual([
    "look web: 1 of 2 well; web-1: starting",
  ]);
  const degraded = { degraded: ["Redis is away"] };
  expect(await of(replica("web-0", "healthy", degraded), replica("web-1", "healthy", degraded))).toEqual([
    "look web: Redis is away",
  ]);
});
