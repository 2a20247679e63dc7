import { Redis } from "ioredis";
import { gzipSync } from "node:zlib";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { redisPassword, startRedis, type TestRedis } from "../../test/support/redis.ts";
import { freePort, until } from "../../test/support/wait.ts";
import { createMetrics } from "../metrics.ts";
import { createCache } from "./cache.ts";
import { createRedis } from "./redis.ts";
import { cacheStats } from "./stats.ts";

const closing: (() => unknown)[] = [];
let server: TestRedis;
let client: Redis;

beforeEach(async () => {
  server = await startRedis();
  client = new Redis({ port: server.port, password: redisPassword });
  closing.push(
    () => client.disconnect(),
    () => server.stop(),
  );
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0)) await close();
});

/** The cache of one replica. */
function connect(port = server.port) {
  const metrics = createMetrics("test");
  const log = pino({ level: "silent" });
  const redis = createRedis({ host: "127.0.0.1", port, user: "bot", password: redisPassword }, metrics, log);
  closing.push(() => redis.close());
  const made: string[] = [];
  const cache = createCache(redis, metrics, log);
  return {
    cache,
    redis,
    /** What had to be made so far. */
    made,
    get: (id: string, value: number[] = [1]) =>
      cache.get("search", id, () => {
        made.push(id);
        return Promise.resolve(value);
      }),
    lookups: async () => {
      const { values } = await metrics.cacheLookups.get();
      const own = values.filter(({ labels }) => labels.policy === "search");
      return new Map(own.map(({ labels, value }) => [String(labels.result), value]));
    },
  };
}

async function replica() {
  const own = connect();
  await until("Redis is there", () => own.redis.available());
  return own;
}

/** Nothing may be dropped any more because somebody has just come. */
async function replicas() {
  const [one, two] = [await replica(), await replica()] as const;
  await two.get("first");
  await one.get("first");
  return [one, two] as const;
}

test("what one replica made, all get for 30 minutes, 10 % more or less", async () => {
  const [one, two] = await replicas();
  for (let id = 0; id < 40; id += 1) await one.get(`a${id}`, [id]);
  expect(await two.get("a7")).toEqual([7]);
  expect(two.made).not.toContain("a7");
  const lives = await Promise.all(Array.from({ length: 40 }, (_, id) => client.ttl(`v1:search:a${id}`)));
  expect(Math.min(...lives)).toBeGreaterThanOrEqual(1619);
  expect(Math.max(...lives)).toBeLessThanOrEqual(1980);
  expect(new Set(lives).size).toBeGreaterThan(5);
  expect(Object.fromEntries(await two.lookups())).toEqual({ hit: 1, miss: 1 });
  expect(Object.fromEntries(await one.lookups())).toEqual({ hit: 1, miss: 40 });
});

test("values above 1 KB are compressed, others are not", async () => {
  const [one, two] = await replicas();
  const long = Array.from({ length: 1000 }, () => 123456789);
  await one.get("long", long);
  await one.get("short", [1234567]);
  expect(await client.strlen("v1:search:long")).toBeLessThan(1000);
  expect((await client.getBuffer("v1:search:short"))?.toString("latin1")).toMatch(/\[1234567\]$/);
  expect(await two.get("long")).toEqual(long);
  expect(two.made).not.toContain("long");
});

test("what cannot be read is made anew", async () => {
  const [one] = await replicas();
  const version = await client.get("v1:version:search");
  for (const value of [`\0${version}{"a":1}`, `\0${version}[`, `\u0001${version}[1]`, "", `\0${version}`]) {
    await client.set("v1:search:x", value);
    expect(await one.get("x", [2])).toEqual([2]);
    expect(one.made.pop()).toBe("x");
  }
  const bomb = gzipSync(`${" ".repeat(5 * 1024 * 1024)}[1]`);
  await client.set("v1:search:bomb", Buffer.concat([Buffer.from(`\u0001${version}`), bomb]));
  expect(await one.get("bomb", [2])).toEqual([2]);
  await client.hset("v1:search:hash", "a", "b");
  expect(await one.get("hash", [3])).toEqual([3]);
});

test("of many that ask at once one makes the value, and its failure is not that of the others", async () => {
  const own = await replica();
  await Promise.all(Array.from({ length: 20 }, () => own.get("x")));
  expect(own.made).toEqual(["x"]);
  let tries = 0;
  const make = () => {
    tries += 1;
    return tries === 1 ? Promise.reject(new Error("mine")) : Promise.resolve([tries]);
  };
  const answers = await Promise.allSettled([1, 2, 3].map(() => own.cache.get("search", "y", make)));
  expect(answers.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
});

test("what is dropped no replica gets any more, nor what was being made meanwhile", async () => {
  const [one, two] = await replicas();
  await one.get("x", [1]);
  await two.cache.drop("search");
  expect(await one.get("x", [2])).toEqual([2]);
  await one.cache.get("search", "y", async () => {
    await two.cache.drop("search");
    return [1];
  });
  expect(await two.get("y", [2])).toEqual([2]);
});

test("without Redis memory keeps some values for half a minute", async () => {
  const away = connect(await freePort());
  await away.get("x");
  await away.get("x");
  expect(away.made).toEqual(["x"]);
  await away.cache.drop("search");
  await away.get("x");
  expect(away.made).toEqual(["x", "x"]);
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + 30_000);
  await until("the value is too old", async () => {
    await away.get("x");
    return away.made.length === 3;
  });
  for (let id = 0; id < 1100; id += 1) await away.get(`many${id}`);
  await away.get("x");
  expect(away.made.filter((id) => id === "x")).toHaveLength(4);
});

test("what was dropped while Redis was away is not there when it is back", async () => {
  const [one, two] = await replicas();
  await one.get("x", [1]);
  server.pause();
  await until("the loss is noticed", async () => {
    await Promise.all([one.get("other"), two.get("other")]);
    return !one.redis.available() && !two.redis.available();
  });
  // This replica dies before it can tell.
  await one.cache.drop("search");
  one.redis.close();
  server.resume();
  await until("Redis is back", () => two.redis.available());
  expect(await two.get("x", [2])).toEqual([2]);
});

test("what matches a pattern can be removed, and nothing that is not cached", async () => {
  const [one] = await replicas();
  await one.cache.clear("*");
  for (let id = 0; id < 250; id += 1) await one.get(`a${id}`);
  await one.cache.get("popular", "skills", () => Promise.resolve([]));
  expect(await one.cache.clear("search:a1?")).toBe(10);
  expect(await one.cache.clear("search:*")).toBe(240);
  expect(await client.keys("v1:search:*")).toEqual([]);
  expect(await client.keys("v1:popular:*")).toEqual(["v1:popular:skills"]);
  await client.set("v1:failures:1", "1");
  expect(await one.cache.clear("*")).toBe(1);
  expect(await client.get("v1:failures:1")).toBe("1");
});

test("operators see what Redis found, takes and serves, and nothing while it is away", async () => {
  await client.set("a", "1");
  await client.mget("a", "a", "a", "none");
  const { redis } = await replica();
  const stats = await cacheStats(redis);
  expect(stats).toMatchObject({ hits: 3, misses: 1, hitRate: 0.75, evicted: 0 });
  expect(stats?.clients).toBeGreaterThanOrEqual(2);
  expect(stats?.usedBytes).toBeGreaterThan(100_000);
  expect(stats?.latency).toBeGreaterThan(0);
  expect(await cacheStats(connect(await freePort()).redis)).toBeUndefined();
});
