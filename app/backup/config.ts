import { readFileSync } from "node:fs";
import { z } from "zod";
import { ConfigError, loadConfig, type DatabaseConfig } from "../config.ts";
import type { BucketConfig } from "./bucket.ts";
import type { Keep } from "./retention.ts";

export interface BackupConfig {
  /** The live database. */
  readonly database: DatabaseConfig;
  /** Where the backups are. */
  readonly folder: string;
  /** Signs the manifests. */
  readonly signature: string;
  /** The age recipient (public key) that backups are encrypted for; undefined where none are made. */
  readonly recipient: string | undefined;
  /** The age identity (private key) that opens them; undefined where none is opened. */
  readonly identity: string | undefined;
  readonly keep: Keep;
  /** Where they are copied to; undefined: nowhere. */
  readonly bucket: BucketConfig | undefined;
}

const count = (what: string, max: number, fallback: number) =>
  z.coerce
    .number({ error: `must be ${what}, 1 to ${max}` })
    .int(`must be ${what}, 1 to ${max}`)
    .min(1, `must be ${what}, 1 to ${max}`)
    .max(max, `must be ${what}, 1 to ${max}`)
    .default(fallback);

const needed = (what: string) =>
  z
    .string({ error: `is missing: set it to ${what}` })
    .trim()
    .min(1, `is empty: set it to ${what}`);

const schema = z.object({
  BACKUP_FOLDER: needed("the folder that the backups are in"),
  BACKUP_SIGNATURE_FILE: needed("the path of a file with the secret that signs the manifests"),
  BACKUP_RECIPIENT_FILE: z.string().optional(),
  BACKUP_IDENTITY_FILE: z.string().optional(),
  BACKUP_KEEP_DAILY: count("a whole number of days", 365, 7),
  BACKUP_KEEP_WEEKLY: count("a whole number of weeks", 520, 4),
});

/** Read only where there is a bucket. */
const bucketSchema = z.object({
  BACKUP_BUCKET: needed("the name of a bucket"),
  BACKUP_BUCKET_ENDPOINT: z.url({
    protocol: /^https?$/,
    error: "must be the address of an S3-compatible service",
  }),
  BACKUP_BUCKET_REGION: z.string().default("us-east-1"),
  BACKUP_BUCKET_PREFIX: z
    .string()
    .default("")
    .transform((text) => (text === "" || text.endsWith("/") ? text : `${text}/`)),
  BACKUP_BUCKET_PATH_STYLE: z.enum(["on", "off"], { error: "must be on or off" }).default("on"),
  BACKUP_ACCESS_KEY_FILE: needed("the path of a file with the bucket's access key"),
  BACKUP_SECRET_KEY_FILE: needed("the path of a file with the bucket's secret key"),
});

const patterns = {
  BACKUP_SIGNATURE_FILE: [/^\S{16,}$/, "a secret of 16 characters or more"],
  BACKUP_RECIPIENT_FILE: [/^age1[0-9a-z]{58,}$/, "one age recipient (age1...)"],
  BACKUP_ACCESS_KEY_FILE: [/^\S+$/, "the bucket's access key"],
  BACKUP_SECRET_KEY_FILE: [/^\S+$/, "the bucket's secret key"],
  BACKUP_IDENTITY_FILE: [/^AGE-SECRET-KEY-[0-9A-Z-]{50,}$/, "one age identity (AGE-SECRET-KEY-...)"],
} as const;

/** Reads the environment and the secret files it names. Throws a ConfigError that lists every problem. */
export function loadBackupConfig(env: Readonly<Record<string, string | undefined>>): BackupConfig {
  const problems: string[] = [];
  let database: DatabaseConfig | undefined;
  try {
    // A backup needs to know of the database what a migration does.
    ({ database } = loadConfig({ ...env, ROLE: "migrate" }));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
  }
  const result = schema.safeParse(env);
  const remote = env["BACKUP_BUCKET"] === undefined ? undefined : bucketSchema.safeParse(env);
  const issues = [...(result.error?.issues ?? []), ...(remote?.error?.issues ?? [])];
  for (const issue of issues) problems.push(`${issue.path.join(".")} ${issue.message}`);

  const secret = (variable: keyof typeof patterns): string | undefined => {
    const path = env[variable]?.trim();
    if (path === undefined || path === "") return undefined;
    const [pattern, what] = patterns[variable];
    try {
      // age-keygen writes comments above the key.
      const content = readFileSync(path, "utf8").replaceAll(/^#.*$/gm, "").trim();
      if (pattern.test(content)) return content;
      problems.push(`${variable} must name a file with ${what}`);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
      problems.push(
        `${variable} names a file that cannot be read (${code}): give the path of a readable file`,
      );
    }
    return undefined;
  };
  const signature = secret("BACKUP_SIGNATURE_FILE");
  const recipient = secret("BACKUP_RECIPIENT_FILE");
  const identity = secret("BACKUP_IDENTITY_FILE");
  const keys = remote && {
    accessKey: secret("BACKUP_ACCESS_KEY_FILE") ?? "",
    secretKey: secret("BACKUP_SECRET_KEY_FILE") ?? "",
  };
  if (problems.length > 0 || !result.success || database === undefined || signature === undefined)
    throw new ConfigError(problems);
  const { BACKUP_FOLDER: folder, BACKUP_KEEP_DAILY: daily, BACKUP_KEEP_WEEKLY: weekly } = result.data;
  const bucket = remote?.data &&
    keys && {
      endpoint: remote.data.BACKUP_BUCKET_ENDPOINT,
      region: remote.data.BACKUP_BUCKET_REGION,
      bucket: remote.data.BACKUP_BUCKET,
      prefix: remote.data.BACKUP_BUCKET_PREFIX,
      pathStyle: remote.data.BACKUP_BUCKET_PATH_STYLE === "on",
      ...keys,
    };
  return { database, folder, signature, recipient, identity, keep: { daily, weekly }, bucket };
}
