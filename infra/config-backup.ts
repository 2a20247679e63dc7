import { Encrypter } from "age-encryption";
import { z } from "zod";

const isRecipient = (text: string): boolean => {
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
};

const count = (rule: string, max: number, fallback: number) =>
  z.coerce.number({ error: rule }).int(rule).min(1, rule).max(max, rule).default(fallback);

/** Keys of the backups, each with its rule and the sentence that says how to mend it. */
export const backupKeys = {
  /** auto: on kubernetes. A development stack has nothing to lose, and two processes fewer to run. */
  backups: z.enum(["auto", "on", "off"], { error: "must be auto, on or off" }).default("auto"),
  backupRecipient: z
    .string()
    .refine(isRecipient, "must be an age recipient (age1...), the public key that age-keygen shows")
    .optional(),
  backupKeepDaily: count("must be a whole number of days, 1 to 365", 365, 7),
  backupKeepWeekly: count("must be a whole number of weeks, 1 to 520", 520, 4),
  /** A copy of each backup goes there. @default nowhere */
  backupBucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket")
    .optional(),
  backupEndpoint: z
    .url({
      protocol: /^https?$/,
      error: "must be the address of an S3-compatible service, as https://s3.example.org",
    })
    .optional(),
  backupRegion: z.string().min(1, "must be a region of launchlab:backupEndpoint").optional(),
  backupPrefix: z
    .string()
    .regex(
      /^[\w.-]+(\/[\w.-]+)*\/?$/,
      "must be the beginning of names in the bucket, as launchlab/production/",
    )
    .optional(),
  backupPathStyle: z.enum(["on", "off"], { error: "must be on or off" }).optional(),
};

const bucketKeys = ["backupEndpoint", "backupRegion", "backupPrefix", "backupPathStyle"] as const;

/** backup: the database is backed up every day. drill: once a week, the newest backup is restored and tried. */
export type BackupKind = "backup" | "drill";

interface Settings {
  readonly platform: string;
  readonly backups: "auto" | "on" | "off";
  readonly backupRecipient?: string | undefined;
}

/** What is done for the backups. Without the key that opens them, a drill cannot be. */
export function backupKinds(
  { platform, backups, backupRecipient }: Settings,
  hasIdentity: boolean,
): readonly BackupKind[] {
  const on = backups === "on" || (backups === "auto" && platform !== "local");
  if (!on) return [];
  return backupRecipient === undefined || hasIdentity ? ["backup", "drill"] : ["backup"];
}

interface Secrets {
  /** backup:identity is set. */
  readonly hasIdentity: boolean;
  /** Those that are set of backup:accessKey and backup:secretKey. */
  readonly bucketSecrets: readonly string[];
}

/** What is missing, or has no effect. `raw`: the values as they were given. */
export function backupProblems(
  raw: Readonly<Record<string, string | undefined>>,
  { hasIdentity, bucketSecrets }: Secrets,
): string[] {
  const { platform = "local", backups = "auto", backupBucket, backupEndpoint } = raw;
  const useless = (keys: readonly string[], instead: string): string[] =>
    keys.map((key) => `${key} has no effect: set ${instead}, or remove it`);
  const given = (keys: readonly string[]): string[] =>
    keys.filter((key) => raw[key] !== undefined).map((key) => `launchlab:${key}`);
  const ofBucket = [...given(bucketKeys), ...bucketSecrets];
  if (!(backups === "on" || (backups === "auto" && platform !== "local"))) {
    const kept = given(["backupRecipient", "backupKeepDaily", "backupKeepWeekly", "backupBucket"]);
    const all = [...kept, ...(hasIdentity ? ["backup:identity"] : []), ...ofBucket];
    return useless(all, "launchlab:backups to on");
  }
  if (backupBucket === undefined) return useless(ofBucket, "launchlab:backupBucket");
  return [
    ...(backupEndpoint === undefined
      ? ["launchlab:backupEndpoint is missing: the address of the service that has launchlab:backupBucket"]
      : []),
    ...["backup:accessKey", "backup:secretKey"]
      .filter((key) => !bucketSecrets.includes(key))
      .map((key) => `${key} is missing: set it with \`npm run pulumi -- config set --secret ${key} VALUE\``),
  ];
}
