import { join } from "node:path";
import { pino } from "pino";
import { afterEach, expect, test } from "vitest";
import { createRateLimit } from "../../app/telegram/limit.ts";
import { freePort, until } from "../../test/support/wait.ts";
import { serverConfig } from "./redis-config.ts";
import {
  connect,
  give,
  password,
  passwords as own,
  redisFolder,
  run,
  type Program,
} from "./redis-fixture.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Options {
  /** What stands before the server's own command. */
  readonly before?: readonly string[];
  /** Those of the bot. */
  readonly passwords?: readonly [string, ...string[]];
}

async function server({ before = [], passwords = [password("bot")] }: Options = {}) {
  const folder = redisFolder();
  closing.push(folder.remove);
  const config = { host: "127.0.0.1", port: await freePort() };
  const data = folder.make(join(folder.path, "data"));
  const file = give(
    join(folder.path, "redis.conf"),
    serverConfig({ ...config, passwords: { ...own, bot: passwords }, memoryMb: 64, data }),
  );
  const program: Program = await run([...before, "redis-server", file]);
  closing.push(() => program.end());
  const open = async (secret = password("bot")) => {
    const client = connect({ ...config, user: "bot", password: secret });
    closing.push(() => client.cache.close());
    await until("Redis is there", () => client.cache.available());
    return client;
  };
  return { program, open };
}

const never = (): never => {
  throw new Error("Redis is away");
};

test("a server that ends in order, or is killed a moment after, still knows what it knew", async () => {
  const { program, open } = await server();
  const { cache } = await open();
  // As the rate limit counts: what a script writes is read back as a transaction, which has to be allowed.
  const script = "local n = redis.call('incr', KEYS[1]) redis.call('expire', KEYS[1], 600) return n";
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const before = await cache.use((client) => client.eval(script, 1, "v1:count"), never);
    // The log goes to the disk once a second, and to the kernel with every answer: killing Redis loses nothing.
    await program.end(signal);
    await until("the loss is noticed", () => !cache.available());
    program.start();
    await until("Redis is back", () => cache.available());
    expect(await cache.use((client) => client.get("v1:count"), never)).toBe(String(before));
  }
});

test("a full disk makes Redis refuse writes; memory counts meanwhile, and nobody waits for Redis", async () => {
  // A file can grow to 16 blocks of 512 or 1024 bytes, then every write fails as on a full disk.
  const full = ["/bin/sh", "-c", `trap '' XFSZ; ulimit -f 16; exec "$@"`, "sh"];
  const { program, open } = await server({ before: full });
  const { cache, fallback } = await open();
  const limit = createRateLimit(cache, {
    requests: 2,
    seconds: 600,
    replicas: 1,
    planOf: () => Promise.resolve("free"),
    log: pino({ level: "silent" }),
  });
  expect([await limit.take(1), await fallback()]).toEqual(["free", false]);
  await until("Redis refuses", async () => {
    await cache.use((client) => client.set("v1:large", "x".repeat(4096)), never).catch(() => undefined);
    return !cache.available();
  });
  expect(program.output()).toContain("while writing to the AOF file");
  // Counted by memory from the start, while Redis would say "first".
  expect([await limit.take(1), await limit.take(1), await limit.take(1)]).toEqual(["free", "free", "first"]);
  expect(await fallback()).toBe(true);
});

test("a password is changed without a gap while two are accepted", async () => {
  const { open } = await server({ passwords: ["new-password", password("bot")] });
  for (const secret of ["new-password", password("bot")]) await open(secret);
});
