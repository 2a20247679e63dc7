import { expect, it } from "vitest";
import { z } from "zod";
import { clusterConfig, passwordOf, register } from "./stack-fixture.ts";

/** What the bot of this generation accepts; the first is what it registers. */
async function accepted(secretGeneration: number): Promise<string[]> {
  const { manifests } = await register({
    config: { ...clusterConfig, secretGeneration: String(secretGeneration) },
  });
  const secret = manifests.find(({ kind, metadata }) => kind === "Secret" && metadata.name === "web-secrets");
  const { WEBHOOK_SECRETS } = z.object({ WEBHOOK_SECRETS: z.string() }).parse(secret?.["stringData"]);
  return WEBHOOK_SECRETS.split("\n");
}

it("registers a new secret with every generation", async () => {
  expect((await accepted(1))[0]).toBe(passwordOf("bot-webhook-secret"));
  expect((await accepted(2))[0]).toBe(passwordOf("bot-webhook-secret-2"));
  expect((await accepted(3))[0]).toBe(passwordOf("bot-webhook-secret-3"));
});

it("accepts what replicas of the generation before and after it may have registered", async () => {
  const [one, two, three] = [await accepted(1), await accepted(2), await accepted(3)];
  expect(one).toContain(two[0]);
  expect(two).toEqual(expect.arrayContaining([one[0], three[0]]));
  expect(three).toContain(two[0]);
});

it("forgets a secret two generations later", async () => {
  expect(await accepted(3)).not.toContain((await accepted(1))[0]);
});

it("changes the owner's password where an operator gives it to the database, and nowhere else", async () => {
  const owners = async (postgresHa: string): Promise<Record<string, unknown>> => {
    const { manifests } = await register({
      config: { ...clusterConfig, postgresHa, secretGeneration: "2" },
    });
    const named = z.record(z.string(), z.string());
    const secrets = manifests.filter(({ kind }) => kind === "Secret");
    return Object.fromEntries(
      secrets.flatMap(({ metadata: { name }, stringData }) => {
        const { password, DATABASE_PASSWORD, DATA_SOURCE_PASS } = named.parse(stringData);
        return [[name, password ?? DATABASE_PASSWORD ?? DATA_SOURCE_PASS]];
      }),
    );
  };
  const users = ["migrate-secrets", "backup-secrets", "backup-drill-secrets", "postgres-exporter-secrets"];
  const [one, cluster] = [await owners("none"), await owners("cloudnative-pg")];
  for (const user of users) expect(one[user], user).toBe(passwordOf("postgres-password"));
  for (const user of ["postgres-user", ...users])
    expect(cluster[user], user).toBe(passwordOf("postgres-password-2"));
});

it("has the bot log in as a user of the generation, and keeps that of the one before", async () => {
  const { manifests } = await register({ config: { ...clusterConfig, secretGeneration: "3" } });
  const of = (name: string): unknown =>
    manifests.find(({ kind, metadata }) => kind === "Secret" && metadata.name === name)?.["stringData"];
  expect(of("web-secrets")).toMatchObject({ DATABASE_PASSWORD: passwordOf("postgres-bot-password-3") });
  const kept = [3, 2].map((one) => passwordOf(`postgres-bot-password-${one}`));
  expect(of("migrate-secrets")).toMatchObject({ DATABASE_LOGIN_PASSWORDS: kept.join("\n") });
  const job = manifests.find(({ kind }) => kind === "Job");
  expect(JSON.stringify(job)).toContain("launchlab_bot_3,launchlab_bot_2");
});
