import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { pino } from "pino";
import { z } from "zod";
import { freshDatabase, sql } from "../../test/support/database.ts";
import { startRedis, type TestRedis } from "../../test/support/redis.ts";
import { until } from "../../test/support/wait.ts";
import { purgeMinutes } from "../database/health-history.ts";
import { usualOperation } from "../database/operation.ts";
import { createOperationWatch } from "../operation.ts";
import { stackToken, startAdmin, type TestAdmin } from "../testing/admin.ts";
import { createMonitor } from "./monitor.ts";

const { postgres } = inject("servers");
let name: string;
let redis: TestRedis;
let admin: TestAdmin;

beforeEach(async () => {
  name = await freshDatabase(postgres);
  redis = await startRedis();
  admin = await startAdmin({ servers: { postgres, redis: redis.port }, database: name });
});
afterEach(async () => {
  await admin.close();
  await redis.stop();
});

const quiet = (level = "info") => pino({ level }, { write: () => undefined });

const service = z.looseObject({
  service: z.string(),
  status: z.string(),
  error: z.string().nullable(),
  response_ms: z.number().nullable(),
  figures: z.record(z.string(), z.number()),
  availability: z.record(z.string(), z.object({ available: z.number() })).nullable(),
});
const shape = z.looseObject({ status: z.string(), services: z.array(service), queue: z.unknown() });

async function health(route: string, by: Parameters<TestAdmin["ask"]>[1] = "owner") {
  const { services, ...all } = shape.parse((await admin.ask(route, by)).json());
  return { ...all, ...Object.fromEntries(services.map((one) => [one.service, one])) } as Record<
    "postgres" | "redis",
    z.infer<typeof service>
  > & { status: string; queue: unknown };
}
const check = () => health("POST /api/system/health/check");

