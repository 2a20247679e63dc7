import type { ProfileField, UserChange } from "../database/users.ts";
import { characters, escape, shorten, storable } from "../telegram/texts.ts";

/** Limits of the database as well; in characters as Postgres counts them (code points). */
const limits = { name: 64, about: 500, skills: 10, skill: 32, city: 64, words: 100 } as const;

export type Parsed =
  | { readonly change: UserChange }
  | { readonly problem: string; readonly values?: Record<string, string | number> };

const length = (text: string) => characters(text).length;

export const clean = (text: string) => storable(text).trim();

function parseName(text: string): Parsed {
  const name = clean(text).replace(/\s+/g, " ");
  if (!/[\p{L}\p{N}]/u.test(name)) return { problem: "name-empty" };
  if (length(name) > limits.name) {
    return { problem: "name-too-long", values: { length: length(name), max: limits.name } };
  }
  return { change: { name } };
}

function parseAbout(text: string): Parsed {
  const about = clean(text).replace(/\n{3,}/g, "\n\n");
  if (!/[\p{L}\p{N}]/u.test(about)) return { problem: "about-empty" };
  if (length(about) > limits.about) {
    return { problem: "about-too-long", values: { length: length(about), max: limits.about } };
  }
  return { change: { about } };
}

function parseCity(text: string): Parsed {
  const city = clean(text).replace(/\s+/g, " ");
  if (!/\p{L}/u.test(city)) return { problem: "city-empty" };
  if (length(city) > limits.city) {
    return { problem: "city-too-long", values: { length: length(city), max: limits.city } };
  }
  return { change: { city } };
}

/** In small letters, so that people who write it differently still find each other. */
function parseSkills(text: string): Parsed {
  const parts = clean(text)
    .toLowerCase()
    .split(/[,;\n]/)
    .map((part) => part.replace(/\s+/g, " ").trim())
    .filter((part) => /[\p{L}\p{N}]/u.test(part));
  const skills = [...new Set(parts)];
  const long = skills.find((skill) => length(skill) > limits.skill);
  if (skills.length === 0) return { problem: "skills-empty" };
  if (long !== undefined) {
    const shown = escape(shorten(long, limits.skill));
    return { problem: "skills-too-long", values: { skill: shown, max: limits.skill } };
  }
  if (skills.length > limits.skills) {
    return { problem: "skills-too-many", values: { count: skills.length, max: limits.skills } };
  }
  return { change: { skills } };
}

/** What to look for in profiles; undefined when it has no word. What does not fit is cut. */
export function parseWords(text: string): string | undefined {
  const words = shorten(clean(text).replace(/\s+/g, " "), limits.words);
  return /[\p{L}\p{N}]/u.test(words) ? words : undefined;
}

/** What a text means as the answer to the question for a field. Problems are keys of the texts. */
export function parseField(field: ProfileField, text: string): Parsed {
  switch (field) {
    case "name":
      return parseName(text);
    case "about":
      return parseAbout(text);
    case "skills":
      return parseSkills(text);
    case "city":
      return parseCity(text);
    case "type":
    case "searching":
      return { problem: "buttons-please" };
  }
}

/** The name that Telegram knows, cut to what fits; undefined when it has no letter. */
export function nameFromTelegram(first: string, last: string | undefined): string | undefined {
  const parsed = parseName(shorten(clean(`${first} ${last ?? ""}`), limits.name));
  return "change" in parsed ? (parsed.change.name ?? undefined) : undefined;
}
