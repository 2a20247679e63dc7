import { Redis } from "ioredis";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, until } from "../../test/support/wait.ts";
import { sentinelConfig, serverConfig } from "./redis-config.ts";
import { give, password, passwords, redisFolder, run } from "./redis-fixture.ts";
import type { RedisUser } from "./redis-users.ts";

const closing: (() => unknown)[] = [];
let server: number;
let sentinel: number;

async function started(name: string, config: (port: number, data: string) => string, ...options: string[]) {
  const folder = redisFolder();
  closing.push(folder.remove);
  const port = await freePort();
  const data = folder.make(join(folder.path, "data"));
  const program = await run(["redis-server", give(join(data, name), config(port, data)), ...options]);
  closing.push(() => program.end());
  return port;
}

/** Logs in once the program is there. */
async function login(port: number, user: RedisUser): Promise<Redis> {
  return until("it answers", async () => {
    const client = new Redis({
      ...{ port, username: user, password: password(user) },
      ...{ lazyConnect: true, retryStrategy: null, enableReadyCheck: false },
    });
    client.on("error", () => undefined);
    closing.push(() => client.disconnect());
    await client.connect();
    return client;
  });
}

/** What somebody gets who has not logged in. */
async function answerOf(port: number, line: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  try {
    socket.write(`${line}\r\n`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString();
  } finally {
    socket.destroy();
  }
}

beforeAll(async () => {
  const host = "127.0.0.1";
  server = await started("redis.conf", (port, data) =>
    serverConfig({ host, port, passwords, memoryMb: 64, data }),
  );
  sentinel = await started(
    "sentinel.conf",
    (port, data) =>
      sentinelConfig({
        ...{ host, port, data, passwords, announced: { host, port }, replicas: [] },
        primary: { host, port: server },
        serverPassword: password("member"),
      }),
    "--sentinel",
  );
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** Whether bot, exporter and member may. */
type Row = readonly [command: string, bot: boolean, exporter: boolean, member: boolean];

const onServer: readonly Row[] = [
  ["PING", true, true, true],
  ["INFO", true, true, true],
  ["CLIENT SETNAME x", true, true, true],
  ["GET v1:a", true, false, false],
  ["MGET v1:a v1:b", true, false, false],
  ["SET v1:a b EX 1 NX", true, false, false],
  ["DEL v1:a", true, false, false],
  ["UNLINK v1:a", true, false, false],
  ["INCR v1:a", true, false, false],
  ["DECR v1:a", true, false, false],
  ["EXPIRE v1:a 1", true, false, false],
  ["EXISTS v1:a", true, false, false],
  ["EVAL script 1 v1:a", true, false, false],
  ["SCAN 0 MATCH v1:*", true, false, false],
  ["GET other", false, false, false],
  ["SET other b", false, false, false],
  ["EVAL script 1 other", false, false, false],
  ["KEYS *", false, false, false],
  ["RENAME v1:a v1:b", false, false, false],
  ["DUMP v1:a", false, false, false],
  ["FLUSHALL", false, false, false],
  ["FLUSHDB", false, false, false],
  ["SWAPDB 0 1", false, false, false],
  ["CONFIG GET masterauth", false, false, false],
  ["CONFIG SET dir /tmp", false, false, false],
  ["CONFIG REWRITE", false, false, true],
  ["DEBUG SLEEP 0", false, false, false],
  ["MODULE LOAD /tmp/x.so", false, false, false],
  ["FUNCTION FLUSH", false, false, false],
  ["SCRIPT FLUSH", false, false, false],
  ["SCRIPT KILL", false, false, true],
  ["ACL LIST", false, false, false],
  ["ACL SETUSER x on", false, false, false],
  ["CLIENT LIST", false, false, false],
  ["CLIENT KILL TYPE normal", false, false, true],
  ["MONITOR", false, false, false],
  ["SAVE", false, false, false],
  ["BGREWRITEAOF", false, false, false],
  ["SHUTDOWN NOSAVE", false, false, false],
  ["SLAVEOF NO ONE", false, false, true],
  ["REPLICAOF NO ONE", false, false, false],
  ["PSYNC ? -1", false, false, true],
  ["REPLCONF ACK 1", false, false, true],
  ["SUBSCRIBE __sentinel__:hello", false, false, true],
  ["PUBLISH __sentinel__:hello x", false, false, true],
  ["PUBLISH other x", false, false, false],
  ["SLOWLOG GET 1", false, true, false],
  ["SLOWLOG RESET", false, false, false],
  ["LATENCY LATEST", false, true, false],
];

const onSentinel: readonly Row[] = [
  ["PING", true, true, true],
  ["INFO", false, true, true],
  ["SENTINEL GET-MASTER-ADDR-BY-NAME launchlab", true, false, true],
  ["SENTINEL SENTINELS launchlab", true, true, false],
  ["SENTINEL MASTERS", false, true, false],
  ["SENTINEL CKQUORUM launchlab", false, true, false],
  ["SENTINEL SLAVES launchlab", false, true, false],
  ["SENTINEL MASTER launchlab", false, false, true],
  ["SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 1 0 *", false, false, true],
  ["PUBLISH __sentinel__:hello x", false, false, true],
  ["SENTINEL FAILOVER launchlab", false, false, false],
  ["SENTINEL SET launchlab quorum 1", false, false, false],
  ["SENTINEL MONITOR other 127.0.0.1 1 1", false, false, false],
  ["SENTINEL REMOVE launchlab", false, false, false],
  ["SENTINEL CONFIG GET *", false, false, false],
  ["ACL SETUSER x on", false, false, false],
  ["SHUTDOWN", false, false, false],
];

describe.each([
  ["a server", onServer, () => server],
  ["a Sentinel", onSentinel, () => sentinel],
] as const)("on %s", (_, table, port) => {
  let admin: Redis;
  beforeAll(async () => {
    admin = await login(port(), "admin");
  });

  it.each(table)("%s: bot %s, exporter %s, member %s", async (command, bot, exporter, member) => {
    const may = async (user: RedisUser): Promise<boolean> => {
      const answer: unknown = await admin.call("ACL", "DRYRUN", user, ...command.split(" "));
      if (answer !== "OK") expect(answer).toMatch(/has no permissions|can't run|no permissions to access/);
      return answer === "OK";
    };
    expect({ bot: await may("bot"), exporter: await may("exporter"), member: await may("member") }).toEqual({
      bot,
      exporter,
      member,
    });
  });

  it("nobody gets in without a name and its password, from wherever", async () => {
    expect(await answerOf(port(), "PING")).toContain("-NOAUTH");
    expect(await answerOf(port(), "AUTH anything")).toContain("-WRONGPASS");
    expect(await answerOf(port(), `AUTH bot ${password("exporter")}`)).toContain("-WRONGPASS");
    // While there is a user without a password, Redis admits the machine itself alone.
    expect(JSON.stringify(await admin.call("ACL", "GETUSER", "default"))).toContain('["flags",["off"');
    expect(await admin.call("ACL", "LIST")).not.toEqual(
      expect.arrayContaining([expect.stringContaining("nopass")]),
    );
  });

  it("what a user may not is refused for real", async () => {
    const bot = await login(port(), "bot");
    expect(await bot.ping()).toBe("PONG");
    await expect(bot.call("CONFIG", "GET", "*")).rejects.toThrow(/NOPERM|unknown command/);
    await expect(bot.call("SHUTDOWN")).rejects.toThrow("NOPERM");
  });
});

it("a script of the bot can do no more than the bot", async () => {
  const bot = await login(server, "bot");
  expect(await bot.eval("return redis.call('incr', KEYS[1])", 1, "v1:script")).toBe(1);
  for (const call of ["'get', 'other'", "'keys', '*'", "'flushall'"])
    await expect(bot.eval(`return redis.call(${call})`, 0), call).rejects.toThrow(
      /The user executing the script|NOPERM/,
    );
});
