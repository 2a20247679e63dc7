import { createHash } from "node:crypto";
import { userTypes, type UserType } from "../database/users.ts";

/** What somebody looks for; of skill, city and words the codes, empty for any. */
export interface Filter {
  readonly type: UserType | undefined;
  readonly skill: string;
  readonly city: string;
  readonly words: string;
}

export const everybody: Filter = { type: undefined, skill: "", city: "", words: "" };

/** Deeper pages than this one, of 5 people, nobody turns to. */
export const lastPage = 39;

/** A button carries at most 64 bytes, too few for a text in Cyrillic: it carries the first 8 digits of the MD5. */
export const codeOf = (text: string): string => createHash("md5").update(text).digest("hex").slice(0, 8);

const typeLetters = { participant: "p", cofounder: "c", team: "t" } as const satisfies Record<
  UserType,
  string
>;

/** What a button of the search does: shows people, offers skills or cities, or asks for a city or words. */
const kinds = ["search", "skills", "cities", "ask-city", "ask-words"] as const;
export type SearchButton = (typeof kinds)[number];

/** `<kind>:<letter of the type, a for all>:<page>:<skill>:<city>:<words>`, at most 42 bytes. */
export function button(kind: SearchButton, { type, skill, city, words }: Filter, page = 0): string {
  return `${kind}:${type === undefined ? "a" : typeLetters[type]}:${page}:${skill}:${city}:${words}`;
}

const code = "([0-9a-f]{8})?";
/** Older messages have buttons without a city and words. */
export const buttonPattern = new RegExp(
  `^(${kinds.join("|")}):([apct]):(\\d{1,3}):${code}(?::${code}:${code})?$`,
);

export interface Pressed {
  readonly kind: SearchButton;
  readonly filter: Filter;
  readonly page: number;
}

export function parseButton(data: string): Pressed | undefined {
  const [found, kind, letter, page, skill = "", city = "", words = ""] = buttonPattern.exec(data) ?? [];
  if (found === undefined) return undefined;
  return {
    kind: kinds.find((known) => known === kind) ?? "search",
    filter: { type: userTypes.find((type) => typeLetters[type] === letter), skill, city, words },
    page: Math.min(Number(page), lastPage),
  };
}
