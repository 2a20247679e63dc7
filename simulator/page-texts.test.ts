import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "page");
const source = readFileSync(join(folder, "texts.js"), "utf8");
const table = (name: string): Map<string, string> => {
  const body = new RegExp(`const ${name} = \\{\\n([^]*?)\\n\\};`).exec(source)?.[1] ?? "";
  return new Map(
    [...body.matchAll(/^ {2}(\w+):\s*"((?:[^"\\]|\\.)*)"/gm)].map(([, key = "", text = ""]) => [key, text]),
  );
};
const values = (text: string | undefined): string[] =>
  [...(text ?? "").matchAll(/\{\w+\}/g)].map(String).sort();

test("both languages have the same words, with the same values in them", () => {
  const [en, ru] = [table("en"), table("ru")];
  expect(en.size).toBeGreaterThan(100);
  expect([...ru.keys()]).toEqual([...en.keys()]);
  for (const [key, text] of en) expect(values(ru.get(key)), key).toEqual(values(text));
});

test("every word is used, and every used one is there", () => {
  const files = readdirSync(folder).filter((name) => /\.(js|html)$/.test(name) && name !== "texts.js");
  const text =
    files.map((name) => readFileSync(join(folder, name), "utf8")).join("\n") +
    (source.split("export const languages")[1] ?? "");
  const known = new Set(table("en").keys());
  const asked = [...text.matchAll(/\bt\("(\w+)"|data-t(?:-label|-hint)?="(\w+)"/g)].map(
    ([, a, b]) => a ?? b ?? "",
  );
  expect(asked.filter((key) => !known.has(key))).toEqual([]);
  // Some are put together of a word and a state.
  const unused = [...known].filter(
    (key) => !new RegExp(`["'\`]${key}["'\`]`).test(text) && !/^(bot|kind|stars)_/.test(key),
  );
  const dynamic = ["creator", "administrator", "member", "left", "expired", "dropped"];
  const contents = [
    "photo",
    "document",
    "video",
    "audio",
    "voice",
    "animation",
    "successful_payment",
    "refunded_payment",
    "new_chat_members",
    "left_chat_member",
  ];
  expect(unused.filter((key) => ![...dynamic, ...contents].includes(key))).toEqual([]);
});
