import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { clusterImages, images } from "../images.ts";
import { packages } from "../packages.ts";
import { checkout } from "./folders.ts";
import { imageUrl, softwareBill } from "./sbom.ts";

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string(),
      integrity: z.string().optional(),
      resolved: z.string().optional(),
      deprecated: z.string().optional(),
      hasInstallScript: z.boolean().default(false),
    }),
  ),
});
const read = (name: string): unknown => JSON.parse(readFileSync(join(checkout, name), "utf8"));
const { packages: inLock } = lockSchema.parse(read("package-lock.json"));
const locked = Object.entries(inLock).filter(([path]) => path !== "");
const nameIn = (path: string): string => path.split("node_modules/").at(-1) ?? "";

it("names every package of the lock file, every image that is not built here, and every program", () => {
  const { components } = softwareBill();
  const refs = components.map((one) => one["bom-ref"]);
  expect(new Set(refs).size).toBe(refs.length);
  const installed = locked.map(([path, { version }]) => `${nameIn(path)}@${version}`);
  expect(installed.length).toBeGreaterThan(100);
  expect(installed.filter((one) => !refs.includes(one))).toEqual([]);
  for (const reference of [images.postgres.reference, clusterImages.pooler])
    expect(refs).toContain(imageUrl(reference));
  for (const program of Object.keys(packages)) expect(refs).toContain(`program:${program}`);
  expect(JSON.stringify(components)).not.toContain("launchlab/bot");
});

it("takes packages from the registry by their checksums, none that was given up, and runs no script unasked", () => {
  const { allowScripts } = z
    .object({ allowScripts: z.record(z.string(), z.boolean()) })
    .parse(read("package.json"));
  for (const [path, { integrity, resolved, deprecated, hasInstallScript }] of locked) {
    expect(integrity, path).toMatch(/^sha512-/);
    // Of one from another place it is the address.
    expect(resolved, path).toBeUndefined();
    expect(deprecated, path).toBeUndefined();
    if (hasInstallScript) expect(allowScripts, path).toHaveProperty([nameIn(path)]);
  }
});

it.each([
  ["postgres:17.6", "pkg:docker/postgres@17.6"],
  ["prom/prometheus:v3.11.3", "pkg:docker/prom/prometheus@v3.11.3"],
  [
    "ghcr.io/cloudnative-pg/pgbouncer:1.25.2",
    "pkg:docker/cloudnative-pg/pgbouncer@1.25.2?repository_url=ghcr.io",
  ],
])("gives the image %s the package URL %s", (reference, url) => {
  expect(imageUrl(reference)).toBe(url);
});
