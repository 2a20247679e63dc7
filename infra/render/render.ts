import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { z } from "zod";
import { program } from "../index.ts";
import { clusterMocks, placeholder, type Manifest } from "./cluster-mocks.ts";

/** Kinds in the order in which they are applied; what waits for nothing comes first. */
const ORDER = [
  "Namespace",
  "NetworkPolicy",
  "ServiceAccount",
  "Role",
  "RoleBinding",
  "ConfigMap",
  "PersistentVolumeClaim",
  "Service",
  "Cluster",
  "Pooler",
  "ScheduledBackup",
  "Certificate",
  "StatefulSet",
  "Job",
  "CronJob",
  "Deployment",
  "HorizontalPodAutoscaler",
  "ScaledObject",
  "PodDisruptionBudget",
  "HTTPRoute",
];

/** Has a token's shape, and is none. */
const TOKEN = `1234567890:${"x".repeat(35)}`;

/** Stands for the password of a Postgres that somebody else runs. */
const PASSWORD = placeholder("postgres-password");

const secretSchema = z.object({
  type: z.string().default("Opaque"),
  stringData: z.record(z.string(), z.string()),
});

const byName = (a: Manifest, b: Manifest): number => (a.metadata.name < b.metadata.name ? -1 : 1);

/** Says which Secrets have to be there, and what belongs into them. */
function describeSecrets(secrets: readonly Manifest[]): string {
  const [first] = secrets;
  if (first === undefined) return "";
  const blocks = [...secrets].sort(byName).map((secret) => {
    const { type, stringData } = secretSchema.parse(secret);
    const keys = Object.entries(stringData).map(([key, value]) => {
      const text = value.replaceAll(TOKEN, placeholder("bot-token"));
      return text.includes("\n")
        ? `  ${key}:\n${text.trimEnd().replace(/^/gm, "    ")}\n`
        : `  ${key}: ${text}\n`;
    });
    const kind = type === "Opaque" ? "" : ` (of type ${type})`;
    return `${secret.metadata.name}${kind}\n${keys.join("")}`;
  });
  return `Secrets to create in the namespace ${first.metadata.namespace ?? "default"} before the manifests are applied.
What stands in angle brackets is a value of your own, the same wherever it stands; letters and digits only.

${blocks.join("\n")}`;
}

/**
 * The stack's manifests by file name, from its configuration: keys with their namespace, secrets left out. The same
 * program runs as in `pulumi up`, without an engine or a cluster. The same configuration gives the same text.
 * Throws a RunError when the configuration is not usable.
 */
export async function render(stack: string, config: Record<string, string>): Promise<Record<string, string>> {
  const platform = config["launchlab:platform"] ?? "local";
  if (platform !== "kubernetes") {
    throw new pulumi.RunError(
      `stack ${stack} runs on ${platform}, which has no manifests: set launchlab:platform to kubernetes`,
    );
  }
  const manifests: Manifest[] = [];
  await pulumi.runtime.setMocks(
    clusterMocks((manifest) => manifests.push(manifest)),
    "launchlab",
    stack,
  );
  // A public address of the webhook means a real bot; its token is one of the secrets that are left out.
  const token = config["launchlab:webhookUrl"] === undefined ? {} : { "bot:token": TOKEN };
  const password = config["launchlab:postgresHa"] === "external" ? { "postgres:password": PASSWORD } : {};
  const given = { ...token, ...password };
  pulumi.runtime.setAllConfig({ ...config, ...given }, Object.keys(given));
  await program();
  await pulumi.runtime.disconnect();

  const [secrets, plain] = [
    manifests.filter(({ kind }) => kind === "Secret"),
    manifests.filter(({ kind }) => kind !== "Secret"),
  ];
  const header = `# Rendered from stack ${stack} by \`npm run render\`; change the stack instead of this file.\n`;
  const files = plain.map((manifest) => {
    const { kind, metadata } = manifest;
    const place = ORDER.indexOf(kind);
    if (place < 0) throw new Error(`render does not know when to apply a ${kind}`);
    const number = String(place * 10).padStart(3, "0");
    // Long lines stay whole: a diff of a rendered configuration shows what changed.
    // Kubernetes reads YAML 1.1, where a plain `on` is no text.
    const text = stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false, version: "1.1" });
    return [`${number}-${kind.toLowerCase()}-${metadata.name}.yaml`, header + text] as const;
  });
  return Object.fromEntries([
    ...files.sort(([a], [b]) => (a < b ? -1 : 1)),
    ["secrets.txt", describeSecrets(secrets)],
  ]);
}
