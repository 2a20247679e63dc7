import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packages } from "../../infra/packages.ts";
import { provide } from "../../infra/process-provider/packages.ts";
import { ofServer } from "../../infra/services/redis-users.ts";
import { ended, type TestServer } from "./postgres.ts";
import { freePort, until } from "./wait.ts";

export const redisPassword = "test-redis-password";

export interface TestRedis extends TestServer {
  /** Freezes the server: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
}

/**
 * A real Redis on a port of the loopback (a free one unless given), without persistence. Tests may do everything; as
 * `bot` and `exporter` they may do there what those may in a stack, but with keys of any name.
 */
export async function startRedis(port?: number): Promise<TestRedis> {
  const { programs, env } = await provide(packages.redis);
  const folder = await mkdtemp(join(tmpdir(), "launchlab-redis-"));
  const listen = port ?? (await freePort());
  const options = { port: listen, bind: "127.0.0.1", dir: folder, save: "", requirepass: redisPassword };
  const users = (["bot", "exporter"] as const).flatMap((user) => {
    const rights = ofServer[user].replace("~v1:*", "~*").split(" ");
    return ["--user", user, "on", `>${redisPassword}`, ...rights];
  });
  const child = spawn(
    programs["redis-server"] ?? "redis-server",
    [...Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)]), ...users],
    { env: { ...process.env, ...env }, stdio: "ignore" },
  );
  await until("Redis accepts connections", () => {
    if (child.exitCode !== null) throw new Error(`Redis ended with ${child.exitCode}`);
    return new Promise<boolean>((resolve) => {
      const socket = connect(listen, "127.0.0.1", () => resolve(true));
      socket.on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
  });
  return {
    port: listen,
    pause: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
    stop: async () => {
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      await ended(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
