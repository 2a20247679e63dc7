import { arrivals, floor, part, type Profile, together, warmUp } from "../lib/profile.ts";

const scenario = "people";
const rate = { count: 50, seconds: 1 };
const [warmUpSeconds, seconds] = [10, 60];

/** What each of these asks for is one message, so the messages that leave say how often it was done. */
export const duplicate: Profile = {
  name: "duplicate",
  description: "50 updates a second, of which three in ten come five times at once",
  people: 2000,
  judged: scenario,
  seconds,
  repeats: { share: 0.3, copies: 5 },
  kinds: ["help", "profile", "search"],
  messages: 1,
  scenarios: {
    warmup: warmUp(rate.count, warmUpSeconds),
    [scenario]: arrivals(rate, seconds, warmUpSeconds),
  },
  thresholds: together(floor(scenario, rate.count * seconds), {
    [part("accepted", { scenario })]: ["rate==1"],
  }),
};
