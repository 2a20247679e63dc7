import { arrivals, floor, part, type Profile, together, warmUp } from "../lib/profile.ts";

const scenario = "flood";
const rate = { count: 2000, seconds: 1 };
const [warmUpSeconds, seconds] = [60, 600];

/** Fourteen times the fastest profile of a Telegram bot that is published, for a machine with 16 cores or several of them. */
export const moonshot: Profile = {
  name: "moonshot",
  description: "2000 updates a second for 10 minutes, from 20 000 people",
  people: 20_000,
  judged: scenario,
  seconds,
  scenarios: {
    warmup: warmUp(rate.count, warmUpSeconds),
    [scenario]: arrivals(rate, seconds, warmUpSeconds),
  },
  thresholds: together(floor(scenario, rate.count * seconds), {
    [part("accepted", { scenario })]: ["rate==1"],
    [part("from_due", { scenario })]: ["p(95)<50", "p(99)<150", "p(99.9)<500"],
  }),
};
