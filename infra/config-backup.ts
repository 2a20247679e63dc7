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
};

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

/** What has no effect. `raw`: the values as they were given. `hasIdentity`: backup:identity is set. */
export function backupProblems(
  raw: Readonly<Record<string, string | undefined>>,
  hasIdentity: boolean,
): string[] {
  const { platform = "local", backups = "auto" } = raw;
  if (backups === "on" || (backups === "auto" && platform !== "local")) return [];
  const given = ["backupRecipient", "backupKeepDaily", "backupKeepWeekly"]
    .filter((key) => raw[key] !== undefined)
    .map((key) => `launchlab:${key}`);
  return [...given, ...(hasIdentity ? ["backup:identity"] : [])].map(
    (key) => `${key} has no effect: set launchlab:backups to on, or remove it`,
  );
}
