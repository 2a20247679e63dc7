import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { createServer, type AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { freshDatabase, sql } from "../test/support/database.ts";
import { ended } from "../test/support/postgres.ts";
import { redisPassword } from "../test/support/redis.ts";
import { freePort, until } from "../test/support/wait.ts";
import { secret, token } from "./testing/bot.ts";
import { startFakeApi, type FakeApi } from "./testing/fake-api.ts";
import { message, person } from "./testing/updates.ts";

const servers = inject("servers");
const main = join(import.meta.dirname, "main.ts");
let folder: string;
let api: FakeApi;
let database: string;
const stopping: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-bot-"));
  for (const [name, content] of Object.entries({
    token,
    secrets: secret,
    database: "x",
    redis: redisPassword,
  })) {
    writeFileSync(join(folder, name), content);
  }
  api = await startFakeApi();
  database = await freshDatabase(servers.postgres);
});

afterEach(async () => {
  api.answer = () => undefined;
  for (const stop of stopping.splice(0)) await stop();
});

afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

/** Starts the real program; `stdout` may be a file descriptor. */
async function run(role: string, env: Record<string, string> = {}, stdout: "pipe" | number = "pipe") {
  const [port, adminPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [main], {
    stdio: ["ignore", stdout, "pipe"],
    env: {
      PATH: process.env["PATH"],
      ROLE: role,
      HTTP_PORT: String(port),
      ADMIN_PORT: String(adminPort),
      BOT_TOKEN_FILE: join(folder, "token"),
      WEBHOOK_SECRETS_FILE: join(folder, "secrets"),
      TELEGRAM_API_URL: api.url,
      WEBHOOK_URL: "https://bot.example/telegram",
      DATABASE_HOST: "127.0.0.1",
      DATABASE_PORT: String(servers.postgres),
      DATABASE_NAME: database,
      DATABASE_USER: "postgres",
      DATABASE_PASSWORD_FILE: join(folder, "database"),
      REDIS_HOST: "127.0.0.1",
      REDIS_PORT: String(servers.redis),
      REDIS_PASSWORD_FILE: join(folder, "redis"),
      DRAIN_SECONDS: "0",
      ...env,
    },
  });
  const output = { out: "", err: "" };
  child.stdout?.on("data", (chunk: Buffer) => (output.out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (output.err += chunk.toString()));
  stopping.push(async () => {
    child.kill("SIGKILL");
    await ended(child);
  });
  const ready = async () => {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/ready`).catch(() => undefined);
    return { status: answer?.status, body: answer === undefined ? "" : await answer.text() };
  };
  return {
    child,
    output,
    ready,
    untilReady: () =>
      until("the bot is ready", async () => {
        if (child.exitCode !== null) throw new Error(`ended: ${output.out}${output.err}`);
        return (await ready()).status === 200;
      }),
    get: async (path: string) => (await fetch(`http://127.0.0.1:${adminPort}${path}`)).text(),
    deliver: (update: object) =>
      fetch(`http://127.0.0.1:${port}/telegram`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret },
        body: JSON.stringify(update),
      }),
  };
}

test("a web replica starts, registers, serves, and on SIGTERM finishes what is in work", async () => {
  const bot = await run("web");
  await bot.untilReady();
  await until("the webhook is registered", () => api.calls.some(({ method }) => method === "setWebhook"));
  const ada = person();
  expect((await bot.deliver(message(ada, "/start"))).status).toBe(200);
  expect(api.texts(ada.id)[0]).toContain("Welcome to Launch Lab");

  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  api.answer = () => ({ after: released });
  const calls = api.calls.length;
  const inWork = bot.deliver(message(ada, "/help"));
  await until("the answer is under way", () => api.calls.length > calls);
  bot.child.kill("SIGTERM");
  await until("no new update is taken", () =>
    bot.deliver(message(person(), "/help")).then(
      ({ status }) => status === 503,
      () => true,
    ),
  );
  // Acknowledged, since the message is safe, while it still is on its way.
  expect((await inWork).status).toBe(200);
  release();
  await ended(bot.child);
  expect(bot.child.exitCode).toBe(0);
  expect(bot.output.out).toContain('"msg":"stopped"');
  expect(api.calls.map(({ method }) => method)).not.toContain("deleteWebhook");
  expect(await sql(servers.postgres, database, "SELECT * FROM outbox")).toEqual([]);
});

