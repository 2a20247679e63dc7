import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, until } from "../../test/support/wait.ts";
import { checkout } from "../../infra/toolchain/folders.ts";
import { environmentOf, POOL_SIZE, type Settings } from "./settings.ts";

/** A process that answers updates. */
export interface Started {
  readonly pid: number;
  readonly port: number;
  /** From its start to its first answer. */
  readonly milliseconds: number;
  readonly stop: () => Promise<void>;
}

export interface Contender {
  readonly name: string;
  readonly start: (settings: Settings) => Promise<Started>;
}

async function running(child: ChildProcess, port: number, after: () => void): Promise<Started> {
  const from = performance.now();
  await until("the contender answers", () => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    return fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  });
  if (child.pid === undefined) throw new Error("it did not start");
  return {
    pid: child.pid,
    port,
    milliseconds: performance.now() - from,
    stop: async () => {
      child.kill("SIGTERM");
      await until("it has ended", () => child.exitCode !== null || child.signalCode !== null);
      after();
    },
  };
}

const script = (name: string, file: string): Contender => ({
  name,
  start: (settings) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, file)], {
      env: { ...process.env, ...environmentOf(settings) },
      stdio: ["ignore", "ignore", "inherit"],
    });
    return running(child, settings.port, () => undefined);
  },
});

/** One web replica as the stack runs it. */
export const launchlab: Contender = {
  name: "launchlab",
  start: async ({ port, postgresPort, database, redisPort, redisPassword, apiUrl, token, secret }) => {
    const folder = mkdtempSync(join(tmpdir(), "launchlab-bench-"));
    const secretFile = (name: string, value: string): string => {
      writeFileSync(join(folder, name), value, { mode: 0o600 });
      return join(folder, name);
    };
    const child = spawn(process.execPath, [join(checkout, "app/main.ts")], {
      env: {
        PATH: process.env["PATH"],
        ROLE: "web",
        HTTP_HOST: "127.0.0.1",
        HTTP_PORT: String(port),
        ADMIN_PORT: String(await freePort()),
        DATABASE_HOST: "127.0.0.1",
        DATABASE_PORT: String(postgresPort),
        DATABASE_NAME: database,
        DATABASE_USER: "postgres",
        DATABASE_TLS: "disable",
        DATABASE_POOL_SIZE: String(POOL_SIZE),
        DATABASE_PASSWORD_FILE: secretFile("database", "unused"),
        REDIS_HOST: "127.0.0.1",
        REDIS_PORT: String(redisPort),
        REDIS_PASSWORD_FILE: secretFile("redis", redisPassword),
        TELEGRAM_API_URL: apiUrl,
        BOT_TOKEN_FILE: secretFile("token", token),
        WEBHOOK_URL: `http://127.0.0.1:${port}/telegram`,
        WEBHOOK_SECRETS_FILE: secretFile("webhook", secret),
        RATE_LIMIT_REQUESTS: "100",
        DRAIN_SECONDS: "0",
        LOG_LEVEL: "info",
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    return running(child, port, () => {
      rmSync(folder, { recursive: true });
    });
  },
};

/** In the order in which they take turns. */
export const contenders: readonly Contender[] = [
  launchlab,
  script("stock grammY", "stock.ts"),
  script("floor", "floor.ts"),
];
