import { breaks, floor, type Profile, ramp, together, warmUp } from "../lib/profile.ts";

const scenario = "ramp";
const [first, last] = [100, 3000];
/** Another 100 updates a second in each 30 s. */
const seconds = ((last - first) / 100) * 30;
const warmUpSeconds = 20;

export const breakpoint: Profile = {
  name: "breakpoint",
  description:
    "100 updates a second and 100 more in each half minute, until p95 is above 250 ms or updates have to wait",
  people: 20_000,
  judged: scenario,
  seconds,
  untilBroken: true,
  scenarios: {
    warmup: warmUp(first, warmUpSeconds),
    [scenario]: ramp(first, [{ rate: last, seconds }], warmUpSeconds),
  },
  thresholds: together(floor(scenario, first), breaks(scenario, "30s")),
};
