import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { parse } from "yaml";
import { render } from "./render/render.ts";
import { clusterConfig } from "./stack-fixture.ts";
import { loadTransform } from "./transform.ts";

const folder = mkdtempSync(join(tmpdir(), "launchlab-transform-"));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const rendered = (transform: string): Promise<Record<string, string>> =>
  render(
    "production",
    Object.fromEntries(
      Object.entries({ ...clusterConfig, transform }).map(([key, value]) => [`launchlab:${key}`, value]),
    ),
  );

it("changes every resource that it wants to, and no other", async () => {
  const path = written(
    "runtime.ts",
    `export default ({ type, name, props }: { type: string; name: string; props: Record<string, any> }) => {
      if (type !== "kubernetes:apps/v1:Deployment" || name === "simulator") return undefined;
      const template = { ...props.spec.template, spec: { ...props.spec.template.spec, runtimeClassName: "gvisor" } };
      return { props: { ...props, spec: { ...props.spec, template } } };
    };`,
  );
  const files = await rendered(path);
  const classes = Object.entries(files).flatMap(([name, text]) => {
    if (!name.includes("-deployment-")) return [];
    const manifest = parse(text) as { spec: { template: { spec: { runtimeClassName?: string } } } };
    return [[name.replace(/^\d+-deployment-|\.yaml$/g, ""), manifest.spec.template.spec.runtimeClassName]];
  });
  expect(Object.fromEntries(classes)).toMatchObject({
    web: "gvisor",
    gateway: "gvisor",
    simulator: undefined,
  });
  expect(files["000-namespace-launchlab.yaml"]).not.toContain("gvisor");
});

it("says for which resource it failed", async () => {
  const path = written("failing.js", 'export default () => { throw new Error("no idea"); };');
  await expect(rendered(path)).rejects.toThrow(/^launchlab:transform failed for \S+ \(\S+\): no idea$/);
});

it.each([
  ["missing.ts", undefined, "names a file that does not exist"],
  ["none.js", "export const a = 1;", "has no function"],
  ["text.js", 'export default "text";', "has no function"],
  ["broken.js", "export default (;", "cannot be loaded ("],
])("%s is refused", async (name, text, problem) => {
  const path = text === undefined ? join(folder, name) : written(name, text);
  await expect(loadTransform(path)).rejects.toThrow(`launchlab:transform ${problem}`);
});
