import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digest, isOneOf } from "./secret.ts";

test("a text is a secret only when all of it is, whatever its length", () => {
  const secrets = ["first", "second"].map(digest);
  for (const right of ["first", "second"]) expect(isOneOf(secrets, right)).toBe(true);
  for (const wrong of ["", "f", "firs", "first ", "firstsecond", "First", "ﬁrst", "\0first", "x".repeat(1e6)])
    expect(isOneOf(secrets, wrong), wrong.slice(0, 20)).toBe(false);
  expect(isOneOf([], "")).toBe(false);
});

// The linter refuses the comparisons themselves.
test("secrets are compared in one place", () => {
  const files = globSync("**/*.ts", { cwd: import.meta.dirname }).filter(
    (name) => !name.endsWith(".test.ts"),
  );
  expect(files.length).toBeGreaterThan(100);
  const comparing = files.filter((name) =>
    /timingSafeEqual/.test(readFileSync(join(import.meta.dirname, name), "utf8")),
  );
  expect(comparing).toEqual(["secret.ts"]);
});
