import { arrivals, breaks, floor, part, type Profile, ramp, together, warmUp } from "../lib/profile.ts";

const scenario = "people";
const kinds = ["profile", "search", "page", "page", "search", "text", "help"] as const;
const people = 20_000;
const rate = { count: 150, seconds: 1 };
const [warmUpSeconds, seconds] = [8, 20];

export const bench: Profile = {
  name: "bench",
  description: "a part of `npm run bench`: 150 updates a second for 20 s",
  people,
  kinds,
  judged: scenario,
  seconds,
  scenarios: {
    warmup: warmUp(rate.count, warmUpSeconds),
    [scenario]: arrivals(rate, seconds, warmUpSeconds),
  },
  thresholds: together(floor(scenario, rate.count * seconds), {
    [part("accepted", { scenario })]: ["rate==1"],
  }),
};

const [first, last, growth] = [100, 3000, 20];
const ramping = (last - first) / growth;

export const benchKnee: Profile = {
  name: "bench-knee",
  description:
    "a part of `npm run bench`: 20 updates a second more in each second, until p95 is above 250 ms",
  people,
  kinds,
  judged: scenario,
  seconds: ramping,
  untilBroken: true,
  scenarios: {
    warmup: warmUp(first, warmUpSeconds),
    [scenario]: ramp(first, [{ rate: last, seconds: ramping }], warmUpSeconds),
  },
  thresholds: together(floor(scenario, first), breaks(scenario, "12s")),
};
