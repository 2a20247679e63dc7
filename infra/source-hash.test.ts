import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { hashFiles } from "./source-hash.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "launchlab-source-"));
  mkdirSync(join(root, "app/inner"), { recursive: true });
  writeFileSync(join(root, "app/main.ts"), "main");
  writeFileSync(join(root, "app/inner/part.ts"), "part");
  writeFileSync(join(root, "lock.json"), "{}");
});
afterEach(() => rmSync(root, { recursive: true }));

const hash = (paths = ["app", "lock.json"]): string => hashFiles(root, paths);

it("stays the same while nothing that runs changes", () => {
  const before = hash();
  writeFileSync(join(root, "app/main.test.ts"), "a test");
  mkdirSync(join(root, "app/testing"));
  writeFileSync(join(root, "app/testing/helper.ts"), "what tests share");
  writeFileSync(join(root, "elsewhere.ts"), "not named");
  writeFileSync(join(root, "app/main.ts"), "main");
  expect(hash()).toBe(before);
  expect(hash(["lock.json", "app"]), "in another order").toBe(before);
  expect(before).toMatch(/^[0-9a-f]{16}$/);
});

it.each([
  ["a file's content", () => writeFileSync(join(root, "app/inner/part.ts"), "part!")],
  ["a single file", () => writeFileSync(join(root, "lock.json"), "[]")],
  ["a name", () => renameSync(join(root, "app/main.ts"), join(root, "app/start.ts"))],
  ["a new file", () => writeFileSync(join(root, "app/more.ts"), "")],
  ["a removed file", () => rmSync(join(root, "app/inner/part.ts"))],
  // The same bytes in another place.
  [
    "the border between files",
    () => {
      writeFileSync(join(root, "app/inner/part.ts"), "");
      writeFileSync(join(root, "app/main.ts"), "partmain");
    },
  ],
])("changes with %s", (_what, change) => {
  const before = hash();
  change();
  expect(hash()).not.toBe(before);
});

it("fails on a path that does not exist instead of hashing nothing", () => {
  expect(() => hash(["app", "gone"])).toThrow("gone");
});
