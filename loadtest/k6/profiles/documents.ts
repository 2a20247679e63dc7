import { arrivals, floor, part, type Profile, together, uploads, warmUp } from "../lib/profile.ts";

const scenario = "table";
const rate = { count: 15, seconds: 1 };
/** What the documents ask for: one file in an hour from each of 2000 users. */
const filesRate = { count: 3, seconds: 5 };
/** Long enough that everybody who uploads is known before. */
const [warmUpSeconds, seconds] = [20, 180];
const uploaded = uploads(filesRate, seconds, warmUpSeconds, 5000);
const atOnce = "concurrent";

/** Ten times the table of the documents (80 requests a minute for 2000 users), then 100 requests at once without a pause. */
export const documents: Profile = {
  name: "documents",
  description: "ten times what the documents ask for and their CSV files, then 100 requests at once for 30 s",
  people: 2000,
  judged: scenario,
  seconds,
  scenarios: {
    warmup: warmUp(rate.count, warmUpSeconds),
    [scenario]: arrivals(rate, seconds, warmUpSeconds),
    ...uploaded.scenarios,
    [atOnce]: {
      executor: "constant-vus",
      exec: "actAtOnce",
      vus: 100,
      duration: "30s",
      startTime: `${warmUpSeconds + seconds}s`,
      gracefulStop: "10s",
    },
  },
  files: uploaded.files,
  thresholds: together(floor(scenario, rate.count * seconds), uploaded.thresholds, {
    [part("accepted", { scenario: uploaded.files.scenario })]: ["rate>=0.95"],
    [part("accepted", { scenario: atOnce })]: ["rate>=0.95"],
    // Those who wait for nothing but the answer have no due time.
    [part("http_req_duration", { scenario: atOnce })]: ["p(95)<3000"],
    [part("answers", { scenario: atOnce })]: ["count>=1000"],
  }),
};
