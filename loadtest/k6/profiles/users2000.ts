import { arrivals, connections, floor, part, type Profile, PROMISED_P95, together } from "../lib/profile.ts";

const people = 2000;
/** A pause of 3 to 10 s between two actions of a person is 6.5 s on average: about 308 updates per second. */
const rate = { count: people * 2, seconds: 13 };
const warmUpSeconds = 20;
const seconds = 60;
const scenario = "people";

export const users2000: Profile = {
  name: "users2000",
  description: "2000 people, a pause of 3 to 10 s between two actions of each",
  people,
  judged: scenario,
  seconds,
  scenarios: {
    warmup: {
      executor: "ramping-arrival-rate",
      exec: "act",
      startRate: 0,
      timeUnit: `${rate.seconds}s`,
      stages: [{ target: rate.count, duration: `${warmUpSeconds}s` }],
      ...connections,
      gracefulStop: "10s",
    },
    [scenario]: arrivals(rate, seconds, warmUpSeconds),
  },
  thresholds: together(floor(scenario, Math.floor((seconds * rate.count) / rate.seconds)), {
    // What we promise, beyond the floor.
    [part("accepted", { scenario })]: ["rate==1"],
    [part("from_due", { scenario })]: [`p(95)<${PROMISED_P95}`],
  }),
};
