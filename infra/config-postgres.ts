import { z } from "zod";
import { objectName } from "./config-kubernetes.ts";

const KINDS = ["none", "cloudnative-pg", "external"] as const;
const PORT = "must be a port number, 1 to 65535";

/** Keys that say where Postgres is and what it survives, each with its rule and the sentence that says how to mend it. */
export const postgresKeys = {
  postgresHa: z.enum(KINDS, { error: `must be ${KINDS.join(", ")}` }).default("none"),
  postgresHost: z
    .string()
    .regex(
      /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/,
      "must be a host name or an address",
    )
    .optional(),
  postgresPort: z.coerce.number({ error: PORT }).int(PORT).min(1, PORT).max(65_535, PORT).default(5432),
  postgresUser: z.string().min(1, "must be the name of a user of Postgres").default("launchlab"),
  postgresDatabase: z.string().min(1, "must be the name of a database").default("launchlab"),
  postgresTls: z
    .enum(["disable", "require", "verify-full"], { error: "must be disable, require or verify-full" })
    .default("verify-full"),
  postgresCa: z
    .string()
    .regex(
      /^\s*-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/,
      "must be the text of a certificate, from -----BEGIN CERTIFICATE----- on",
    )
    .optional(),
  postgresSpread: z
    .enum(["required", "preferred"], {
      error: "must be required (one server on each node) or preferred (also for clusters of fewer nodes)",
    })
    .default("required"),
  postgresSnapshotClass: objectName("the name of a volume snapshot class").optional(),
};

const EXTERNAL = ["Host", "Port", "User", "Database", "Tls", "Ca"].map((name) => `postgres${name}`);
const CLUSTER = ["postgresSpread", "postgresSnapshotClass"];

/** What is wrong with the settings of Postgres taken together. `raw`: the values as they were given. */
export function postgresProblems(
  raw: Readonly<Record<string, string | undefined>>,
  hasPassword: boolean,
): string[] {
  const ha = raw["postgresHa"] ?? "none";
  const problems: string[] = [];
  const onlyWith = (kind: (typeof KINDS)[number], keys: readonly string[]): void => {
    if (ha === kind) return;
    for (const key of keys) {
      if (raw[key] === undefined) continue;
      problems.push(`launchlab:${key} has no effect: set launchlab:postgresHa to ${kind}, or remove it`);
    }
  };
  onlyWith("external", EXTERNAL);
  onlyWith("cloudnative-pg", CLUSTER);
  if (ha === "cloudnative-pg" && raw["platform"] !== "kubernetes") {
    problems.push(
      "launchlab:postgresHa cannot be cloudnative-pg here: its operator needs launchlab:platform to be kubernetes",
    );
  }
  if (ha === "external") {
    if (raw["postgresHost"] === undefined)
      problems.push("launchlab:postgresHost is missing: the host of the external Postgres");
    if (!hasPassword)
      problems.push(
        "postgres:password is missing: set it with `npm run pulumi -- config set --secret postgres:password VALUE`",
      );
    if (raw["postgresTls"] === "disable" && raw["postgresCa"] !== undefined)
      problems.push(
        "launchlab:postgresCa has no effect while launchlab:postgresTls is disable: remove one of them",
      );
  } else if (hasPassword) {
    problems.push("postgres:password has no effect: set launchlab:postgresHa to external, or remove it");
  }
  return problems;
}
