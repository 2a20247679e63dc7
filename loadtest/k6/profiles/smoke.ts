import { arrivals, floor, part, type Profile, together } from "../lib/profile.ts";
import { kinds } from "../lib/updates.ts";

const scenario = "trickle";
const rate = { count: 20, seconds: 1 };
const seconds = 3;

export const smoke: Profile = {
  name: "smoke",
  description: "every kind of update once, then 20 a second for a moment",
  people: 2000,
  judged: scenario,
  seconds,
  scenarios: {
    every: {
      executor: "per-vu-iterations",
      exec: "everyKind",
      vus: 1,
      iterations: kinds.length,
      maxDuration: "10s",
      gracefulStop: "10s",
    },
    [scenario]: arrivals(rate, seconds, 1),
  },
  thresholds: together(
    { checks: ["rate==1"], "iterations{scenario:every}": [`count>=${kinds.length}`] },
    floor(scenario, rate.count * seconds),
    { [part("accepted", { scenario })]: ["rate==1"] },
  ),
};
