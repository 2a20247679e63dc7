import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { profileFields, userTypes } from "../database/users.ts";
import { actions } from "../features/team-actions.ts";
import { audiences } from "../database/broadcasts.ts";
import { adminCommands, commands } from "./commands.ts";
import { escape, localeOf, locales, shorten, translator } from "./texts.ts";

const root = join(import.meta.dirname, "..");
const source = (locale: string) => readFileSync(join(root, "locales", `${locale}.ftl`), "utf8");
const keysOf = (locale: string) => [...source(locale).matchAll(/^([\w-]+) =/gm)].map(([, key = ""]) => key);
/** The values that a text takes, by its key. */
const valuesOf = (locale: string) =>
  new Map(
    source(locale)
      .split(/\n(?=[\w-]+ =)/)
      .map((block) => [
        /^([\w-]+) =/.exec(block)?.[1],
        [...new Set([...block.matchAll(/\$(\w+)/g)].map(([, name = ""]) => name))].sort(),
      ]),
  );

test("every language has the same texts, once each, with the same values", () => {
  const english = keysOf("en");
  expect(new Set(english).size).toBe(english.length);
  for (const locale of locales) {
    expect(keysOf(locale)).toEqual(english);
    expect(valuesOf(locale)).toEqual(valuesOf("en"));
  }
});

test("every text that the code asks for exists, and every text is asked for", () => {
  const code = globSync(join(root, "**/*.ts"))
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  const built = [
    ...[...commands, ...adminCommands].map((command) => `command-${command}`),
    ...profileFields.map((field) => `ask-${field}`),
    ...[...userTypes, "none"].map((type) => `type-${type}`),
    ...userTypes.map((type) => `type-button-${type}`),
    ...[...userTypes, "all"].map((type) => `search-type-${type}`),
    ...locales.map((locale) => `language-${locale}`),
    ...audiences.map((audience) => `audience-${audience}`),
    "search-write", // by another text
    "ask-search-city",
    "ask-search-words",
    ...["hand", "remove"].map((action) => `team-pick-${action}`),
    ...actions.flatMap((action) => [`team-ask-${action}`, `team-yes-${action}`]),
    ...["accepted", "declined", "expired", "gone"].map((state) => `invitation-${state}`),
  ];
  const asked = [...code.matchAll(/\bt\(\s*"([\w-]+)"/g)].map(([, key = ""]) => key);
  const known = new Set(keysOf("en"));
  expect([...asked, ...built].filter((key) => !known.has(key))).toEqual([]);
  const unused = [...known].filter((key) => !built.includes(key) && !code.includes(`"${key}"`));
  expect(unused).toEqual([]);
});

test("numbers take the right form in Russian", () => {
  const t = translator("ru");
  const length = (length: number) => t("name-too-long", { length, max: 64 }).split(",")[0];
  expect([81, 82, 85].map(length)).toEqual([
    "В этом имени 81 символ",
    "В этом имени 82 символа",
    "В этом имени 85 символов",
  ]);
});

test("the language follows Telegram's code, and English is for everybody else", () => {
  expect(["ru", "ru-RU", "RU", "en", "uk", "rup", "", undefined].map(localeOf)).toEqual([
    ...["ru", "ru", "ru", "en", "en", "en", "en", "en"],
  ]);
});

test("what people write cannot become markup, and is cut between characters", () => {
  expect(escape('<a href="x">&</a>')).toBe("&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;");
  expect(shorten("😀😀😀", 3)).toBe("😀😀😀");
  expect(shorten("😀😀😀", 2)).toBe("😀…");
});
