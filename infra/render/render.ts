import * as pulumi from "@pulumi/pulumi";
import { program } from "../index.ts";
import { clusterMocks, manifestSchema, placeholder, type Manifest } from "./cluster-mocks.ts";
import { manifestFiles } from "./files.ts";
import { describeSecrets } from "./secrets.ts";

/** Has a token's shape, and is none. */
const TOKEN = `1234567890:${"x".repeat(35)}`;

/** Stands for the password of a Postgres that somebody else runs. */
const PASSWORD = placeholder("postgres-password");

/** Stands for the key of the mentor's API. */
const MENTOR_KEY = placeholder("mentor-key");

/** A Secret as it is asked for, with a placeholder for everything that is secret. */
const withPlaceholders = (secret: Manifest): Manifest =>
  manifestSchema.parse(JSON.parse(JSON.stringify(secret).replaceAll(TOKEN, placeholder("bot-token"))));

/** Makes of Secrets, with placeholders in them, what may be written into files. */
export type Sealer = (secrets: readonly Manifest[]) => Promise<readonly Manifest[]>;

/**
 * The stack's manifests by file name, from its configuration: keys with their namespace. The same program runs as in
 * `pulumi up`, without an engine or a cluster. Secrets are left out, and `secrets.txt` says which there have to be; or
 * they are sealed. But for what is sealed, the same configuration gives the same text. Throws a RunError when the
 * configuration is not usable.
 */
export async function render(
  stack: string,
  config: Record<string, string>,
  sealer?: Sealer,
): Promise<Record<string, string>> {
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
  const mentor = config["launchlab:mentorUrl"] === undefined ? {} : { "bot:mentorKey": MENTOR_KEY };
  const given = { ...token, ...password, ...mentor };
  pulumi.runtime.setAllConfig({ ...config, ...given }, Object.keys(given));
  // The engine has one around the program; it keeps the transform.
  await pulumi.runtime.runInPulumiStack(() => Promise.resolve({}));
  await program();
  await pulumi.runtime.disconnect();

  const secrets = manifests.filter(({ kind }) => kind === "Secret").map(withPlaceholders);
  const sealed = (await sealer?.(secrets)) ?? [];
  const plain = [...manifests.filter(({ kind }) => kind !== "Secret"), ...sealed];
  const header = `# Rendered from stack ${stack} by \`npm run render\`; change the stack instead of this file.\n`;
  const files = manifestFiles(plain, header);
  return sealer === undefined ? { ...files, "secrets.txt": describeSecrets(secrets) } : files;
}
