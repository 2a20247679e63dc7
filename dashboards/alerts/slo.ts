import type { Alert, FiringCase, QuietCase, Samples, Severity } from "../catalogue.ts";
import { above, either, given, overTime, times, type Vector } from "../promql.ts";
import { badLastHour, badShare } from "../recordings/slo.ts";
import { burnLimit, burns, objectives, type Burn, type Objective } from "../slo.ts";
import { value } from "./text.ts";

/** A handful of bad updates is no reason to call for somebody, however few there are in all. */
const minimumBad = {
  page: { within: "1h", value: 10 },
  ticket: { within: "6h", value: 20 },
} as const;
type Urgency = keyof typeof burns;

const badWithin: Record<Urgency, (objective: Objective) => Vector> = {
  page: badLastHour,
  // As long as there are fewer than six hours, it is less than the truth.
  ticket: (objective) => times(overTime("avg", badLastHour(objective), "6h"), 6),
};

/** Burns so fast in the long window, and still does in the short one. */
function burning(objective: Objective, { factor, long, short }: Burn): Vector {
  const limit = burnLimit(objective, factor);
  return given(above(badShare(objective, long), limit), above(badShare(objective, short), limit));
}

const recordedNames = { errors: "bot:update_errors", slow: "bot:updates_slow" } as const;

/** Samples of what recordings keep: a share of bad updates for each window, and how many they were in the last hour. */
function kept(objective: Objective, shares: Readonly<Record<string, number>>, bad: number): Samples {
  const name = recordedNames[objective];
  return {
    ...Object.fromEntries(
      Object.entries(shares).map(([window, share]) => [
        `${name}:ratio_rate${window}{job="bot"}`,
        `0x4 ${share}x130`,
      ]),
    ),
    [`${name}:increase1h{job="bot"}`]: `${bad}x134`,
  };
}

const counted = (outcome: string, samples: string): Samples => ({
  [`bot_updates_total{job="bot",instance="web-0",type="message",outcome="${outcome}"}`]: samples,
});
const durations = (one: string, within1: string, all: string): Samples => ({
  [`bot_update_duration_seconds_bucket{job="bot",instance="web-0",type="message",le="${one}"}`]: within1,
  [`bot_update_duration_seconds_bucket{job="bot",instance="web-0",type="message",le="+Inf"}`]: all,
  [`bot_update_duration_seconds_count{job="bot",instance="web-0",type="message"}`]: all,
});

/** Nine of ten updates are bad. */
const bad: Record<Objective, readonly Samples[]> = {
  errors: [{ ...counted("ok", "0+40x130"), ...counted("error", "0+360x130") }],
  // However Prometheus writes the bound.
  slow: ["1", "1.0"].map((one) => durations(one, "0+40x130", "0+400x130")),
};
const idle: Record<Objective, Samples> = {
  errors: { ...counted("ok", "7x130"), ...counted("error", "0x130") },
  slow: durations("1", "7x130", "7x130"),
};

/** A share that one and a half times the limit's speed gives. */
const beyond = (objective: Objective, { factor }: Burn) => burnLimit(objective, factor * 1.3);

function fires(objective: Objective, urgency: Urgency, summary: (share: string) => string): FiringCase[] {
  const [fast, slow] = burns[urgency];
  const of = ({ long, short }: Burn, share: number) => ({ [long]: share, [short]: share });
  const labels = { job: "bot" };
  const text = (share: number) => summary(`${Number((share * 100).toFixed(4))}%`);
  const many = minimumBad[urgency].value * 1.5;
  return [
    ...bad[objective].map((samples) => ({
      when: "nine of ten updates are bad",
      samples,
      from: "15s" as const,
      labels,
      summary: text(0.9),
    })),
    {
      when: `${fast.factor} times too many in ${fast.long} alone`,
      samples: kept(objective, { ...of(slow, 0), ...of(fast, beyond(objective, fast)) }, many),
      from: "75s",
      labels,
      summary: text(beyond(objective, fast)),
    },
    {
      when: `${slow.factor} times too many in ${slow.long} alone`,
      samples: kept(objective, { ...of(fast, 0), ...of(slow, beyond(objective, slow)) }, many),
      from: "75s",
      labels,
      summary: text(beyond(objective, slow)),
    },
  ];
}

function quiet(objective: Objective, urgency: Urgency): QuietCase[] {
  const pairs = burns[urgency];
  const at = ["10m", "30m"] as const;
  return [
    ...pairs.map(({ long, short }) => ({
      when: `it was bad within ${long}, and is good again for ${short}`,
      samples: kept(objective, { [long]: 1, [short]: 0 }, 1000),
      at,
    })),
    {
      when: "few updates are bad, of very few",
      samples: kept(
        objective,
        Object.fromEntries(pairs.flatMap(({ long, short }) => [long, short]).map((window) => [window, 1])),
        minimumBad[urgency].value / (urgency === "page" ? 1 : 6),
      ),
      at,
    },
    { when: "nothing happens", samples: idle[objective], at },
  ];
}

interface Promised {
  readonly objective: Objective;
  readonly name: string;
  readonly what: string;
  readonly first: string;
}

const promises: readonly Promised[] = [
  {
    objective: "errors",
    name: "BotErrorBudget",
    what: "of updates fail",
    first: "What fails is in the bot's log.",
  },
  {
    objective: "slow",
    name: "BotLatencyBudget",
    what: "of updates take longer than a second",
    first: "Look whether all replicas are slow, then at the database and its pool.",
  },
];

const urgencies = [
  {
    urgency: "page",
    suffix: "BurnsFast",
    severity: "critical",
    for: "2m",
    gone: "within hours or a few days",
  },
  {
    urgency: "ticket",
    suffix: "BurnsSlowly",
    severity: "warning",
    for: "15m",
    gone: "before the 30 days are over",
  },
] as const satisfies readonly { urgency: Urgency; severity: Severity; [key: string]: string }[];

/** An alert for each promise and urgency: both windows of a pair have to agree. */
export const sloAlerts: readonly Alert[] = promises.flatMap(({ objective, name, what, first }) =>
  urgencies.map(({ urgency, suffix, severity, for: held, gone }): Alert => {
    const [fast, slow] = burns[urgency];
    const { within, value: least } = minimumBad[urgency];
    return {
      name: `${name}${suffix}`,
      service: "bot",
      severity,
      expr: given(
        either(burning(objective, fast), burning(objective, slow)),
        above(badWithin[urgency](objective), least),
      ),
      for: held,
      summary: `${value("ratio")} ${what}, too many for the promise of 30 days`,
      description:
        `The promise is ${Number((objectives[objective] * 100).toFixed(1))} % good updates. At this speed the budget is gone ${gone}. ${first} ` +
        `Alerts above ${fast.factor} times the allowed share in ${fast.long} and ${fast.short}, or ${slow.factor} times in ` +
        `${slow.long} and ${slow.short}, with more than ${least} bad updates in ${within}.`,
      normal: objective === "errors" ? "below 0.1 %" : "below 5 %",
      panel: { board: "overview", key: `burn-${objective}` },
      ...(urgency === "page" ? { inhibits: [`${name}BurnsSlowly`] } : {}),
      fires: fires(objective, urgency, (share) => `${share} ${what}, too many for the promise of 30 days`),
      quiet: quiet(objective, urgency),
    };
  }),
);
