import { z } from "zod";
import { conditionOf, CURVE_SECONDS, part, type Profile, startOf } from "./k6/lib/profile.ts";
import { kinds } from "./k6/lib/updates.ts";
import type { Latency } from "./latency.ts";

const summary = z.object({
  state: z.object({ testRunDurationMs: z.number() }),
  metrics: z.record(
    z.string(),
    z.object({
      type: z.enum(["trend", "rate", "counter", "gauge"]),
      // A metric without samples has null for what cannot be computed.
      values: z.record(z.string(), z.number().nullable()),
      thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).optional(),
    }),
  ),
});
export type Summary = z.infer<typeof summary>;

export interface Verdict {
  readonly metric: string;
  readonly condition: string;
  readonly ok: boolean;
  readonly actual: number | undefined;
}

export interface Measured {
  readonly seconds: number;
  readonly updates: number;
  readonly perSecond: number;
  readonly accepted: number;
  readonly dropped: number;
  /** From the moment an update was due. */
  readonly fromDue: Latency | undefined;
  /** From the moment it was sent. */
  readonly fromSent: Latency | undefined;
  readonly kinds: readonly { readonly kind: string; readonly latency: Latency | undefined }[];
  /** `second` counts from the start of the judged scenario. */
  readonly curve: readonly { readonly second: number; readonly latency: Latency }[];
  /** From the moment a file was due until the bot's answer with the cleaned table. */
  readonly files: Latency | undefined;
  readonly verdicts: readonly Verdict[];
}

/** What the simulator knows about a run. */
export interface Seen {
  /** Calls to the Bot API that the whole run has led to. */
  readonly apiCalls?: number | undefined;
  readonly files?: Latency | undefined;
}

/** Throws when the text is no summary of k6. */
export const parseSummary = (text: string): Summary => summary.parse(JSON.parse(text));

/** The value that a condition such as "p(95)<100" or "count>=10" speaks of. */
function actual(values: Record<string, number | null>, condition: string): number | undefined {
  const name = /^[a-z]+(?:\([0-9.]+\))?/.exec(condition)?.[0] ?? "";
  return values[name] ?? undefined;
}

/** Whether each update, however often it came, led to as many messages as it must. */
function onceOnly({ messages }: Profile, updates: number, apiCalls: number | undefined): Verdict[] {
  if (messages === undefined || apiCalls === undefined) return [];
  const wanted = updates * messages;
  return [{ metric: "messages", condition: `count==${wanted}`, ok: apiCalls === wanted, actual: apiCalls }];
}

/** When the first file was due, in milliseconds since the epoch. */
export const filesFrom = ({ metrics }: Summary): number | undefined =>
  metrics["files_from"]?.values["min"] ?? undefined;

/** Whether all files were answered, and in time. */
function filesInTime({ files: wanted }: Profile, files: Latency | undefined): Verdict[] {
  if (wanted === undefined) return [];
  const { count = 0, p95 } = files ?? {};
  return [
    { metric: "files", condition: `count==${wanted.count}`, ok: count === wanted.count, actual: count },
    {
      metric: "file_answered",
      condition: `p(95)<${wanted.p95}`,
      ok: p95 !== undefined && p95 < wanted.p95,
      actual: p95,
    },
  ];
}

/** What a profile's judged scenario measured. */
export function measured(
  { metrics, state }: Summary,
  profile: Profile,
  { apiCalls, files }: Seen = {},
): Measured {
  const scenario = profile.judged;
  const latency = (metric: string): Latency | undefined => {
    const values = metrics[metric]?.values;
    const count = values?.["count"] ?? 0;
    if (values === undefined || count === 0) return undefined;
    const at = (name: string): number => values[name] ?? Number.NaN;
    return { count, p50: at("med"), p95: at("p(95)"), p99: at("p(99)"), p999: at("p(99.9)"), max: at("max") };
  };
  const total = (metric: string): number => metrics[part(metric, { scenario })]?.values["count"] ?? 0;
  const updates = total("answers");
  const seconds = state.testRunDurationMs / 1000;
  return {
    seconds,
    updates,
    // A run may end before its time.
    perSecond: updates / Math.min(profile.seconds, seconds - startOf(profile.scenarios[scenario])),
    accepted: metrics[part("accepted", { scenario })]?.values["rate"] ?? 0,
    dropped: metrics["dropped_iterations"]?.values["count"] ?? 0,
    fromDue: latency(part("from_due", { scenario })),
    fromSent: latency(part("http_req_duration", { scenario })),
    kinds: kinds.map((kind) => ({ kind, latency: latency(part("from_due", { scenario, kind })) })),
    curve: Array.from({ length: Math.ceil(profile.seconds / CURVE_SECONDS) }, (_, t) => ({
      second: t * CURVE_SECONDS,
      latency: latency(part("from_due_curve", { scenario, t: String(t) })),
    })).flatMap(({ second, latency: l }) => (l === undefined ? [] : [{ second, latency: l }])),
    files,
    // In the order of the profile; k6's own changes from run to run.
    verdicts: [
      ...Object.entries(profile.thresholds).flatMap(([metric, conditions]) =>
        conditions.map(conditionOf).map((condition) => ({
          metric,
          condition,
          ok: metrics[metric]?.thresholds?.[condition]?.ok ?? false,
          actual: actual(metrics[metric]?.values ?? {}, condition),
        })),
      ),
      ...onceOnly(profile, metrics["answers"]?.values["count"] ?? 0, apiCalls),
      ...filesInTime(profile, files),
    ],
  };
}
