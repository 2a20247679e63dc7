import type { Alert, Threshold } from "../catalogue.ts";
import { breach, max, select } from "../promql.ts";
import { from } from "./text.ts";

export const fallback = max(["job", "instance"], select("bot_cache_fallback_active"));
export const fallbackLimit: Threshold = { unit: "count", is: "above", value: 0.5 };

const web = from({ job: "bot", instance: "web-0", role: "web" });

export const cacheAlerts: readonly Alert[] = [
  {
    name: "CacheFallbackActive",
    service: "bot",
    severity: "warning",
    expr: breach(fallback, fallbackLimit),
    for: "2m",
    summary: "{{ $labels.instance }} does without Redis",
    description:
      "Its memory stands in: searches are slower, and each such replica counts rate limits for itself. While Redis is up, the " +
      "way to it is broken, or its password.",
    normal: "0",
    threshold: fallbackLimit,
    panel: { board: "bot", key: "cache-fallback" },
    fires: [
      {
        when: "one replica loses Redis",
        samples: web("bot_cache_fallback_active", "0x4 1x40"),
        from: "75s",
        labels: { job: "bot", instance: "web-0" },
        summary: "web-0 does without Redis",
      },
    ],
    quiet: [
      {
        when: "Redis is started anew",
        samples: web("bot_cache_fallback_active", "0x4 1x6 0x40"),
        at: ["3m", "8m"],
      },
      { when: "Redis is there", samples: web("bot_cache_fallback_active", "0x40"), at: ["8m"] },
    ],
  },
];
