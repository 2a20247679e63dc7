import type { Kind } from "./updates.ts";

interface Common {
  /** Exported function of the script that an iteration runs. */
  readonly exec: "act" | "everyKind" | "actAtOnce" | "upload";
  readonly startTime?: string;
  readonly gracefulStop: string;
}

interface Connections {
  readonly preAllocatedVUs: number;
  readonly maxVUs: number;
}

/** The executors of k6 that profiles use. */
export type Scenario =
  | (Common & { executor: "per-vu-iterations"; vus: number; iterations: number; maxDuration: string })
  | (Common & { executor: "constant-vus"; vus: number; duration: string })
  | (Common &
      Connections & { executor: "constant-arrival-rate"; rate: number; timeUnit: string; duration: string })
  | (Common &
      Connections & {
        executor: "ramping-arrival-rate";
        startRate: number;
        timeUnit: string;
        stages: { target: number; duration: string }[];
      });

/** A load with what it must achieve. Data only: k6 runs it, Node checks and reports it. */
export interface Profile {
  readonly name: string;
  readonly description: string;
  /** People who act. */
  readonly people: number;
  readonly scenarios: Record<string, Scenario>;
  /** The scenario that is judged and drawn; the others warm up. */
  readonly judged: string;
  /** Seconds for which the judged scenario runs, for the curve. */
  readonly seconds: number;
  /** Some updates come as several copies at once. @default each comes once */
  readonly repeats?: { readonly share: number; readonly copies: number };
  /** What people do. @default everything */
  readonly kinds?: readonly Kind[];
  /** Messages that each update must lead to, counted by the simulator. @default not counted */
  readonly messages?: number;
  /** CSV files that people upload meanwhile, nobody more than one; the simulator tells when each was answered. */
  readonly files?: {
    readonly scenario: string;
    /** Of each file. */
    readonly bytes: number;
    readonly count: number;
    /** Milliseconds from due time in which 95 % of them are answered. */
    readonly p95: number;
  };
  /** The load grows until a threshold is broken; that it is, is no failure. */
  readonly untilBroken?: true;
  readonly thresholds: Record<string, Threshold[]>;
}

/** A condition that ends the run when it is broken, or one that is looked at in the end. */
export type Threshold = string | { threshold: string; abortOnFail: true; delayAbortEval: string };
export const conditionOf = (threshold: Threshold): string =>
  typeof threshold === "string" ? threshold : threshold.threshold;

/** Seconds from the start of a run until a scenario begins. */
export const startOf = (scenario: Scenario | undefined): number =>
  Number.parseInt(scenario?.startTime ?? "0", 10);

/** Milliseconds from the start of a scenario until its n-th iteration is due; undefined when nothing says when. */
export function dueAt(scenario: Scenario, n: number): number | undefined {
  if (scenario.executor === "constant-arrival-rate")
    return (n * Number.parseInt(scenario.timeUnit, 10) * 1000) / scenario.rate;
  if (scenario.executor !== "ramping-arrival-rate") return undefined;
  const unit = Number.parseInt(scenario.timeUnit, 10);
  let from = scenario.startRate / unit;
  let [left, passed] = [n, 0];
  for (const { target, duration } of scenario.stages) {
    const [to, seconds] = [target / unit, Number.parseInt(duration, 10)];
    const iterations = ((from + to) / 2) * seconds;
    if (left <= iterations && seconds > 0) {
      // left = from t + slope t² / 2
      const slope = (to - from) / seconds;
      const t = slope === 0 ? left / from : (Math.sqrt(from ** 2 + 2 * slope * left) - from) / slope;
      return (passed + t) * 1000;
    }
    left -= iterations;
    passed += seconds;
    from = to;
  }
  return passed * 1000;
}

/** Seconds that share one point of the latency curve. */
export const CURVE_SECONDS = 5;

/** Name of a metric's part, as k6 writes it. */
export const part = (metric: string, tags: Record<string, string>): string =>
  `${metric}{${Object.entries(tags)
    .map(([tag, value]) => `${tag}:${value}`)
    .join(",")}}`;

/** The p95 of answers that we promise, in milliseconds. */
export const PROMISED_P95 = 100;

/** Always true: makes k6 report a part of a metric that it would drop otherwise. */
export const SHOW = "max>=0";

/** Telegram holds at most 100 connections. Making one during the test would cost time, so all exist before. */
export const connections: Connections = { preAllocatedVUs: 100, maxVUs: 100 };

