import { arrivals, floor, part, type Profile, together, uploads, warmUp } from "../lib/profile.ts";

const scenario = "people";
const rate = { count: 50, seconds: 1 };
/** Twice what 2000 people upload who each send one file in an hour. */
const filesRate = { count: 11, seconds: 10 };
const [warmUpSeconds, seconds] = [10, 60];
const uploaded = uploads(filesRate, seconds, warmUpSeconds, 1000);

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
    ...uploaded.scenarios,
  },
  files: uploaded.files,
  thresholds: together(floor(scenario, rate.count * seconds), uploaded.thresholds, {
    [part("accepted", { scenario })]: ["rate==1"],
    [part("accepted", { scenario: uploaded.files.scenario })]: ["rate==1"],
  }),
};
