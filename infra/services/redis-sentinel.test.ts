import { Redis } from "ioredis";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { RedisConnection } from "../../app/cache/redis.ts";
import { z } from "zod";
import { freeBlock } from "../../test/scratch.ts";
import { until } from "../../test/support/wait.ts";
import { passwordOf } from "../stack-fixture.ts";
import { connect, startSentinels, type Sentinels } from "./redis-fixture.ts";

const SERVERS = ["redis-0", "redis-1", "redis-2"];
const SENTINELS = ["redis-sentinel-0", "redis-sentinel-1", "redis-sentinel-2"];
/** Long enough for a failover on a busy machine, in milliseconds. */
const PATIENCE = 60_000;

let stack: Sentinels;
let stop: () => Promise<void>;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  ({ stack, stop } = await startSentinels(await freeBlock(120)));
});
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});
afterAll(() => stop());

/** Asks one server itself, past the Sentinels. */
async function ask<T>(name: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({
    host: "127.0.0.1",
    port: stack.port(name),
    username: "admin",
    password: passwordOf("redis-admin-password"),
    protocol: 2,
    commandTimeout: 1000,
    retryStrategy: null,
    lazyConnect: true,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** "master" and how many replicas it counts on for a write, or "slave" and whom it follows. */
const roleOf = (name: string): Promise<string> =>
  ask(name, async (client) => {
    const info = await client.info("replication");
    const [, role = ""] = /role:(\w+)/.exec(info) ?? [];
    const [, port = ""] = /master_port:(\d+)[\s\S]*master_link_status:up/.exec(info) ?? [];
    const [, good = ""] = /min_slaves_good_slaves:(\d+)/.exec(info) ?? [];
    return `${role} ${role === "master" ? good : port}`;
  });

/** Waits until one server is the primary and the others follow it, and gives its name. */
const settled = (): Promise<string> =>
  until(
    "one primary has two replicas",
    async () => {
      const roles = await Promise.all(SERVERS.map(roleOf));
      const primary = SERVERS[roles.indexOf("master 2")];
      if (primary === undefined) return undefined;
      const followers = roles.filter((role) => role === `slave ${stack.port(primary)}`);
      return followers.length === 2 ? primary : undefined;
    },
    PATIENCE,
  );

/** A connection of the bot, as the rendered stack configures it. `suffix`: of the names of a later generation's secrets. */
async function bot(suffix = ""): Promise<RedisConnection> {
  const sentinels = (stack.env["REDIS_SENTINELS"] ?? "").split(",").map((address) => {
    const [host = "", port = ""] = address.split(":");
    return { host, port: Number(port) };
  });
  const { cache } = connect({
    sentinels,
    primary: stack.env["REDIS_PRIMARY"] ?? "",
    user: "bot",
    password: passwordOf(`redis-bot-password${suffix}`),
    sentinelPassword: passwordOf(`redis-sentinel-bot-password${suffix}`),
  });
  closing.push(() => cache.close());
  await until("the bot has found the primary", () => cache.available(), PATIENCE);
  return cache;
}

/** Counts without a pause, as replicas of the bot do, and notes who acknowledged, without repetition. */
function use(caches: readonly RedisConnection[]): { writers: number[]; end: () => Promise<unknown> } {
  let over = false;
  const writers: number[] = [];
  const work = async (cache: RedisConnection): Promise<void> => {
    while (!over) {
      const writer = await cache.use<number | undefined>(
        async (client) => {
          const { remotePort } = z.object({ remotePort: z.number() }).parse(client.stream);
          await client.incr("v1:count");
          return remotePort;
        },
        () => undefined,
      );
      if (writer !== undefined && writers.at(-1) !== writer) writers.push(writer);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const running = Promise.all(caches.map(work));
  const end = (): Promise<unknown> => {
    over = true;
    return running;
  };
  return { writers, end };
}

test(
  "the first server is the primary, the others follow it, and the bot finds it",
  async () => {
    expect(await settled()).toBe("redis-0");
    const cache = await bot();
    expect(
      await cache.use(
        (client) => client.set("v1:a", "1"),
        () => "memory",
      ),
    ).toBe("OK");
  },
  PATIENCE,
);

test.each(["SIGKILL", "SIGSTOP"] as const)(
  "a primary that is gone by %s is replaced under use, and comes back as a replica",
  async (signal) => {
    const old = await settled();
    const caches = await Promise.all([bot(), bot()]);
    const seen = use(caches);
    await until("both write", () => seen.writers.length > 0);
    const before = stack.program(old).output().length;
    stack.program(old).signal(signal);
    await until("another one takes the writes", () => seen.writers.length > 1, PATIENCE);
    if (signal === "SIGKILL") stack.program(old).start();
    else stack.program(old).signal("SIGCONT");
    const primary = await settled();
    expect(primary).not.toBe(old);
    await until("the bot writes there", () => caches.every((cache) => cache.available()), PATIENCE);
    await seen.end();
    if (signal === "SIGKILL")
      expect(stack.program(old).output().slice(before)).toContain(
        `starts as a replica of 127.0.0.1:${stack.port(primary)}`,
      );
    // Not back and forth: at no time did two of them take writes.
    expect(seen.writers).toEqual([stack.port(old), stack.port(primary)]);
    await expect(ask(old, (client) => client.set("v1:a", "2"))).rejects.toThrow("READONLY");
  },
  2 * PATIENCE,
);

test(
  "a primary that has lost both replicas takes no writes, and memory counts until one is back",
  async () => {
    const primary = await settled();
    const followers = SERVERS.filter((name) => name !== primary);
    const cache = await bot();
    const write = () =>
      cache.use(
        async (client) => String(await client.incr("v1:alone")),
        () => "memory",
      );
    await Promise.all(followers.map((name) => stack.program(name).end()));
    await until("the primary refuses", async () => (await write()) === "memory");
    expect(cache.available()).toBe(false);
    await expect(ask(primary, (client) => client.set("v1:a", "3"))).rejects.toThrow("NOREPLICAS");
    for (const name of followers) stack.program(name).start();
    await until("the primary takes writes", async () => (await write()) !== "memory", PATIENCE);
    expect(cache.available()).toBe(true);
  },
  2 * PATIENCE,
);

test(
  "all servers are killed and find their data and their roles again",
  async () => {
    await settled();
    const cache = await bot();
    const value = String(
      await cache.use(
        (client) => client.incr("v1:kept"),
        () => 0,
      ),
    );
    await Promise.all(SERVERS.map((name) => stack.program(name).end()));
    await until("the loss is noticed", () => !cache.available());
    for (const name of SERVERS) stack.program(name).start();
    expect(SERVERS).toContain(await settled());
    await until("the bot is back", () => cache.available(), PATIENCE);
    expect(
      await cache.use(
        (client) => client.get("v1:kept"),
        () => "memory",
      ),
    ).toBe(value);
  },
  2 * PATIENCE,
);

test(
  "a replica ends when it is asked to, also while it writes its log anew",
  async () => {
    const primary = await settled();
    const follower = SERVERS.find((name) => name !== primary) ?? "";
    await ask(primary, (client) =>
      client.mset(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [i, i]))),
    );
    await ask(follower, async (client) => {
      // 5 s for a hundred keys.
      await client.config("SET", "rdb-key-save-delay", "50000");
      await client.config("SET", "appendonly", "no");
      await client.config("SET", "appendonly", "yes");
    });
    await stack.program(follower).end("SIGTERM");
    stack.program(follower).start();
    await settled();
  },
  2 * PATIENCE,
);

test(
  "passwords change while the servers are replaced one by one, and replicas of the bot with old and new ones go on",
  async () => {
    await settled();
    const works = async (cache: RedisConnection): Promise<boolean> =>
      (await cache.use(
        (client) => client.incr("v1:rotated"),
        () => 0,
      )) > 0;
    const old = await bot();
    await stack.renew(2);
    for (const name of [...SENTINELS, ...SERVERS]) {
      await stack.program(name).end("SIGTERM");
      stack.program(name).start();
      await settled();
      const fresh = await bot("-2");
      for (const cache of [old, fresh]) await until("the bot goes on", () => works(cache), PATIENCE);
      fresh.close();
    }
    // With nothing but the new generation's files they still agree on another primary.
    const primary = await settled();
    await stack.program(primary).end();
    const fresh = await bot("-2");
    await until("another one takes the writes", () => works(fresh), PATIENCE);
    stack.program(primary).start();
    expect(await settled()).not.toBe(primary);
    await stack.renew(1);
  },
  // Each wait has its own limit.
  8 * PATIENCE,
);

test(
  "a server does not start while fewer than two Sentinels tell it its role, nor shows a password meanwhile",
  async () => {
    const primary = await settled();
    const [, ended = "", hanging = ""] = SENTINELS;
    await stack.program(ended).end();
    stack.program(hanging).signal("SIGSTOP");
    await stack.program(primary).end("SIGTERM");
    const before = stack.program(primary).output().length;
    stack.program(primary).start();
    const said = (): string => stack.program(primary).output().slice(before);
    await until("it waits", () => said().includes("waits until more than half"));
    const asking = await until("redis-cli asks", async () => {
      const { stdout } = await promisify(execFile)("ps", ["axeww", "-o", "args"]);
      const port = String(stack.port(hanging));
      return stdout.split("\n").find((line) => line.includes("redis-cli") && line.includes(`-p ${port}`));
    });
    // Its variables are there as well.
    expect(asking).toContain("PATH=");
    expect(asking).not.toContain("planted-");
    expect(said()).not.toContain("starts as");
    stack.program(ended).start();
    stack.program(hanging).signal("SIGCONT");
    await settled();
  },
  2 * PATIENCE,
);
