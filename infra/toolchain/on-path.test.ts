import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { onPath, versionOf } from "./on-path.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-path-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A program `tool` in a folder of its own that prints `words`. */
function tool(place: string, words: string, mode = 0o755): string {
  const path = join(folder, place, "tool");
  mkdirSync(join(folder, place));
  writeFileSync(path, `#!/bin/sh\necho "${words}"\n`);
  chmodSync(path, mode);
  return path;
}

it("takes the first program that is new enough, past old, broken and missing ones", async () => {
  tool("old", "tool v1.9.0");
  tool("broken", "no number");
  tool("text", "tool v3.0.0", 0o644);
  const good = tool("good", "tool v2.10.1 (linux)");
  const places = ["missing", "old", "broken", "text", "good"].map((place) => join(folder, place));
  vi.stubEnv("PATH", [...places, "/usr/bin", "/bin"].join(delimiter));
  expect(await onPath("tool", ["version"], "2.2.0")).toBe(good);
  expect(await onPath("tool", ["version"], "2.11")).toBeUndefined();
});

it("has no version for a program that fails or does not exist", async () => {
  expect(await versionOf("/no/such/program", [])).toBeUndefined();
  expect(await versionOf("false", [])).toBeUndefined();
});
