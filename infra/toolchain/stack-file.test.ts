import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readStackFile } from "./stack-file.ts";

const folder = mkdtempSync(join(tmpdir(), "launchlab-stack-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string): ReturnType<typeof readStackFile> => {
  writeFileSync(join(folder, "Pulumi.some.yaml"), text);
  return readStackFile("some", folder);
};

it("reads plain values as text and leaves encrypted ones out", () => {
  const text =
    "encryptionsalt: v1:abc\nconfig:\n  a:b: text\n  a:c: 5\n  a:d: true\n  bot:token:\n    secure: v1:xyz\n";
  expect(read(text)).toEqual({ "a:b": "text", "a:c": "5", "a:d": "true" });
});

it("reads maps and lists as the JSON that the engine makes of them", () => {
  const text = "config:\n  a:map:\n    key: text\n    more: {number: 5}\n  a:list:\n    - one: 1\n";
  expect(read(text)).toEqual({ "a:map": '{"key":"text","more":{"number":5}}', "a:list": '[{"one":1}]' });
});

it("takes a stack without configuration", () => {
  for (const text of ["", "config:\n", "encryptionsalt: v1:abc\n"]) expect(read(text)).toEqual({});
});

it("knows a stack without a file from one without configuration", () => {
  expect(readStackFile("none", folder)).toBeUndefined();
});

it("says so when the file is something else", () => {
  for (const text of ["- a\n", "config: [1]\n"])
    expect(() => read(text)).toThrow("Pulumi.some.yaml is not the configuration of a stack: mend its config");
});
