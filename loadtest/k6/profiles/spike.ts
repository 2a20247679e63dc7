import { CURVE_SECONDS, floor, part, type Profile, ramp, together, warmUp } from "../lib/profile.ts";

const scenario = "spike";
const [quiet, high] = [50, 2000];
const stages = [
  { rate: quiet, seconds: 10 },
  { rate: high, seconds: 5 },
  { rate: high, seconds: 60 },
  { rate: quiet, seconds: 5 },
  { rate: quiet, seconds: 20 },
];
const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0);
const warmUpSeconds = 20;
/** The second half of the quiet end: 10 s after the spike. */
const recovered = Array.from({ length: 10 / CURVE_SECONDS }, (_, i) => seconds / CURVE_SECONDS - 1 - i);

export const spike: Profile = {
  name: "spike",
  description: "50 updates a second, 2000 within 5 s and for a minute, and back",
  people: 20_000,
  judged: scenario,
  seconds,
  scenarios: { warmup: warmUp(quiet, warmUpSeconds), [scenario]: ramp(quiet, stages, warmUpSeconds) },
  thresholds: together(
    floor(scenario, quiet * 30),
    { [part("accepted", { scenario })]: ["rate==1"] },
    ...recovered.map((t) => ({
      [part("from_due_curve", { scenario, t: String(t) })]: ["p(95)<250", "max>0"],
    })),
  ),
};
