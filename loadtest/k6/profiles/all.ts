import type { Profile } from "../lib/profile.ts";
import { smoke } from "./smoke.ts";
import { users2000 } from "./users2000.ts";

export const profiles: readonly Profile[] = [smoke, users2000];

/** Throws when there is no such profile, and names those that exist. */
export function profileOf(name: string | undefined): Profile {
  const found = profiles.find((profile) => profile.name === name);
  if (found !== undefined) return found;
  const list = profiles.map((profile) => `  ${profile.name}: ${profile.description}`).join("\n");
  throw new Error(`${name === undefined ? "no profile given" : `no profile ${name}`}; there are:\n${list}`);
}
