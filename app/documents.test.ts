import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

it.each(["docs/bad-input.md", "SECURITY.md"])("every test that %s names is there", (document) => {
  const text = readFileSync(join(root, document), "utf8");
  const named = [...text.matchAll(/\]\(([\w./-]+\.ts)\): "([^"]+)"/g)];
  expect(named.length).toBeGreaterThan(10);
  const missing = named.filter(([, path = "", title = ""]) => {
    const file = join(root, dirname(document), path);
    return !existsSync(file) || !readFileSync(file, "utf8").includes(title);
  });
  expect(missing.map(([link]) => link)).toEqual([]);
});

it.each(["docs/bad-input.md", "SECURITY.md"])("every file that %s names is there", (document) => {
  const text = readFileSync(join(root, document), "utf8");
  const paths = [...text.matchAll(/\]\(([\w./-]+)(?:#[\w-]+)?\)/g)].map(([, path = ""]) => path);
  expect(paths.filter((path) => !existsSync(join(root, dirname(document), path)))).toEqual([]);
});
