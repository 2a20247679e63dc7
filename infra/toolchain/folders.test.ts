import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cacheFolder, checkout, ensureFolder, stackFolder } from "./folders.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-folders-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const as = (uid: number): void => {
  vi.spyOn(process, "getuid").mockReturnValue(uid);
};

describe("cacheFolder", () => {
  it("is the user's choice, else the user's cache, else for root one that others may enter", () => {
    vi.stubEnv("LAUNCHLAB_CACHE", undefined);
    vi.stubEnv("XDG_CACHE_HOME", "/somewhere");
    as(1000);
    expect(cacheFolder("a", "b")).toBe("/somewhere/launchlab/a/b");
    as(0);
    expect(cacheFolder("a")).toBe("/var/cache/launchlab/a");
    vi.stubEnv("LAUNCHLAB_CACHE", "/chosen");
    expect(cacheFolder("a")).toBe("/chosen/a");
  });
});

describe("stackFolder", () => {
  it("lies in the checkout for everybody who is not root", () => {
    as(1000);
    expect(stackFolder("dev", folder)).toBe(join(folder, ".launchlab/stacks/dev"));
  });

  it("lies outside of a checkout that another user may not enter, when root runs it", () => {
    as(0);
    chmodSync(folder, 0o700);
    const outside = stackFolder("dev", folder);
    expect(outside).toMatch(/^\/var\/lib\/launchlab\/[0-9a-f]{12}\/dev$/);
    expect(stackFolder("dev", folder), "the same each time").toBe(outside);
    chmodSync(folder, 0o755);
    expect(stackFolder("dev", folder)).toBe(join(folder, ".launchlab/stacks/dev"));
  });

  it("differs between stacks and between checkouts", () => {
    as(0);
    expect(new Set([stackFolder("a"), stackFolder("b"), stackFolder("a", folder)]).size).toBe(3);
    expect(existsSync(join(checkout, "package.json"))).toBe(true);
  });
});

describe("ensureFolder", () => {
  it("makes what is missing", () => {
    expect(existsSync(ensureFolder(join(folder, "a/b")))).toBe(true);
  });

  it("says what to do when it cannot", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => ensureFolder(join(folder, "file/below"))).toThrow(
      `cannot write to ${join(folder, "file/below")}: make it writable, or set LAUNCHLAB_CACHE`,
    );
  });
});
