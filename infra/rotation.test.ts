import { beforeAll, expect, it } from "vitest";
import { z } from "zod";
import type { Manifest } from "./render/cluster-mocks.ts";
import { clusterConfig, passwordOf, register } from "./stack-fixture.ts";

/** The manifests of the first three generations. */
let generations: (readonly Manifest[])[];
beforeAll(async () => {
  generations = [];
  for (const secretGeneration of ["1", "2", "3"])
    generations.push((await register({ config: { ...clusterConfig, secretGeneration } })).manifests);
});

const secretOf = (manifests: readonly Manifest[], name: string): unknown =>
  manifests.find(({ kind, metadata }) => kind === "Secret" && metadata.name === name)?.["stringData"];

const webhookSecrets = z.object({ WEBHOOK_SECRETS: z.string() });
/** What the bot of this generation accepts; the first is what it registers. */
const accepted = (generation: number): string[] =>
  webhookSecrets
    .parse(secretOf(generations[generation - 1] ?? [], "web-secrets"))
    .WEBHOOK_SECRETS.split("\n");

it("registers a new secret with every generation", () => {
  expect(accepted(1)[0]).toBe(passwordOf("bot-webhook-secret"));
  expect(accepted(2)[0]).toBe(passwordOf("bot-webhook-secret-2"));
  expect(accepted(3)[0]).toBe(passwordOf("bot-webhook-secret-3"));
});

it("accepts what replicas of the generation before and after it may have registered", () => {
  const [one, two, three] = [accepted(1), accepted(2), accepted(3)];
  expect(one).toContain(two[0]);
  expect(two).toEqual(expect.arrayContaining([one[0], three[0]]));
  expect(three).toContain(two[0]);
});

it("forgets a secret two generations later", () => {
  expect(accepted(3)).not.toContain(accepted(1)[0]);
});

it("changes the owner's password where an operator gives it to the database, and nowhere else", async () => {
  const owners = (manifests: readonly Manifest[]): Record<string, unknown> => {
    const named = z.record(z.string(), z.string());
    const secrets = manifests.filter(({ kind }) => kind === "Secret");
    return Object.fromEntries(
      secrets.flatMap(({ metadata: { name }, stringData }) => {
        const { password, DATABASE_PASSWORD } = named.parse(stringData);
        return [[name, password ?? DATABASE_PASSWORD]];
      }),
    );
  };
  const config = { ...clusterConfig, postgresHa: "cloudnative-pg", secretGeneration: "2" };
  const cluster = owners((await register({ config })).manifests);
  const one = owners(generations[1] ?? []);
  expect(one["migrate-secrets"]).toBe(passwordOf("postgres-password"));
  for (const user of ["postgres-user", "migrate-secrets"])
    expect(cluster[user], user).toBe(passwordOf("postgres-password-2"));
});

it("has bot, exporter and backups log in as users of the generation, and keeps those of the one before", () => {
  const manifests = generations[2] ?? [];
  const of = (name: string): unknown => secretOf(manifests, name);
  expect(of("web-secrets")).toMatchObject({ DATABASE_PASSWORD: passwordOf("postgres-bot-password-3") });
  expect(of("postgres-exporter-secrets")).toEqual({
    DATA_SOURCE_PASS: passwordOf("postgres-monitor-password-3"),
  });
  expect(of("backup-secrets")).toMatchObject({ DATABASE_PASSWORD: passwordOf("postgres-backup-password-3") });
  const kept = ["bot", "monitor", "backup"].flatMap((kind) =>
    [3, 2].map((one) => passwordOf(`postgres-${kind}-password-${one}`)),
  );
  expect(of("migrate-secrets")).toMatchObject({ DATABASE_LOGIN_PASSWORDS: kept.join("\n") });
  const job = manifests.find(({ kind }) => kind === "Job");
  const users = ["bot", "monitor", "backup"].flatMap((kind) =>
    [3, 2].map((one) => `${kind}:launchlab_${kind}_${one}`),
  );
  expect(JSON.stringify(job)).toContain(`"${users.join(",")}"`);
});
