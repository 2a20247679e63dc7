import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { redisPassword, startRedis, type TestRedis } from "../../test/support/redis.ts";
import { until } from "../../test/support/wait.ts";
import { createRedis, type RedisConnection } from "../cache/redis.ts";
import { createMetrics } from "../metrics.ts";
import { createFailures } from "./failures.ts";
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
  const config = { host: "127.0.0.1", port, password: redisPassword };
  const cache = createRedis(config, metrics, pino({ level: "silent" }));
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

test("replicas share one count, exactly one of the updates over the limit is the first, and one can be given back", async () => {
  const server = await redis();
  const options = { requests: 3, seconds: 60, replicas: 2 };
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
  const limit = createRateLimit(cache, { requests: 4, seconds: 60, replicas: 2 });
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
  const limit = createRateLimit(cache, { requests: 50, seconds: 60, replicas: 1 });
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

test("failures of an update are counted over all replicas, and in memory without Redis", async () => {
  const server = await redis();
  const [a, b] = await Promise.all([connect(server.port), connect(server.port)]);
  const [one, two] = [createFailures(a.cache), createFailures(b.cache)];
  expect([await one(7), await two(7), await one(8)]).toEqual([1, 2, 1]);
  await server.stop();
  await until("the loss is noticed", () => !a.cache.available());
  expect([await one(7), await one(7), await one(9)]).toEqual([1, 2, 1]);
});
