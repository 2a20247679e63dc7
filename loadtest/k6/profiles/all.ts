import type { Profile } from "../lib/profile.ts";
import { bench, benchKnee } from "./bench.ts";
import { breakpoint } from "./breakpoint.ts";
import { csv } from "./csv.ts";
import { documents } from "./documents.ts";
import { duplicate } from "./duplicate.ts";
import { moonshot } from "./moonshot.ts";
import { smoke } from "./smoke.ts";
import { soak } from "./soak.ts";
import { spike } from "./spike.ts";
import { users2000 } from "./users2000.ts";

export const profiles: readonly Profile[] = [
  smoke,
  documents,
  users2000,
  csv,
  duplicate,
  breakpoint,
  spike,
  soak,
  moonshot,
  bench,
  benchKnee,
];

/** Throws when there is no such profile, and names those that exist. */
export function profileOf(name: string | undefined): Profile {
  const found = profiles.find((profile) => profile.name === name);
  if (found !== undefined) return found;
  const list = profiles.map((profile) => `  ${profile.name}: ${profile.description}`).join("\n");
  throw new Error(`${name === undefined ? "no profile given" : `no profile ${name}`}; there are:\n${list}`);
}
