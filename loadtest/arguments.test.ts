import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readArguments } from "./arguments.ts";
import { readSecret, targetOf } from "./target.ts";

const folder = mkdtempSync(join(tmpdir(), "launchlab-arguments-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a profile alone is for the stack dev", () => {
  expect(readArguments(["smoke"])).toEqual({ profile: "smoke", stack: "dev" });
  expect(readArguments(["smoke", "--stack", "other"])).toEqual({ profile: "smoke", stack: "other" });
});

test("an address needs the file with its secret", () => {
  const to = ["smoke", "--webhook", "https://bot.example/telegram"];
  expect(() => readArguments(to)).toThrow("both --webhook and --secret-file");
  expect(readArguments([...to, "--secret-file", "s"])).toMatchObject({
    secretFile: "s",
    simulator: undefined,
    prometheus: undefined,
  });
  expect(() => readArguments([...to, "--secret-file", "s", "--prometheus", "here"])).toThrow(
    "--prometheus here is not an http(s) address",
  );
  expect(() => readArguments([...to, "--secret-file", "s", "--stack", "dev"])).toThrow("either --stack");
});

test("what is no address is refused by the name of its option", () => {
  expect(() => readArguments(["smoke", "--webhook", "localhost", "--secret-file", "s"])).toThrow(
    "--webhook localhost is not an http(s) address",
  );
});

test("two profiles at once are refused", () => {
  expect(() => readArguments(["smoke", "users2000"])).toThrow("one profile at a time, not also users2000");
});

test("a stack that is not up is told so by the outputs that it lacks", () => {
  expect(() => targetOf("dev", { webhook: "http://127.0.0.1/telegram" })).toThrow(
    "stack dev lacks the outputs webhookSecret: run `npm run up -- --stack dev` first",
  );
  expect(targetOf("dev", { webhook: "http://127.0.0.1/telegram", webhookSecret: "s", more: 1 })).toEqual({
    webhook: "http://127.0.0.1/telegram",
    secret: "s",
  });
});

test("the secret is the first line of its file, and never part of an error", () => {
  const file = join(folder, "secret");
  writeFileSync(file, "first_one\nsecond\n");
  expect(readSecret(file)).toBe("first_one");
  writeFileSync(file, "not a secret!\n");
  expect(() => readSecret(file)).toThrow(/is no webhook secret: 1 to 256/);
  expect(() => readSecret(file)).not.toThrow(/not a secret!/);
  expect(() => readSecret(join(folder, "none"))).toThrow("give --secret-file a readable file");
});
