import { RunError } from "@pulumi/pulumi";
import { z } from "zod";
import { alertKeys, alertProblems } from "./config-alerts.ts";
import { backupKeys, backupProblems } from "./config-backup.ts";
import { dockerKeys, dockerProblems } from "./config-docker.ts";
import { edgeKeys, edgeProblems } from "./config-edge.ts";
import { placementKeys } from "./config-placement.ts";
import { kubernetesKeys } from "./config-kubernetes.ts";
import { mentorKeys, mentorProblems } from "./config-mentor.ts";
import { monitoringKeys, monitoringProblems } from "./config-monitoring.ts";
import { postgresKeys, postgresProblems } from "./config-postgres.ts";

/** A key of the stack's configuration, its rule, and the sentence that says how to mend it. */
const keys = {
  platform: z
    .enum(["local", "docker", "kubernetes"], { error: "must be local, docker or kubernetes" })
    .default("local"),
  users: z.coerce
    .number({ error: "must be a whole number of active users, 1 to 20000" })
    .int("must be a whole number of active users, 1 to 20000")
    .min(1, "must be at least 1 active user")
    .max(20_000, "is more than one machine carries: 20000 at most")
    .default(2000),
  basePort: z.coerce
    .number({ error: "must be a port number" })
    .int("must be a whole port number")
    .min(1024, "must be 1024 or more: lower ports need root")
    .max(65_000, "must be 65000 or less: the stack takes 120 ports from there")
    .default(8400),
  keepData: z.stringbool({ error: "must be true or false" }).default(false),
  grafana: z.enum(["auto", "on", "off"], { error: "must be auto, on or off" }).default("auto"),
  rateLimit: z.coerce
    .number({ error: "must be a number of requests per minute and person, 1 to 100" })
    .int("must be a whole number of requests per minute and person")
    .min(1, "must be at least 1 request per minute and person")
    .max(100, "must be at most 100 requests per minute and person")
    .default(20),
  premiumStars: z.coerce
    .number({ error: "must be a whole number of Telegram Stars, 1 to 10000" })
    .int("must be a whole number of Telegram Stars")
    .min(1, "must be at least 1 Telegram Star")
    .max(10_000, "must be at most 10000 Telegram Stars")
    .default(250),
  admins: z
    .string()
    .regex(/^\d{1,15}(,\d{1,15})*$/, "must be ids of people at Telegram with commas between them")
    .default(""),
  logLevel: z
    .enum(["trace", "debug", "info", "warn", "error"], { error: "must be trace, debug, info, warn or error" })
    .default("info"),
  secretGeneration: z.coerce
    .number({ error: "must be a whole number, 1 or more" })
    .int("must be a whole number, 1 or more")
    .min(1, "must be 1 or more")
    .max(9999, "must be 9999 at most")
    .default(1),
  redisHa: z.enum(["none", "sentinel"], { error: "must be none or sentinel" }).default("none"),
  ...alertKeys,
  ...backupKeys,
  ...dockerKeys,
  ...edgeKeys,
  ...placementKeys,
  ...kubernetesKeys,
  ...mentorKeys,
  ...monitoringKeys,
  ...postgresKeys,
};

const schema = z.object(keys);
/** Names of all settings. */
export const knownKeys = Object.keys(keys);

/** The checked configuration of a stack. */
export type Config = z.infer<typeof schema>;

/** Reads one raw value of the stack's configuration; undefined when it is not set. */
export type ReadKey = (key: string) => string | undefined;

/** What the platform `kubernetes` cannot guess. */
const neededByKubernetes = {
  kubeconfig: "the path of the kubeconfig file; the one in KUBECONFIG may be another cluster's tomorrow",
  kubeContext: "the context of the kubeconfig file that names the cluster",
  botImage: "the bot's image in a registry that the cluster reaches",
};

/** A refused value, as far as it cannot be a secret that was set under the wrong key. */
function shown(value: string | undefined): string {
  return value !== undefined && /^[\w .+-]{0,20}$/.test(value) ? ` (it is ${JSON.stringify(value)})` : "";
}

/** What is known of the configuration besides the values that are read. */
export interface Given {
  /** The keys that are set, so that one nobody reads is noticed. @default none */
  readonly keys?: readonly string[];
  /** A real bot's token is set, so Telegram must be able to reach the webhook. @default false */
  readonly hasToken?: boolean;
  /** A token for alerts alone is set. @default false */
  readonly hasAlertToken?: boolean;
  /** The password of an external Postgres is set. @default false */
  readonly hasPassword?: boolean;
  /** The key of the mentor's API is set. @default false */
  readonly hasMentorKey?: boolean;
  /** The key that opens the backups is set. @default false */
  readonly hasIdentity?: boolean;
  /** Those that are set of the keys of the backups' bucket: backup:accessKey, backup:secretKey. @default none */
  readonly bucketSecrets?: readonly string[];
}

/** The stack's configuration, checked. Every problem is in one error, each with its key and what to do. */
export function loadConfig(read: ReadKey, given: Given = {}): Config {
  const { hasToken = false, hasPassword = false, hasIdentity = false, hasMentorKey = false } = given;
  const { hasAlertToken = false, bucketSecrets = [] } = given;
  const raw = Object.fromEntries(knownKeys.map((key) => [key, read(key)]));
  const result = schema.safeParse(raw);
  const problems: string[] = [];
  for (const key of given.keys ?? []) {
    if (!(key in keys)) {
      problems.push(`launchlab:${key} is not a setting; known are ${knownKeys.join(", ")}`);
    }
  }
  if (!result.success) {
    for (const issue of result.error.issues) {
      const key = String(issue.path[0]);
      problems.push(`launchlab:${key} ${issue.message}${shown(raw[key])}`);
    }
  }
  if (hasToken && raw["webhookUrl"] === undefined) {
    problems.push(
      "launchlab:webhookUrl is missing: with a real bot:token, Telegram needs an https:// address of the gateway",
    );
  }
  if (raw["platform"] === "kubernetes") {
    for (const [key, why] of Object.entries(neededByKubernetes)) {
      if (raw[key] === undefined) problems.push(`launchlab:${key} is missing: ${why}`);
    }
  }
  problems.push(...alertProblems(raw, hasToken, hasAlertToken));
  problems.push(...backupProblems(raw, { hasIdentity, bucketSecrets }));
  problems.push(...dockerProblems(raw));
  problems.push(...edgeProblems(raw));
  problems.push(...mentorProblems(raw, hasMentorKey));
  problems.push(...monitoringProblems(raw));
  problems.push(...postgresProblems(raw, hasPassword));
  if (result.success && problems.length === 0) return result.data;
  const fix = "Set a value with `npm run pulumi -- config set KEY VALUE`.";
  // Shown without a stack trace.
  throw new RunError(
    `the stack's configuration has ${problems.length} problem(s):\n  ${problems.join("\n  ")}\n${fix}`,
  );
}

/** Telegram's shape of a bot token: digits, a colon, and 35 characters. */
export function checkToken(token: string, key = "bot:token"): string {
  if (/^\d{6,20}:[A-Za-z0-9_-]{35}$/.test(token)) return token;
  throw new RunError(`${key} does not look like a token of @BotFather (digits, a colon, 35 characters)`);
}
