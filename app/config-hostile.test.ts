// Every variable with values that are none. Lines of docs/bad-input.md.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "launchlab-config-"));
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
beforeAll(() => mkdirSync(join(folder, "folder")));
afterAll(() => rmSync(folder, { recursive: true }));

const planted = "hunter2-4929123412341234";

const database = {
  LOG_LEVEL: "info",
  DATABASE_HOST: "db",
  DATABASE_PORT: "5432",
  DATABASE_NAME: "bot",
  DATABASE_USER: "bot",
  DATABASE_PASSWORD_FILE: file("database", "p@ss word\n"),
  DATABASE_TLS: "verify-full",
  DATABASE_CA_FILE: file("ca", "-----BEGIN CERTIFICATE-----"),
  DATABASE_POOL_SIZE: "10",
};
const serving = {
  ...database,
  HTTP_HOST: "127.0.0.1",
  ADMIN_PORT: "8081",
  BOT_TOKEN_FILE: file("token", "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"),
  WEBHOOK_SECRETS_FILE: file("secrets", "new-secret\nold_secret"),
  TELEGRAM_API_URL: "https://api.telegram.org",
  WEBHOOK_URL: "https://bot.example/telegram",
  WEBHOOK_CERTIFICATE_FILE: file("certificate", "-----BEGIN CERTIFICATE-----"),
  REDIS_USER: "bot",
  REDIS_PASSWORD_FILE: file("redis", "hunter"),
  BOT_ADMINS: "1,2",
  REDIS_HOST: "redis",
  REDIS_PORT: "6379",
};
const bySentinels = {
  REDIS_HOST: undefined,
  REDIS_PORT: undefined,
  REDIS_SENTINELS: "a:1,b:2",
  REDIS_PRIMARY: "launchlab",
  REDIS_SENTINEL_PASSWORD_FILE: file("sentinel", "hunter"),
};
const all: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  migrate: {
    ...database,
    ROLE: "migrate",
    DATABASE_LOGINS: "bot:bot_2",
    DATABASE_LOGIN_PASSWORDS_FILE: file("logins", "one"),
  },
  worker: {
    ...serving,
    ...bySentinels,
    ROLE: "worker",
    BACKUPS: "backup,drill",
    GATEWAY_TLS: "gateway:8443",
    MENTOR_URL: "https://ai.example/v1",
    MENTOR_MODEL: "small",
    MENTOR_KEY_FILE: file("mentor", "sk-1"),
  },
  web: {
    ...serving,
    ROLE: "web",
    HTTP_PORT: "8080",
    RATE_LIMIT_REQUESTS: "20",
    RATE_LIMIT_SECONDS: "60",
    PREMIUM_STARS: "250",
    REPLICAS: "2",
    IN_FLIGHT_LIMIT: "150",
    DRAIN_SECONDS: "5",
    ADMIN_TOKENS_FILE: file("tokens", "a".repeat(40)),
  },
};

/** What is wrong, as it is told; undefined when nothing is. */
function problem(env: Readonly<Record<string, string | undefined>>): string | undefined {
  try {
    loadConfig(env);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

const cases = Object.entries(all).flatMap(([role, env]) =>
  Object.keys(env)
    .filter((name) => env[name] !== undefined)
    .map((name) => ({ role, name, env })),
);
/** Where nothing is a list of nothing. */
const mayBeEmpty = ["BOT_ADMINS", "BACKUPS"];

it("each role is content with what it needs", () => {
  for (const env of Object.values(all)) expect(problem(env)).toBeUndefined();
});

describe.each(cases)("$name of $role", ({ name, env }) => {
  const wrong = (value: string): void => {
    const told = problem({ ...env, [name]: value });
    expect(told, JSON.stringify(value)).toMatch(new RegExp(`^  ${name}\\S* (is|must|names) `, "m"));
    expect(told).not.toContain(planted);
    // Without a role, everything else is looked at as if for the web.
    if (name !== "ROLE") expect(told?.split("\n").length).toBeLessThan(5);
  };

  it("is not empty, not blank, and one line", () => {
    for (const value of ["", "   ", "\t\r\n"]) if (!mayBeEmpty.includes(name)) wrong(value);
    for (const value of [`${String(env[name])}\r\n${planted}`, `${planted}\0`, `a\u0085b`]) wrong(value);
  });

  if (/_FILE$/.test(name))
    it("names a file that holds what it should", () => {
      const locked = file("locked", planted);
      chmodSync(locked, 0o000);
      for (const path of [planted, join(folder, "folder"), join(folder, "nothing"), file("empty", " \n")])
        wrong(path);
      if (process.getuid?.() !== 0) wrong(locked);
      const texts = [
        `${planted}\n\n${planted}`,
        `${planted} \u00a0${planted}`,
        "\ufeff",
        "ключ",
        "\0".repeat(40),
      ];
      if (!/_CA_|_CERTIFICATE_/.test(name))
        for (const text of texts) {
          const told = problem({ ...env, [name]: file("content", text) });
          expect(told ?? "").not.toContain(planted);
        }
    });

  if (/^\d+$/.test(env[name] ?? "") && name !== "BOT_ADMINS")
    it("is a whole number that fits", () => {
      for (const value of [
        "-1",
        "1.5",
        "1e3",
        "0x10",
        "NaN",
        "Infinity",
        "1 000",
        "１２",
        "9".repeat(30),
        planted,
      ])
        wrong(value);
    });

  if (/^https:/.test(env[name] ?? ""))
    it("is an address without a secret in it", () => {
      for (const value of [
        "bot.example",
        "//bot.example/telegram",
        "ftp://bot.example/telegram",
        "javascript:alert(1)",
        "file:///etc/passwd",
        `https://user:${planted}@bot.example/telegram`,
        `https://:${planted}@bot.example/telegram`,
        "https://bot.example/telegram/../other",
        "https:///",
        "https://bot.example:99999/telegram",
      ])
        if (name !== "MENTOR_URL" || !value.includes("/other")) wrong(value);
    });
});

it("users of the database never go without a password", () => {
  const { DATABASE_LOGIN_PASSWORDS_FILE: path, ...env } = all["migrate"] ?? {};
  expect(path).toBeDefined();
  expect(problem(env)).toContain("DATABASE_LOGIN_PASSWORDS_FILE is missing");
});

it("the token of a bot is part of no webhook's address", () => {
  const { web = {} } = all;
  for (const path of ["/telegram/123456:ABC", "/bot123456:ABC/telegram", "/123456:ABC"])
    expect(problem({ ...web, WEBHOOK_URL: `https://bot.example${path}` })).toContain(
      "with the path /telegram",
    );
});
