import { Redis } from "ioredis";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { redisPassword, startRedis, type TestRedis } from "../../test/support/redis.ts";
import { until } from "../../test/support/wait.ts";
import { createRedis, type RedisConnection } from "../cache/redis.ts";
import { createMetrics } from "../metrics.ts";
import { createFailures } from "./failures.ts";
import type { Plan } from "../plans.ts";
import { createRateLimit, type RateLimit } from "./limit.ts";

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function redis(port?: number): Promise<TestRedis> {
  const server = await startRedis(port);
  let stopped = false;
  const stop = async () => {
    if (!stopped) await server.stop();
    stopped = true;
  };
  closing.push(stop);
  return { ...server, stop };
}

async function connect(
  port: number,
): Promise<{ cache: RedisConnection; fallback: () => Promise<number | undefined> }> {
  const metrics = createMetrics("test");
  const config = { host: "127.0.0.1", port, user: "bot", password: redisPassword };
  const cache = createRedis(config, metrics, log);
  closing.push(() => cache.close());
  await until("Redis is there", () => cache.available());
  const fallback = async () => (await metrics.cacheFallbackActive.get()).values[0]?.value;
  return { cache, fallback };
}

async function take(limit: RateLimit, times: number): Promise<string[]> {
  const verdicts: string[] = [];
  for (let i = 0; i < times; i += 1) verdicts.push(await limit.take(1));
  return verdicts;
}

const log = pino({ level: "silent" });
/** Limits with people of the free plan. */
const defaults = { seconds: 60, log, planOf: () => Promise.resolve<Plan>("free") };

test("replicas share one count, exactly one of the updates over the limit is the first, and one can be given back", async () => {
  const server = await redis();
  const options = { ...defaults, requests: 3, replicas: 2 };
  const [a, b] = await Promise.all([connect(server.port), connect(server.port)]);
  const [one, two] = [createRateLimit(a.cache, options), createRateLimit(b.cache, options)];
  expect(await take(one, 2)).toEqual(["free", "free"]);
  await one.giveBack(1);
  expect(await take(two, 2)).toEqual(["free", "free"]);
  expect([await one.take(1), await two.take(1), await one.take(1)]).toEqual(["first", "over", "over"]);
  expect(await one.take(2)).toBe("free");
});

test("without Redis each replica allows its share, and Redis counts again when it is back", async () => {
  const server = await redis();
  const { cache, fallback } = await connect(server.port);
  const limit = createRateLimit(cache, { ...defaults, requests: 4, replicas: 2 });
  expect(await fallback()).toBe(0);
  await server.stop();
  await until("the loss is noticed", () => !cache.available());
  expect(await fallback()).toBe(1);
  expect(await take(limit, 4)).toEqual(["free", "free", "first", "over"]);
  await redis(server.port);
  await until("Redis is back", () => cache.available());
  expect(await take(limit, 5)).toEqual(["free", "free", "free", "free", "first"]);
  expect(await fallback()).toBe(0);
});

test("a Redis that hangs costs a few waits and is then left alone until it answers", async () => {
  const server = await redis();
  const { cache } = await connect(server.port);
  const limit = createRateLimit(cache, { ...defaults, requests: 50, replicas: 1 });
  await limit.take(1);
  server.pause();
  for (let i = 0; i < 3; i += 1) expect(await limit.take(1)).toBe("free");
  await until("the connection is given up", () => !cache.available());
  const before = performance.now();
  expect(await take(limit, 20)).not.toContain("over");
  expect(performance.now() - before).toBeLessThan(150);
  server.resume();
  await until("Redis answers again", () => cache.available());
  expect(await limit.take(1)).toBe("free");
});

test("premium is three times as much, the plan is asked for once over the free limit and not again in the window", async () => {
  const { cache } = await connect((await redis()).port);
  const asked: number[] = [];
  const planOf = (userId: number) => Promise.resolve<Plan>((asked.push(userId), "premium"));
  const options = { ...defaults, requests: 2, replicas: 1, planOf };
  const [one, two] = [createRateLimit(cache, options), createRateLimit(cache, options)];
  expect(await take(one, 2)).toEqual(["free", "free"]);
  expect(asked).toEqual([]);
  expect(await take(one, 2)).toEqual(["free", "free"]);
  expect(await take(two, 4)).toEqual(["free", "free", "first", "over"]);
  expect(asked).toEqual([1]);
});

