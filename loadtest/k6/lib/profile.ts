interface Common {
  /** Exported function of the script that an iteration runs. */
  readonly exec: "act" | "everyKind";
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
  readonly thresholds: Record<string, string[]>;
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
): Scenario {
  return {
    executor: "constant-arrival-rate",
    exec: "act",
    rate: rate.count,
    timeUnit: `${rate.seconds}s`,
    duration: `${seconds}s`,
    startTime: `${startSeconds}s`,
    ...connections,
    gracefulStop: "10s",
  };
}

/** k6's options of a profile: the judged thresholds, and parts that are only drawn. */
export function optionsOf(profile: Profile, kinds: readonly string[]) {
  const { judged: scenario } = profile;
  const thresholds: Record<string, string[]> = { ...profile.thresholds };
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
