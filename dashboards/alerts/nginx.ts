import type { Alert, Threshold } from "../catalogue.ts";
import { breach, min, select } from "../promql.ts";

export const nginxUp = min(["job", "instance"], select("nginx_up"));
const up: Threshold = { unit: "count", is: "below", value: 1 };

const series = (samples: string) => ({ 'nginx_up{job="nginx",instance="edge"}': samples });

export const nginxAlerts: readonly Alert[] = [
  {
    name: "NginxDown",
    service: "nginx",
    severity: "critical",
    expr: breach(nginxUp, up),
    for: "1m",
    summary: "nginx at {{ $labels.instance }} does not answer",
    description:
      "Telegram cannot reach the bot. It keeps the updates for 24 hours and delivers them once nginx is back. " +
      "Start with nginx' error log.",
    normal: "1",
    threshold: up,
    panel: { board: "overview", key: "services" },
    inhibits: ["TelegramPendingUpdatesHigh"],
    fires: [
      {
        when: "nginx stops",
        samples: series("1x4 0x40"),
        from: "75s",
        labels: { job: "nginx", instance: "edge" },
        summary: "nginx at edge does not answer",
      },
    ],
    quiet: [
      { when: "nginx restarts within a minute", samples: series("1x4 0x3 1x40"), at: ["2m", "5m"] },
      { when: "it runs", samples: series("1x40"), at: ["10m"] },
    ],
  },
];
