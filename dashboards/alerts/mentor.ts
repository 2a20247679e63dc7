import type { Alert, Threshold } from "../catalogue.ts";
import { breach, max, overTime, select } from "../promql.ts";

const state = select("bot_mentor_breaker_state");
/** 0 closed, 1 half open, 2 open. It is open for a minute at a time, which a look every 15 s must not miss. */
export const breaker = max(["job"], overTime("max", state, "2m"));
export const breakerLimit: Threshold = { unit: "count", is: "above", value: 1.5 };

const series = (samples: string) => ({
  'bot_mentor_breaker_state{job="bot",instance="worker-0",role="worker"}': samples,
});

const panel = { board: "jobs", key: "mentor-breaker" };
const labels = { job: "bot" };

export const mentorAlerts: readonly Alert[] = [
  {
    name: "MentorBreakerOpen",
    service: "bot",
    severity: "warning",
    expr: breach(breaker, breakerLimit),
    for: "0s",
    keepFiringFor: "5m",
    summary: "The mentor is not asked, since it gave no answers",
    description:
      "Five questions in a row got no answer. For a minute people are told that the mentor is away, then the next two " +
      "questions try. Its API is down or slow, our limit there is used up, or its address, key or model is wrong.",
    normal: "closed",
    threshold: breakerLimit,
    panel,
    fires: [
      {
        when: "it opens",
        samples: series("0x3 2x4 1x60"),
        from: "60s",
        labels,
        summary: "The mentor is not asked, since it gave no answers",
      },
    ],
    quiet: [
      { when: "it waits for the second good answer", samples: series("1x60"), at: ["5m"] },
      { when: "nothing fails", samples: series("0x60"), at: ["10m"] },
    ],
  },
  {
    name: "MentorBreakerStuckOpen",
    service: "bot",
    severity: "critical",
    expr: breach(breaker, breakerLimit),
    for: "15m",
    summary: "The mentor has given no answers for a quarter of an hour",
    description:
      "Every try fails, so it does not mend itself. The log of the worker names the reason for each; its provider may say more.",
    normal: "closed",
    threshold: breakerLimit,
    panel,
    inhibits: ["MentorBreakerOpen"],
    fires: [
      {
        when: "it opens and every try fails",
        samples: series(`0x3${" 2x4 1x1".repeat(14)}`),
        from: "60s",
        labels,
        summary: "The mentor has given no answers for a quarter of an hour",
      },
    ],
    quiet: [
      {
        when: "two answers close it after five minutes",
        samples: series("0x3 2x20 1x2 0x60"),
        at: ["16m", "20m"],
      },
      { when: "nothing fails", samples: series("0x80"), at: ["16m"] },
    ],
  },
];