/** A constant number of iterations per second, started on time whatever the answers take. */
export function arrivals(
  rate: { count: number; seconds: number },
  seconds: number,
  startSeconds: number,
  exec: Scenario["exec"] = "act",
): Scenario {
  return {
    executor: "constant-arrival-rate",
    exec,
    rate: rate.count,
    timeUnit: `${rate.seconds}s`,
    duration: `${seconds}s`,
    startTime: `${startSeconds}s`,
    ...connections,
    gracefulStop: "10s",
  };
}

/** A rate that goes from one number per second to the next. */
export function ramp(
  startRate: number,
  stages: readonly { rate: number; seconds: number }[],
  startSeconds: number,
): Scenario {
  return {
    executor: "ramping-arrival-rate",
    exec: "act",
    startRate,
    timeUnit: "1s",
    stages: stages.map(({ rate, seconds }) => ({ target: rate, duration: `${seconds}s` })),
    startTime: `${startSeconds}s`,
    ...connections,
    gracefulStop: "10s",
  };
}

/** Makes everybody known, and the code hot, before anything is judged. */
export const warmUp = (rate: number, seconds: number): Scenario => ramp(1, [{ rate, seconds }], 0);

/** CSV files of 1 MB that people upload meanwhile, of which 95 % are to be answered within `p95` milliseconds. */
export function uploads(
  rate: { count: number; seconds: number },
  seconds: number,
  startSeconds: number,
  p95: number,
): Pick<Profile, "scenarios" | "thresholds"> & Required<Pick<Profile, "files">> {
  const scenario = "files";
  const count = (seconds * rate.count) / rate.seconds;
  return {
    scenarios: { [scenario]: arrivals(rate, seconds, startSeconds, "upload") },
    files: { scenario, bytes: 1_000_000, count, p95 },
    thresholds: { [part("iterations", { scenario })]: [`count>=${count}`] },
  };
}

/** What holds for every judged scenario: the floor of the documents, and that it was measured at all. */
export const floor = (scenario: string, iterations: number): Profile["thresholds"] => ({
  [part("accepted", { scenario })]: ["rate>=0.95"],
  [part("from_due", { scenario })]: ["p(95)<3000"],
  // A dropped iteration is an update that Telegram would still be holding.
  [part("dropped_iterations", { scenario })]: ["count==0"],
  // A threshold on a metric without samples passes; these do not.
  [part("answers", { scenario })]: [`count>=${iterations}`],
  [part("iterations", { scenario })]: [`count>=${iterations}`],
});

/** Ends the run when updates are slow or have to wait, but not before so long, as p95 is that of all so far. */
export function breaks(scenario: string, after: string): Profile["thresholds"] {
  const ends = { abortOnFail: true, delayAbortEval: after } as const;
  return {
    [part("from_due", { scenario })]: [{ threshold: "p(95)<250", ...ends }],
    [part("dropped_iterations", { scenario })]: [{ threshold: "count<1", ...ends }],
  };
}

/** Both, condition by condition. */
export function together(...sets: readonly Profile["thresholds"][]): Profile["thresholds"] {
  const all: Record<string, Threshold[]> = {};
  for (const set of sets)
    for (const [metric, conditions] of Object.entries(set)) (all[metric] ??= []).push(...conditions);
  return all;
}

/** k6's options of a profile: the judged thresholds, and parts that are only drawn. */
export function optionsOf(profile: Profile, kinds: readonly string[]) {
  const { judged: scenario } = profile;
  const thresholds: Record<string, Threshold[]> = { ...profile.thresholds };
  const show = (metric: string) => (thresholds[metric] ??= [SHOW]);
  for (const kind of kinds) show(part("from_due", { scenario, kind }));
  for (let t = 0; t < profile.seconds / CURVE_SECONDS; t++)
    show(part("from_due_curve", { scenario, t: String(t) }));
  for (const metric of ["from_due", "http_req_duration"]) show(part(metric, { scenario }));
  return {
    scenarios: profile.scenarios,
    thresholds,
    discardResponseBodies: true,
    summaryTrendStats: ["min", "avg", "med", "p(90)", "p(95)", "p(99)", "p(99.9)", "max", "count"],
    systemTags: ["scenario", "status", "check", "error_code", "expected_response"],
    userAgent: "launchlab-load",
  };
}