test("who pays while over the limit goes on at once, and who loses premium has the free limit in the next window", async () => {
  const server = await redis();
  const { cache } = await connect(server.port);
  let plan: Plan = "free";
  const limit = createRateLimit(cache, {
    ...defaults,
    requests: 2,
    replicas: 1,
    planOf: () => Promise.resolve(plan),
  });
  expect(await take(limit, 3)).toEqual(["free", "free", "first"]);
  plan = "premium";
  await limit.forgetPlan(1);
  expect(await take(limit, 1)).toEqual(["free"]);
  plan = "free";
  // The window ends, and with it what is known of the plan.
  const client = new Redis({ port: server.port, password: redisPassword });
  closing.push(() => client.disconnect());
  const ttl = await client.ttl("v1:plan:1");
  expect(ttl > 0 && ttl <= 60, `${ttl} s`).toBe(true);
  expect(await client.del("v1:plan:1", "v1:rate:1")).toBe(2);
  expect(await take(limit, 3)).toEqual(["free", "free", "first"]);
});

test("without Redis premium has its share as well", async () => {
  const server = await redis();
  const { cache } = await connect(server.port);
  await server.stop();
  await until("the loss is noticed", () => !cache.available());
  const planOf = () => Promise.resolve<Plan>("premium");
  const limit = createRateLimit(cache, { ...defaults, requests: 2, replicas: 2, planOf });
  expect(await take(limit, 5)).toEqual(["free", "free", "free", "first", "over"]);
});

test("memory forgets a person when the window is over, and the longest unseen when there are too many", async () => {
  const server = await redis();
  const { cache } = await connect(server.port);
  await server.stop();
  await until("the loss is noticed", () => !cache.available());
  const short = createRateLimit(cache, { ...defaults, seconds: 0.05, requests: 1, replicas: 1 });
  expect(await take(short, 2)).toEqual(["free", "first"]);
  await until("the window is over", async () => (await short.take(1)) === "free");
  const limit = createRateLimit(cache, { ...defaults, requests: 1, replicas: 1 });
  await limit.take(1);
  for (let id = 2; id <= 50_001; id += 1) await limit.take(id);
  expect(await limit.take(1)).toBe("free");
});

test("while the plan cannot be asked for, nobody is turned away for it", async () => {
  const { cache } = await connect((await redis()).port);
  const planOf = () => Promise.reject(new Error("the database is away"));
  const limit = createRateLimit(cache, { ...defaults, requests: 1, replicas: 1, planOf });
  expect(await take(limit, 3)).toEqual(["free", "free", "free"]);
});

test("failures of an update are counted over all replicas, and in memory without Redis", async () => {
  const server = await redis();
  const [a, b] = await Promise.all([connect(server.port), connect(server.port)]);
  const [one, two] = [createFailures(a.cache), createFailures(b.cache)];
  expect([await one(7), await two(7), await one(8)]).toEqual([1, 2, 1]);
  await server.stop();
  await until("the loss is noticed", () => !a.cache.available());
  expect([await one(7), await one(7), await one(9)]).toEqual([1, 2, 1]);
});

test("the first update of a replica may come together with other work on Redis", async () => {
  const server = await redis();
  const { cache } = await connect(server.port);
  const limit = createRateLimit(cache, { ...defaults, requests: 1, replicas: 1 });
  const other = (key: string) =>
    cache.use<string | undefined>(
      (client) => client.set(key, "1"),
      () => undefined,
    );
  const [before, verdict, after] = await Promise.all([other("a"), limit.take(1), other("b")]);
  expect([before, verdict, after]).toEqual(["OK", "free", "OK"]);
  expect(await limit.take(1)).toBe("first");
});