test("while it drains it is not ready, and serves on", async () => {
  const bot = await run("web", { DRAIN_SECONDS: "60" });
  await bot.untilReady();
  bot.child.kill("SIGTERM");
  await until("it says so", async () => (await bot.ready()).status === 503);
  expect((await bot.ready()).body).toContain("shutting down");
  expect((await bot.deliver(message(person(), "/help"))).status).toBe(200);
  bot.child.kill("SIGTERM");
  await ended(bot.child);
  expect(bot.child.exitCode).toBe(1);
});

test("it starts and becomes ready without the Bot API and without Redis, and says what is missing", async () => {
  const away = await freePort();
  const bot = await run("web", { TELEGRAM_API_URL: `http://127.0.0.1:${away}`, REDIS_PORT: String(away) });
  await bot.untilReady();
  expect(JSON.parse((await bot.ready()).body)).toMatchObject({ status: "degraded" });
  expect((await bot.deliver(message(person(), "/help"))).status).toBe(200);
  expect(await bot.get("/metrics")).toContain("bot_cache_fallback_active 1");
});

test("it is alive but not ready without its database or its migrations", async () => {
  const empty = await freshDatabase(servers.postgres, true);
  const [unmigrated, unreachable] = await Promise.all([
    run("web", { DATABASE_NAME: empty }),
    run("web", { DATABASE_PORT: String(await freePort()) }),
  ]);
  await until("both answer", async () =>
    [await unmigrated.ready(), await unreachable.ready()].every(({ status }) => status === 503),
  );
  expect(await unreachable.get("/health")).toContain("ok");
  expect((await unreachable.ready()).body).toContain("the database has not answered lately");
  expect((await unreachable.deliver(message(person(), "/help"))).status).toBe(429);
  const migrated = await run("migrate", { DATABASE_NAME: empty });
  await ended(migrated.child);
  expect(migrated.child.exitCode).toBe(0);
  expect(migrated.output.out).toContain("Applied 001_core");
  await unmigrated.untilReady();
});

test("the worker sends what is left over, reports it, and stops", async () => {
  const ada = person();
  await sql(
    servers.postgres,
    database,
    `INSERT INTO outbox (chat_id, method, payload) VALUES
     (${ada.id}, 'sendMessage', '{"chat_id": ${ada.id}, "text": "left over"}')`,
  );
  const bot = await run("worker");
  await until("it is sent", () => api.texts(ada.id).length > 0);
  await until("the registration is checked", async () =>
    (await bot.get("/metrics")).includes("bot_telegram_pending_updates 3"),
  );
  bot.child.kill("SIGTERM");
  await ended(bot.child);
  expect(bot.child.exitCode).toBe(0);
});

