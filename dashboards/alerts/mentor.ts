import type { Alert, Threshold } from "../catalogue.ts";
import { breach, max, select } from "../promql.ts";

export const breaker = max(["job"], select("bot_mentor_breaker_state"));
/** Closed is 0; half open, 1, it waits for two answers. */
export const breakerLimit: Threshold = { unit: "count", is: "above", value: 0.5 };

const series = (samples: string) => ({
  'bot_mentor_breaker_state{job="bot",instance="worker-0",role="worker"}': samples,
});

export const mentorAlerts: readonly Alert[] = [
  {
    name: "MentorBreakerOpen",
    service: "bot",
    severity: "warning",
    expr: breach(breaker, breakerLimit),
    for: "5m",
    summary: "The mentor has given no answers for 5 minutes",
    description:
      "Five questions in a row got no answer, and none was good since. People are told that the mentor is away. Its API is " +
      "down or slow, our limit there is used up, or its address, key or model is wrong.",
    normal: "0: the breaker is closed",
    threshold: breakerLimit,
    panel: { board: "overview", key: "mentor-breaker" },
    fires: [
      {
        when: "it opens and every try fails",
        samples: series("0x3 2 2 2 2 1 2 2 2 2 1 2x60"),
        from: "60s",
        labels: { job: "bot" },
        summary: "The mentor has given no answers for 5 minutes",
      },
      {
        when: "it was open, and nobody asks any more",
        samples: series("0x3 2x3 1x60"),
        from: "60s",
        labels: { job: "bot" },
        summary: "The mentor has given no answers for 5 minutes",
      },
    ],
    quiet: [
      { when: "two answers close it after a minute", samples: series("0x3 2x4 1x2 0x60"), at: ["5m", "10m"] },
      { when: "nothing fails", samples: series("0x60"), at: ["10m"] },
    ],
  },
];
