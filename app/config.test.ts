import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";

let folder: string;
let good: Record<string, string>;
const token = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11";

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-config-"));
  good = {
    ROLE: "web",
    HTTP_PORT: "8080",
    ADMIN_PORT: "8081",
    BOT_TOKEN_FILE: file("token", `${token}\n`),
    WEBHOOK_SECRETS_FILE: file("secrets", "new-secret\r\nold_secret\n\n"),
    ADMIN_TOKENS_FILE: file("tokens", "a-token-of-the-stack-that-is-long-enough\n"),
    WEBHOOK_URL: "https://bot.example/telegram",
    DATABASE_HOST: "db",
    DATABASE_NAME: "bot",
    DATABASE_USER: "bot",
    DATABASE_PASSWORD_FILE: file("database", "p@ss word\n"),
    REDIS_HOST: "redis",
    REDIS_PASSWORD_FILE: file("redis", "hunter2"),
  };
});

afterAll(() => rmSync(folder, { recursive: true }));

function problems(env: Record<string, string | undefined>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

test("a web replica gets its configuration, with the defaults", () => {
  expect(loadConfig(good)).toEqual({
    role: "web",
    adminTokens: ["a-token-of-the-stack-that-is-long-enough"],
    logLevel: "info",
    host: "127.0.0.1",
    port: 8080,
    adminPort: 8081,
    database: {
      host: "db",
      port: 5432,
      name: "bot",
      user: "bot",
      password: "p@ss word",
      tls: "disable",
      caFile: undefined,
      poolSize: 10,
    },
    redis: { host: "redis", port: 6379, user: "default", password: "hunter2" },
    telegram: {
      apiUrl: "https://api.telegram.org",
      token,
      webhookUrl: "https://bot.example/telegram",
      webhookSecrets: ["new-secret", "old_secret"],
    },
    admins: [],
    premiumStars: 250,
    rateLimit: { requests: 20, seconds: 60 },
    replicas: 1,
    inFlightLimit: 150,
    drainSeconds: 5,
  });
});

test("those who run the bot are known by their ids", () => {
  expect(loadConfig({ ...good, BOT_ADMINS: "1234567,7654321" })).toMatchObject({
    admins: [1234567, 7654321],
  });
});

test("the task that migrates needs the database only", () => {
  const own = Object.entries(good).filter(([name]) => name.startsWith("DATABASE_"));
  const env = { ...Object.fromEntries(own), ROLE: "migrate" };
  expect(loadConfig(env)).toMatchObject({ role: "migrate", logins: [] });
  const listed = { ...env, DATABASE_LOGINS: "bot:bot_2,monitor:monitor_2" };
  const passwords = (content: string) => ({ DATABASE_LOGIN_PASSWORDS_FILE: file("logins", content) });
  expect(loadConfig({ ...listed, ...passwords("one\nother\n") })).toMatchObject({
    logins: [
      { kind: "bot", user: "bot_2", password: "one" },
      { kind: "monitor", user: "monitor_2", password: "other" },
    ],
  });
  const needed = "DATABASE_LOGIN_PASSWORDS_FILE must contain a password for each user of DATABASE_LOGINS";
  expect(problems({ ...listed, ...passwords("one\n") })).toContain(needed);
  for (const wrong of ["bot:bot 2", "bot_2", "owner:bot_2", "bot:a:b", "bot:bot_2,"])
    expect(problems({ ...listed, DATABASE_LOGINS: wrong })).toContain(
      "DATABASE_LOGINS must be kinds and users",
    );
});

test("a worker watches over backups and a certificate where it is told to", () => {
  const worker = { ...good, ROLE: "worker" };
  expect(loadConfig(worker)).toMatchObject({ backups: [], gatewayTls: undefined });
  expect(loadConfig({ ...worker, BACKUPS: "backup,drill", GATEWAY_TLS: "gateway:8443" })).toMatchObject({
    backups: ["backup", "drill"],
    gatewayTls: { host: "gateway", port: 8443 },
  });
  expect(problems({ ...worker, BACKUPS: "dump" })).toMatch(
    /BACKUPS\S* must be empty or some of backup,drill/,
  );
  for (const wrong of ["gateway", "https://gateway:8443", "a:1,b:2"])
    expect(problems({ ...worker, GATEWAY_TLS: wrong }), wrong).toContain(
      "GATEWAY_TLS must be the address at which the gateway answers over TLS, as host:port",
    );
});

test("a worker has a mentor when all of it is said, and none when nothing is", () => {
  const worker = { ...good, ROLE: "worker" };
  const mentor = {
    MENTOR_URL: "https://ai.example/v1/",
    MENTOR_MODEL: "small",
    MENTOR_KEY_FILE: file("mentor", "sk-1\n"),
  };
  expect(loadConfig(worker)).toMatchObject({ mentor: undefined });
  expect(loadConfig({ ...worker, ...mentor })).toMatchObject({
    mentor: { url: "https://ai.example/v1", key: "sk-1", model: "small" },
  });
  for (const name of Object.keys(mentor))
    expect(problems({ ...worker, ...mentor, [name]: undefined })).toContain(
      `${name} is missing: set all of MENTOR_URL, MENTOR_MODEL, MENTOR_KEY_FILE, or none`,
    );
  for (const wrong of ["ai.example", "https://user:secret@ai.example", "https://ai.example/v1?key=secret"]) {
    const text = problems({ ...worker, ...mentor, MENTOR_URL: wrong });
    expect(text).toContain("MENTOR_URL must be the http or https address of an OpenAI-compatible API");
    expect(text).not.toContain("secret");
  }
  expect(problems({ ...worker, ...mentor, MENTOR_KEY_FILE: file("two-keys", "a\nb") })).toContain(
    "MENTOR_KEY_FILE must contain a key in one line",
  );
});

test("Redis may be found by its Sentinels instead", () => {
  const { REDIS_HOST: host, ...rest } = good;
  const bySentinels = {
    ...rest,
    REDIS_SENTINELS: "sentinel-0:26379, 10.0.0.1:26380",
    REDIS_PRIMARY: "launchlab",
    REDIS_SENTINEL_PASSWORD_FILE: file("sentinel", "hunter3\n"),
  };
  expect(loadConfig(bySentinels)).toMatchObject({
    redis: {
      sentinels: [
        { host: "sentinel-0", port: 26379 },
        { host: "10.0.0.1", port: 26380 },
      ],
      primary: "launchlab",
      password: "hunter2",
      sentinelPassword: "hunter3",
    },
  });
  expect(problems({ ...bySentinels, REDIS_HOST: host })).toContain(
    "REDIS_HOST must not be set together with",
  );
  for (const wrong of ["sentinel-0", "sentinel-0:", "a:1,,b:2", "a:70000", "a:0", "redis://a:1"])
    expect(problems({ ...bySentinels, REDIS_SENTINELS: wrong }), wrong).toContain(
      "REDIS_SENTINELS must be the Sentinels of Redis as host:port, with commas between them",
    );
  const { REDIS_PRIMARY: name, ...unnamed } = bySentinels;
  expect(problems({ ...unnamed, REDIS_SENTINEL_PASSWORD_FILE: undefined })).toMatch(
    /REDIS_PRIMARY is missing[\s\S]*REDIS_SENTINEL_PASSWORD_FILE is missing/,
  );
  expect(name).toBe("launchlab");
  expect(problems(rest)).toContain(
    "REDIS_HOST is missing: set it to the host of Redis, or use REDIS_SENTINELS",
  );
});

test("all problems come in one error, each with the variable and what to do", () => {
  const text = problems({
    ...good,
    HTTP_PORT: undefined,
    ADMIN_PORT: "70000",
    RATE_LIMIT_REQUESTS: "0",
    BOT_ADMINS: "ada",
    RATE_LIMIT_SECONDS: "1e3",
    IN_FLIGHT_LIMIT: "-5",
    REPLICAS: "2.5",
    DRAIN_SECONDS: "",
    LOG_LEVEL: "loud",
    DATABASE_HOST: "  ",
    DATABASE_TLS: "yes",
    WEBHOOK_URL: "https://bot.example/other",
    TELEGRAM_API_URL: "ftp://x",
  });
  expect(text.split("\n").slice(1).sort()).toEqual(
    [
      "  ADMIN_PORT must be a whole number from 1 to 65535",
      "  BOT_ADMINS must be empty or ids of people at Telegram with commas between them, such as 1234567,7654321",
      "  DATABASE_HOST is empty: set it to the host of Postgres",
      "  DATABASE_TLS must be one of disable, require, verify-full",
      "  DRAIN_SECONDS is empty: set it to a whole number from 0 to 600",
      "  HTTP_PORT is missing: set it to a whole number from 1 to 65535",
      "  IN_FLIGHT_LIMIT must be a whole number from 1 to 10000",
      "  LOG_LEVEL must be one of trace, debug, info, warn, error, fatal",
      "  RATE_LIMIT_REQUESTS must be a whole number from 1 to 100",
      "  RATE_LIMIT_SECONDS must be a whole number from 1 to 86400",
      "  REPLICAS must be a whole number from 1 to 1000",
      "  TELEGRAM_API_URL must be the http or https address of the Bot API, without a path",
      "  WEBHOOK_URL must be the public http or https address of the webhook, with the path /telegram",
    ].sort(),
  );
});

test("an unknown role is named together with the other problems", () => {
  expect(problems({ ...good, ROLE: "boss", HTTP_PORT: "x" })).toMatch(
    /ROLE must be one of web, worker, migrate[\s\S]*HTTP_PORT must be/,
  );
  expect(problems({})).toContain("ROLE is missing: set it to one of web, worker, migrate");
});

test("bad secret files are explained without repeating path or content", () => {
  const text = problems({
    ...good,
    BOT_TOKEN_FILE: token,
    WEBHOOK_SECRETS_FILE: file("bad-secrets", "with space inside"),
    ADMIN_TOKENS_FILE: file("bad-tokens", "too-short"),
    DATABASE_PASSWORD_FILE: file("empty", " \n"),
    REDIS_PASSWORD_FILE: file("two", "one-line\ntwo-lines"),
  });
  expect(text).toContain("BOT_TOKEN_FILE names a file that cannot be read (ENOENT)");
  expect(text).toContain("WEBHOOK_SECRETS_FILE must contain secrets of 1 to 256 characters");
  expect(text).toContain("ADMIN_TOKENS_FILE must contain tokens of 32 to 256 characters");
  expect(text).toContain("DATABASE_PASSWORD_FILE names an empty file");
  expect(text).toContain("REDIS_PASSWORD_FILE must contain a single line");
  for (const secret of [token, "with space", "too-short", "one-line", folder])
    expect(text).not.toContain(secret);
});