test("a worker whose mentor does not answer tells people, opens its breaker, and shows it without being less ready", async () => {
  const people = Array.from({ length: 5 }, () => person());
  for (const { id } of people)
    await sql(
      servers.postgres,
      database,
      `INSERT INTO users (id) VALUES (${id})`,
      `WITH job AS (INSERT INTO jobs (kind, user_id) VALUES ('mentor', ${id}) RETURNING id)
       INSERT INTO mentor_questions (user_id, job_id, question, asked_on) SELECT ${id}, id, 'planted?', now() FROM job`,
    );
  writeFileSync(join(folder, "mentor"), "planted-key");
  const bot = await run("worker", {
    LOG_LEVEL: "debug",
    MENTOR_URL: `http://127.0.0.1:${await freePort()}/v1`,
    MENTOR_MODEL: "any",
    MENTOR_KEY_FILE: join(folder, "mentor"),
  });
  await bot.untilReady();
  expect(JSON.parse((await bot.ready()).body)).toMatchObject({ mentor: { openings: 0 } });
  for (const { id } of people) await until("the person is told", () => api.texts(id).length > 0);
  const { status, body } = await bot.ready();
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({
    status: "ok",
    mentor: {
      state: "open",
      failures_in_a_row: 5,
      openings: 1,
      opened_at: expect.any(String) as unknown,
      next_try_at: expect.any(String) as unknown,
    },
  });
  expect(await bot.get("/metrics")).toContain("bot_mentor_breaker_state 2");
  expect(bot.output.out).toContain("the endpoint cannot be reached");
  expect(bot.output.out + bot.output.err).not.toContain("planted");
});

test("a wrong configuration ends it at once, with one list and no stack trace", async () => {
  const bot = await run("web", { HTTP_PORT: "http", ADMIN_PORT: " " });
  await ended(bot.child);
  expect(bot.child.exitCode).toBe(1);
  expect(bot.output.err).toBe(
    "The configuration is not usable:\n" +
      "  ADMIN_PORT is empty: set it to a whole number from 1 to 65535\n" +
      "  HTTP_PORT must be a whole number from 1 to 65535\n",
  );
});

test.runIf(process.platform === "linux")(
  "a full disk or a closed pipe under the log does not end it, and no secret is where others can see it",
  async () => {
    const full = openSync("/dev/full", "w");
    const [onFull, onPipe] = await Promise.all([
      run("web", { LOG_LEVEL: "trace" }, full),
      run("web", { LOG_LEVEL: "trace" }),
    ]);
    closeSync(full);
    onPipe.child.stdout?.destroy();
    for (const bot of [onFull, onPipe]) {
      await bot.untilReady();
      for (let i = 0; i < 30; i += 1) {
        expect((await bot.deliver(message(person(), "/help"))).status).toBe(200);
      }
      const seen = ["cmdline", "environ"].map((file) =>
        readFileSync(`/proc/${bot.child.pid}/${file}`, "utf8"),
      );
      const all = `${seen.join()}${bot.output.out}${bot.output.err}${await bot.get("/metrics")}`;
      for (const hidden of [token, secret, redisPassword]) expect(all).not.toContain(hidden);
      bot.child.kill("SIGTERM");
      await ended(bot.child);
      expect(bot.child.exitCode).toBe(0);
    }
  },
);

test("a worker tells how long the gateway's certificate is good for, and 0 when it shows none", async () => {
  const [cert, key] = [join(folder, "tls.crt"), join(folder, "tls.key")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const subject = ["-subj", "/CN=bot.example", "-days", "2", "-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", "-x509", ...curve, ...subject], { stdio: "pipe" });
  const asked: unknown[] = [];
  const tls = createTlsServer({
    cert: readFileSync(cert),
    key: readFileSync(key),
    SNICallback: (name, use) => {
      asked.push(name);
      use(null);
    },
  });
  const mute = createServer((socket) => socket.destroy());
  for (const [gateway, least, most] of [
    [tls, 1.9 * 86_400, 2 * 86_400],
    [mute, 0, 0],
  ] as const) {
    gateway.listen(0, "127.0.0.1");
    await once(gateway, "listening");
    const { port } = gateway.address() as AddressInfo;
    const bot = await run("worker", { GATEWAY_TLS: `127.0.0.1:${port}` });
    await bot.untilReady();
    const left = await until("the figure is there", async () =>
      /certificate_left_seconds\{host="bot.example"\} (\S+)/.exec(await bot.get("/metrics")),
    );
    expect(Number(left?.[1])).toBeGreaterThanOrEqual(least);
    expect(Number(left?.[1])).toBeLessThanOrEqual(most);
    gateway.close();
  }
  expect(asked).toEqual(["bot.example"]);
});
