import { arrivals, floor, part, type Profile, PROMISED_P95, together, warmUp } from "../lib/profile.ts";

const scenario = "people";
const rate = { count: 200, seconds: 1 };
const [warmUpSeconds, seconds] = [30, 2 * 3600];

export const soak: Profile = {
  name: "soak",
  description: "200 updates a second for two hours",
  people: 2000,
  judged: scenario,
  seconds,
  scenarios: {
    warmup: warmUp(rate.count, warmUpSeconds),
    [scenario]: arrivals(rate, seconds, warmUpSeconds),
  },
  thresholds: together(floor(scenario, rate.count * seconds), {
    [part("accepted", { scenario })]: ["rate==1"],
    [part("from_due", { scenario })]: [`p(95)<${PROMISED_P95}`],
  }),
};
