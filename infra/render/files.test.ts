import { expect, it } from "vitest";
import { manifestFiles } from "./files.ts";
import type { Manifest } from "./cluster-mocks.ts";

const object = (kind: string, name: string): Manifest => ({ apiVersion: "v1", kind, metadata: { name } });
const names = (...manifests: Manifest[]): string[] => Object.keys(manifestFiles(manifests, ""));

it("orders objects by what needs what, and what it does not know comes last", () => {
  const kinds = ["Strange", "PodDisruptionBudget", "Deployment", "SealedSecret", "RoleBinding", "Namespace"];
  const files = names(...kinds.map((kind) => object(kind, "one")));
  expect(files.map((name) => name.replace(/^\d{3}-/, ""))).toEqual(
    kinds.reverse().map((kind) => `${kind.toLowerCase()}-one.yaml`),
  );
  expect([...files].sort()).toEqual(files);
});

it("refuses to write two objects into one file", () => {
  expect(() => names(object("Role", "a"), object("Role", "b"), object("Role", "a"))).toThrow(
    /^two objects would be written as \d{3}-role-a.yaml: give one another name$/,
  );
});

it("begins each file with the header, and keeps long lines and texts that look like truth values", () => {
  const [text] = Object.values(
    manifestFiles([{ ...object("A", "a"), on: "on", long: "word ".repeat(50) }], "# head\n"),
  );
  expect(text).toMatch(/^# head\napiVersion: v1\n/);
  expect(text).toContain('"on"');
  expect(text?.split("\n").length).toBeLessThan(10);
});