describe("a check", () => {
  it("writes to and reads from both services, and says how they are", async () => {
    expect((await health("GET /api/system/health")).postgres.status).toBe("unknown");
    const { status, postgres, redis, queue } = await check();
    expect([status, postgres.status, redis.status]).toEqual(["ok", "ok", "ok"]);
    expect(postgres.response_ms).toBeGreaterThan(0);
    expect(postgres.figures["server_connections"]).toBeGreaterThan(0);
    expect(postgres.figures["pool_size"]).toBe(10);
    expect(redis.figures["memory_used_bytes"]).toBeGreaterThan(100_000);
    expect(postgres.availability).toMatchObject({ "1h": { available: 1 }, "7d": { available: 1 } });
    expect(queue).toMatchObject({ jobs_waiting: 0, messages_waiting: 0, dead_letters: 0 });
  });

  it("shows a Redis that hangs, counts it as not available, and sees it come back", async () => {
    await check();
    redis.pause();
    const broken = await check();
    expect(broken.status).toBe("degraded");
    expect(broken.redis).toMatchObject({ status: "down", availability: { "1h": { available: 0.5 } } });
    expect(broken.redis.error).toContain("does not answer");
    expect(broken.postgres.status).toBe("ok");
    expect((await admin.ask("GET /admin/cache_stats")).status).toBe(503);
    redis.resume();
    const healed = await until("Redis is well", async () => {
      const now = await check();
      return now.redis.status === "ok" && now;
    });
    expect(healed.redis.error).toBeNull();
  });

  it("shows a database that is away to who has the stack's token, and notes it when it is back", async () => {
    await check();
    await sql(
      postgres,
      "postgres",
      `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
    const asked = { token: stackToken };
    expect((await admin.ask("GET /api/system/info", "owner")).status).toBe(503);
    await admin.monitor.check();
    expect(await health("GET /api/system/health", asked)).toMatchObject({
      queue: null,
      postgres: { status: "down", availability: null },
      redis: { status: "ok" },
    });
    await sql(postgres, "postgres", `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    const { postgres: back } = await check();
    expect(back.status).toBe("ok");
    expect(back.availability?.["1h"]?.available).toBeCloseTo(2 / 3);
  });
});

describe("the history", () => {
  it("adds up what all replicas found, minute by minute", async () => {
    const other = createMonitor(
      admin.database,
      admin.redis,
      { current: () => usualOperation },
      admin.metrics,
      quiet(),
    );
    await Promise.all([check(), other.check()]);
    const { history } = z
      .object({ history: z.array(z.object({ checks: z.number(), failures: z.number() })) })
      .parse((await admin.ask("GET /api/system/health/postgres?minutes=5")).json());
    expect(history.reduce((sum, { checks }) => sum + checks, 0)).toBe(2);
  });

  it("is of a week", async () => {
    await admin.sql(
      `INSERT INTO health_history VALUES ('redis', now() - interval '8 days', 1, 1, 1, 1),
         ('redis', now() - interval '6 days', 4, 1, 1, 1)`,
    );
    expect((await check()).redis.availability?.["7d"]?.available).toBeCloseTo(4 / 5);
    await purgeMinutes(admin.database);
    const rows = await admin.sql("SELECT FROM health_history WHERE minute < now() - interval '1 day'");
    expect(rows).toHaveLength(1);
  });
});

describe("monitoring", () => {
  it("checks as often as operators say, and not at all when they stopped it", async () => {
    const stopping = new AbortController();
    let monitoring = { on: false, seconds: 0 };
    let looks = 0;
    const current = () => {
      looks += 1;
      return { ...usualOperation, monitoring };
    };
    const monitor = createMonitor(admin.database, admin.redis, { current }, admin.metrics, quiet());
    const watching = monitor.watch(stopping.signal);
    await until("it has looked twice", () => looks >= 2);
    expect(monitor.last("redis")).toBeUndefined();
    monitoring = { on: true, seconds: 0 };
    const at = () => monitor.last("redis")?.at.getTime();
    const first = await until("the first check", at);
    await until("another check", () => at() !== first);
    const measured = async () => {
      const { values } = await admin.metrics.serviceCheck.get();
      return values.map(({ labels, value }) => labels.checked !== undefined && value > 0);
    };
    expect(await measured()).toEqual([true, true]);
    monitoring = { on: false, seconds: 0 };
    await until("nothing old is told", async () => (await measured()).length === 0);
    stopping.abort();
    await watching;
  });

  it.each([4, 3601, -1, 1e9, 30.5, "30", null])("takes no interval of %j", async (interval_seconds) => {
    const { status, json } = await admin.ask("POST /api/system/monitoring/start", "owner", {
      interval_seconds,
    });
    expect(status).toBe(400);
    expect(json()).toMatchObject({ errors: [{ at: "/interval_seconds" }] });
  });

  it("is switched for all replicas, and stays so", async () => {
    const other = createOperationWatch(admin.database, quiet());
    await admin.ask("POST /api/system/monitoring/start", "owner", { interval_seconds: 60 });
    await admin.ask("POST /api/system/monitoring/stop", "owner");
    await other.refresh();
    expect(other.current().monitoring).toEqual({ on: false, seconds: 60 });
    expect(shape.parse((await admin.ask("GET /api/system/health")).json())).toMatchObject({
      monitoring: { on: false, interval_seconds: 60 },
    });
  });
});

it("the log level changes on every replica, and back to what is configured", async () => {
  const [one, two] = [quiet("warn"), quiet()];
  const watches = [createOperationWatch(admin.database, one), createOperationWatch(admin.database, two)];
  const refresh = async () => {
    for (const watch of watches) await watch.refresh();
    return [one.level, two.level];
  };
  await admin.ask("PUT /api/system/log-level", "operator", { level: "debug" });
  expect(await refresh()).toEqual(["debug", "debug"]);
  await admin.ask("PUT /api/system/log-level", "operator", { level: null });
  expect(await refresh()).toEqual(["warn", "info"]);
});

describe("the page", () => {
  it("shows what is wrong, to anybody, and takes nothing from anywhere", async () => {
    await check();
    const good = await admin.ask("GET /", "nobody");
    expect(good.text).toContain("All is well");
    expect(good.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(good.text).not.toMatch(/src=|https?:\/\//);
    redis.pause();
    await check();
    const { text: first } = await admin.ask("GET /", "nobody");
    expect(first).toContain('<td class="bad">down</td>');
    expect(first).toContain("Works, with less");
    const { text } = await until("Redis is known to be away", async () => {
      await check();
      const answer = await admin.ask("GET /", "nobody");
      return answer.text.includes("memory stands in") && answer;
    });
    expect(text).toContain("Redis is away: memory stands in for it");
    expect(text).toContain('<td class="bad">down</td>');
    redis.resume();
  });
});
