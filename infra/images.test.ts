import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";
import { images } from "./images.ts";
import { checkout } from "./toolchain/folders.ts";

it("pins every image to an exact version", () => {
  for (const [name, { reference }] of Object.entries(images)) {
    expect(reference, name).toMatch(/^[a-z0-9_.\-/]+:v?\d+\.\d+(\.\d+)?$/);
  }
});

it.each(["bot", "simulator", "viewer"] as const)(
  "lists all files that the %s runs, so that a change of any of them is seen",
  (name) => {
    const { source } = images[name];
    const files = source.flatMap((path) => globSync(join(checkout, path, "**/*.ts")));
    const modules = files.filter((file) => !/\.test\.ts$|\/testing\//.test(file));
    expect(modules.length).toBeGreaterThan(5);
    const outside = modules.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/^(?:import|export) (?!type ).*? from "(\.[^"]+)"/gms)]
        .map(([, target = ""]) => relative(checkout, join(dirname(file), target)))
        .filter((target) => !source.some((path) => target === path || target.startsWith(`${path}/`)))
        .map((target) => `${relative(checkout, file)} imports ${target}`),
    );
    expect(outside).toEqual([]);
  },
);

it.each(["app", "simulator"])("builds the image of %s on the Node that the tests run on", (folder) => {
  const dockerfile = readFileSync(join(checkout, folder, "Dockerfile"), "utf8");
  const bases = [...dockerfile.matchAll(/^FROM \$\{REGISTRY\}(\S+)/gm)].map(([, base]) => base);
  expect(bases.length).toBeGreaterThan(0);
  for (const base of bases) expect(base).toMatch(new RegExp(`^node:${process.versions.node}-`));
});
