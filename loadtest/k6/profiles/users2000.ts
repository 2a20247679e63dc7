import { arrivals, connections, part, type Profile, PROMISED_P95 } from "../lib/profile.ts";

const people = 2000;
/** A pause of 3 to 10 s between two actions of a person is 6.5 s on average: about 308 updates per second. */
const rate = { count: people * 2, seconds: 13 };
const warmUpSeconds = 20;
const seconds = 60;
const scenario = "people";
const iterations = Math.floor((seconds * rate.count) / rate.seconds);

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
  thresholds: {
    // The floor (95 %, 3 s) and what we promise (all, and sooner).
    [part("accepted", { scenario })]: ["rate>=0.95", "rate==1"],
    [part("from_due", { scenario })]: ["p(95)<3000", `p(95)<${PROMISED_P95}`],
    // A dropped iteration is an update that Telegram would still be holding.
    [part("dropped_iterations", { scenario })]: ["count==0"],
    // A threshold on a metric without samples passes; these do not.
    [part("answers", { scenario })]: [`count>=${iterations}`],
    [part("iterations", { scenario })]: [`count>=${iterations}`],
  },
};
