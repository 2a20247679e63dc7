import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { checkout } from "../toolchain/folders.ts";
import { render } from "./render.ts";

const { config } = z
  .object({ config: z.record(z.string(), z.string()) })
  .parse(parse(readFileSync(join(checkout, "Pulumi.production.yaml"), "utf8")));

let files: Record<string, string>;
beforeAll(async () => {
  files = await render("production", config);
});
const manifests = (): string[] => Object.keys(files).filter((name) => name.endsWith(".yaml"));

it("renders the example of a production stack, one object a file", () => {
  expect(manifests().length).toBeGreaterThan(50);
  for (const name of manifests()) {
    const manifest = z
      .object({ kind: z.string(), metadata: z.object({ name: z.string() }) })
      .parse(parse(files[name] ?? ""));
    expect(name.replace(/^\d{3}-/, "")).toBe(`${manifest.kind.toLowerCase()}-${manifest.metadata.name}.yaml`);
  }
});

it("writes the same text every time", async () => {
  expect(await render("production", config)).toEqual(files);
});

it("gives a configuration that has changed a new name, and leaves the others as they are", async () => {
  const other = await render("production", { ...config, "launchlab:namespace": "bots" });
  const names = (all: Record<string, string>, of: string): string[] =>
    Object.keys(all).filter((name) => new RegExp(`^\\d+-configmap-${of}`).test(name));
  expect(names(files, "gateway-files")).toHaveLength(1);
  expect(names(other, "gateway-files")).not.toEqual(names(files, "gateway-files"));
  expect(names(other, "alertmanager-files")).toEqual(names(files, "alertmanager-files"));
});

it("applies the namespace first and what needs it later", () => {
  expect(manifests()[0]).toBe("000-namespace-launchlab.yaml");
  expect([...manifests()].sort()).toEqual(manifests());
});

it("leaves secrets out, and says which are missing and what belongs into them", () => {
  expect(manifests().filter((name) => name.includes("-secret-"))).toEqual([]);
  const text = manifests()
    .map((name) => files[name])
    .join("");
  // No placeholder; the tags of runbooks have no dash.
  expect(text).not.toMatch(/<[a-z]+(-[a-z]+)+>|kind: Secret|xxxxx/);
  const list = files["secrets.txt"] ?? "";
  for (const [, name = ""] of text.matchAll(/secretName: (\S+)/g)) expect(list).toContain(`\n${name}\n`);
  expect(list).toContain("  BOT_TOKEN: <bot-token>\n");
  expect(list).toContain("  BACKUP_IDENTITY: <backup-identity>\n");
  expect(list).toContain("  BACKUP_RECIPIENT: <backup-recipient>\n");
  expect(list).toContain("\nredis-secret-files\n  redis.conf:\n    bind 0.0.0.0\n");
  expect(list).not.toContain("xxxxx");
});

it("renders a Postgres cluster, and says of which type the Secret for its operator is", async () => {
  const all = await render("production", { ...config, "launchlab:postgresHa": "cloudnative-pg" });
  const names = Object.keys(all).sort();
  const place = (part: string): number => names.findIndex((name) => name.includes(part));
  expect(place("-cluster-postgres.")).toBeGreaterThan(0);
  expect(place("-pooler-postgres-pooler.")).toBeGreaterThan(place("-cluster-postgres."));
  // A plain `on` would come as a truth value, which is not what the parameter is.
  expect(all[names[place("-cluster-postgres.")] ?? ""]).toContain('log_lock_waits: "on"');
  expect(place("-job-migrate")).toBeGreaterThan(place("-pooler-postgres-pooler."));
  expect(all["secrets.txt"]).toContain(
    "\npostgres-user (of type kubernetes.io/basic-auth)\n  password: <postgres-password>\n  username: launchlab\n",
  );
});

it("asks for the password of an external Postgres", async () => {
  const external = { "launchlab:postgresHa": "external", "launchlab:postgresHost": "db.example.org" };
  const all = await render("production", { ...config, ...external });
  expect(all["secrets.txt"]).toContain("  DATABASE_PASSWORD: <postgres-password>\n");
  expect(Object.keys(all).join()).not.toContain("statefulset-postgres");
});

it("asks for the key of the mentor's API", async () => {
  const mentor = { "launchlab:mentorUrl": "https://ai.example.org/v1", "launchlab:mentorModel": "small" };
  const all = await render("production", { ...config, ...mentor });
  expect(all["secrets.txt"]).toContain("  MENTOR_KEY: <mentor-key>\n");
  expect(files["secrets.txt"]).not.toContain("MENTOR_KEY");
});

it("has a real bot where the webhook has a public address, and else the simulator", async () => {
  expect(manifests().join()).not.toContain("simulator");
  const rest = Object.fromEntries(Object.entries(config).filter(([key]) => key !== "launchlab:webhookUrl"));
  expect(Object.keys(await render("production", rest)).join()).toContain("deployment-simulator");
});

it("knows when to apply what lets the outside in", async () => {
  for (const more of [{ "launchlab:gatewayApi": "edge/public" }, { "launchlab:tlsIssuer": "letsencrypt" }])
    expect(Object.keys(await render("production", { ...config, ...more })).join()).toMatch(
      /-(httproute-gateway-outside|certificate-gateway-certificate)\.yaml/,
    );
});

it("refuses a stack without manifests, and one that is not usable, with all that is wrong", async () => {
  await expect(render("dev", {})).rejects.toThrow("stack dev runs on local, which has no manifests");
  const wrong = { "launchlab:platform": "kubernetes", "launchlab:users": "0" };
  await expect(render("production", wrong)).rejects.toThrow("has 4 problem(s)");
});
