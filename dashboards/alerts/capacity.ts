import type { Alert, Threshold } from "../catalogue.ts";
import { breach, rate, ratio, select, sum } from "../promql.ts";
import { sizedFor } from "../recordings/capacity.ts";
import { value } from "./text.ts";

/** Everything that arrives, also what is turned away: that is load as well. */
export const load = sum(["stack"], rate(select("bot_updates_total"), "5m"));
export const loadShare = ratio(load, sizedFor("updates_per_second"));
export const loadShareLimit: Threshold = { unit: "ratio", is: "above", value: 0.8 };

const counted = (samples: string) => ({
  'bot_updates_total{job="bot",instance="web-0",type="message",outcome="ok"}': samples,
});

export const capacityAlerts: readonly Alert[] = [
  {
    name: "BotNearCapacity",
    service: "bot",
    severity: "warning",
    expr: breach(loadShare, loadShareLimit),
    for: "10m",
    summary: `The bot gets ${value("ratio")} of the updates that the stack is sized for`,
    description:
      "Nothing is broken yet. More people at once than `launchlab:users` says will wait longer and longer, first for the " +
      "database's connections.",
    normal: "below 60 % at the peak of a day",
    threshold: loadShareLimit,
    panel: { board: "overview", key: "load" },
    // 2000 users are 308 updates a second.
    fires: [
      {
        when: "277.2 updates a second come",
        samples: counted("0+4158x80"),
        from: "270s",
        labels: {},
        summary: "The bot gets 90% of the updates that the stack is sized for",
      },
    ],
    quiet: [
      { when: "three quarters of it come", samples: counted("0+3465x80"), at: ["12m", "19m"] },
      { when: "a peak is over soon", samples: counted("0+4500x30 135000x50"), at: ["12m", "19m"] },
      { when: "nothing happens", samples: counted("7x80"), at: ["12m"] },
    ],
  },
];
