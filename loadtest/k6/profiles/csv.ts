import { arrivals, floor, part, type Profile, together, warmUp } from "../lib/profile.ts";

const scenario = "people";
const files = "files";
const rate = { count: 50, seconds: 1 };
/** Twice what 2000 people upload who each send one file in an hour. */
const uploads = { count: 11, seconds: 10 };
const [warmUpSeconds, seconds] = [10, 60];

/** Files of 1 MB, while others talk to the bot. */
export const csv: Profile = {
  name: "csv",
  description: "1.1 CSV files of 1 MB a second beside 50 updates a second, for a minute",
  people: 2000,
  judged: scenario,
  seconds,
  scenarios: {
    warmup: warmUp(rate.count, warmUpSeconds),
    [scenario]: arrivals(rate, seconds, warmUpSeconds),
    [files]: arrivals(uploads, seconds, warmUpSeconds, "upload"),
  },
  files: { scenario: files, bytes: 1_000_000, count: (seconds * uploads.count) / uploads.seconds, p95: 1000 },
  thresholds: together(floor(scenario, rate.count * seconds), {
    [part("accepted", { scenario })]: ["rate==1"],
    [part("accepted", { scenario: files })]: ["rate==1"],
    [part("iterations", { scenario: files })]: [`count>=${(seconds * uploads.count) / uploads.seconds}`],
  }),
};
