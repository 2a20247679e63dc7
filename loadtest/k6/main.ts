import exec from "k6/execution";
import http from "k6/http";
import type { Options } from "k6/options";
import { parseConfig } from "./lib/config.ts";
import { optionsOf } from "./lib/profile.ts";
import { kinds } from "./lib/updates.ts";
import { profileOf } from "./profiles/all.ts";
import { createActs } from "./scenarios/acts.ts";

const path = __ENV["LOAD_CONFIG"];
if (path === undefined) throw new Error("start this with: npm run load -- PROFILE");
const config = parseConfig(open(path));
const profile = profileOf(config.profile);

export const options = optionsOf(profile, kinds) satisfies Options;

// Telegram takes nothing but 200 for "delivered".
http.setResponseCallback(http.expectedStatuses(200));

const acts = createActs(config, profile);

/** The next person does what is due; an iteration of an arrival rate. */
export function act(): void {
  acts.next(exec.scenario.name, exec.scenario.iterationInTest, exec.scenario.startTime);
}

/** The same without a due time: the next one when the one before is answered. */
export const actAtOnce = act;

/** The next person uploads a file; an iteration of an arrival rate. */
export function upload(): void {
  acts.upload(exec.scenario.name, exec.scenario.iterationInTest, exec.scenario.startTime);
}

/** The n-th kind of action in the n-th iteration, each by a person of its own. */
export function everyKind(): void {
  acts.one(exec.scenario.iterationInTest);
}

/** Nothing is printed here: the runner reads the file and makes the report. */
export function handleSummary(data: unknown): Record<string, string> {
  return { [config.summary]: JSON.stringify(data) };
}
