import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSpec } from "../../infra/process-provider/spec.ts";
import { openStack } from "../alerts/stack.ts";
import { startProxy, type Proxy } from "./proxy.ts";
import { startReplicas } from "./replicas.ts";
import type { Bench } from "./row.ts";
import type { Start } from "./run.ts";

/** Processes of the bot. */
const BOT = ["web-0", "web-1", "worker-0"];

/** Opens a stack that runs, in that folder, and closes it when something was done with it. */
export async function withOpenStack<T>(
  folder: string,
  more: Pick<Start, "dice" | "rate">,
  use: (start: Start) => Promise<T>,
): Promise<T> {
  const runs = join(folder, "run");
  const [secret = ""] = readFileSync(join(runs, "web-0/secrets/WEBHOOK_SECRETS"), "utf8").split("\n");
  const webhook = String(readSpec(join(runs, "web-0")).env["WEBHOOK_URL"]);
  const stack = openStack(folder);
  try {
    return await use({ ...more, stack, runs, webhook, secret });
  } finally {
    await stack.close();
  }
}

/** Puts other processes into the places of the bot's, and proxies before what they call, while something is done. */
export async function withBench<T>(
  start: Start,
  use: (bench: Start & Omit<Bench, "load">) => Promise<T>,
): Promise<T> {
  const { stack, runs } = start;
  const proxies: Proxy[] = [];
  const before = async (port: number): Promise<Proxy> => {
    const proxy = await startProxy(port);
    proxies.push(proxy);
    return proxy;
  };
  try {
    const [postgres, redis] = [await before(stack.databasePort), await before(stack.redisPort)];
    const botApi = await before(Number(new URL(stack.simulator).port));
    const replicas = await startReplicas(stack, runs, BOT, {
      DATABASE_PORT: String(postgres.port),
      REDIS_PORT: String(redis.port),
      TELEGRAM_API_URL: `http://127.0.0.1:${botApi.port}`,
      // What waited at Telegram comes faster than a person can write.
      RATE_LIMIT_REQUESTS: "100",
    });
    try {
      return await use({ ...start, replicas, postgres, redis, botApi });
    } finally {
      await replicas.close();
    }
  } finally {
    proxies.forEach((proxy) => proxy.close());
  }
}
