import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ConfigError } from "../config.ts";
import { loadBackupConfig } from "./config.ts";

const identity = "AGE-SECRET-KEY-1VKFWLSLJFY6YJVR3DSFMWLD6T6ELL3Q6KEU99SYFJFEU7KHFEZHQPQPFKL";
let folder: string;
let env: Record<string, string>;
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-backup-"));
  env = {
    DATABASE_HOST: "db",
    DATABASE_NAME: "launchlab",
    DATABASE_USER: "launchlab",
    DATABASE_PASSWORD_FILE: file("password", "x"),
    BACKUP_FOLDER: "/backups",
    BACKUP_SIGNATURE_FILE: file("signature", "s".repeat(48)),
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

const problemsOf = (changes: Record<string, string | undefined>): readonly string[] => {
  try {
    loadBackupConfig({ ...env, ...changes });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

it("needs no keys to look at backups, and keeps 7 days and 4 weeks", () => {
  expect(loadBackupConfig(env)).toMatchObject({
    folder: "/backups",
    recipient: undefined,
    identity: undefined,
    keep: { daily: 7, weekly: 4 },
  });
});

it("reads an identity as age-keygen writes it, with its comments", () => {
  const path = file("identity", `# created: 2026-01-01\n# public key: age1...\n${identity}\n`);
  expect(loadBackupConfig({ ...env, BACKUP_IDENTITY_FILE: path }).identity).toBe(identity);
});

it("knows a bucket by its name, and needs all that it takes to reach it", () => {
  const bucket = {
    BACKUP_BUCKET: "launchlab",
    BACKUP_BUCKET_ENDPOINT: "https://s3.example.org",
    BACKUP_BUCKET_PREFIX: "production",
    BACKUP_ACCESS_KEY_FILE: file("access", "an-access-key"),
    BACKUP_SECRET_KEY_FILE: file("secret", "a-secret-key\n"),
  };
  expect(loadBackupConfig({ ...env, ...bucket }).bucket).toEqual({
    endpoint: "https://s3.example.org",
    region: "us-east-1",
    bucket: "launchlab",
    prefix: "production/",
    pathStyle: true,
    accessKey: "an-access-key",
    secretKey: "a-secret-key",
  });
  expect(loadBackupConfig(env).bucket).toBeUndefined();
  const problems = problemsOf({ BACKUP_BUCKET: "launchlab", BACKUP_BUCKET_ENDPOINT: "s3.example.org" });
  expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
    "BACKUP_BUCKET_ENDPOINT",
    "BACKUP_ACCESS_KEY_FILE",
    "BACKUP_SECRET_KEY_FILE",
  ]);
});

it("lists everything that is wrong at once, and shows no value", () => {
  const problems = problemsOf({
    DATABASE_HOST: undefined,
    BACKUP_FOLDER: " ",
    BACKUP_SIGNATURE_FILE: file("short", "short-secret"),
    BACKUP_RECIPIENT_FILE: file("swapped", identity),
    BACKUP_IDENTITY_FILE: "/nowhere/at-all",
    BACKUP_KEEP_DAILY: "0",
    BACKUP_KEEP_WEEKLY: "many",
  });
  expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
    "DATABASE_HOST",
    "BACKUP_FOLDER",
    "BACKUP_KEEP_DAILY",
    "BACKUP_KEEP_WEEKLY",
    "BACKUP_SIGNATURE_FILE",
    "BACKUP_RECIPIENT_FILE",
    "BACKUP_IDENTITY_FILE",
  ]);
  expect(problems.join()).not.toMatch(/short-secret|SECRET-KEY-1VK|nowhere/);
});
