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
    Object.keys(all).filter((name) => name.startsWith(`020-configmap-${of}`));
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
  expect(text).not.toMatch(/<[a-z-]+>|kind: Secret|xxxxx/);
  const list = files["secrets.txt"] ?? "";
  for (const [, name = ""] of text.matchAll(/secretName: (\S+)/g)) expect(list).toContain(`\n${name}\n`);
  expect(list).toContain("  BOT_TOKEN: <bot-token>\n");
  expect(list).toContain("\nredis-secret-files\n  redis.conf:\n    bind 0.0.0.0\n");
  expect(list).not.toContain("xxxxx");
});

it("has a real bot where the webhook has a public address, and else the simulator", async () => {
  expect(manifests().join()).not.toContain("simulator");
  const rest = Object.fromEntries(Object.entries(config).filter(([key]) => key !== "launchlab:webhookUrl"));
  expect(Object.keys(await render("production", rest)).join()).toContain("deployment-simulator");
});

it("refuses a stack without manifests, and one that is not usable, with all that is wrong", async () => {
  await expect(render("dev", {})).rejects.toThrow("stack dev runs on local, which has no manifests");
  const wrong = { "launchlab:platform": "kubernetes", "launchlab:users": "0" };
  await expect(render("production", wrong)).rejects.toThrow("has 4 problem(s)");
});
