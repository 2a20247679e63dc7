import { createHash } from "node:crypto";
import type { Cache } from "../cache/cache.ts";
import type { Query } from "../database/pool.ts";
import { userTypes, type User } from "../database/users.ts";
import type { BotContext } from "../telegram/context.ts";
import { everybody, type Filter } from "./search-filter.ts";
import { popularCities, popularSkills, searchIds, type Choice } from "./search-people.ts";

/** Ids of whom the filter finds. Not all of them have to be there any more: `readPeople` looks. */
export function cachedIds(cache: Cache, query: Query, filter: Filter, words: string): Promise<number[]> {
  // What people write does not belong into the names of keys, and a code of 32 bits is too short to tell them apart.
  const digest = words === "" ? "" : createHash("sha256").update(words).digest("base64url");
  const key = [filter.type ?? "", filter.skill, filter.city, digest].join(":");
  return cache.get("search", key, () => searchIds(query, filter, words));
}

export function cachedChoices(cache: Cache, query: Query, what: "skills" | "cities"): Promise<Choice[]> {
  return cache.get("popular", what, () => (what === "skills" ? popularSkills(query) : popularCities(query)));
}

/**
 * Whoever changes what a search looks at calls this with the person as they are now. Nothing is to be done for who hides
 * or leaves: `readPeople` shows them no more.
 */
export function searchesChanged({ cache, afterCommit }: BotContext, { isSearching }: User): void {
  if (isSearching) afterCommit(() => cache.drop("search"));
}

/** What nearly everybody asks for first. */
export async function warmUp(cache: Cache, query: Query): Promise<void> {
  for (const type of [undefined, ...userTypes]) await cachedIds(cache, query, { ...everybody, type }, "");
  for (const what of ["skills", "cities"] as const) await cachedChoices(cache, query, what);
}
