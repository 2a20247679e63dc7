import { kinds } from "../lib/updates.ts";
import { arrivals, part, type Profile } from "../lib/profile.ts";

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
  thresholds: {
    checks: ["rate==1"],
    "iterations{scenario:every}": [`count>=${kinds.length}`],
    [part("accepted", { scenario })]: ["rate>=0.95", "rate==1"],
    [part("from_due", { scenario })]: ["p(95)<3000"],
    [part("dropped_iterations", { scenario })]: ["count==0"],
    [part("answers", { scenario })]: [`count>=${rate.count * seconds}`],
    [part("iterations", { scenario })]: [`count>=${rate.count * seconds}`],
  },
};
