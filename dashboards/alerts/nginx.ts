import type { Alert, Threshold } from "../catalogue.ts";
import { above, breach, increase, max, min, minus, select } from "../promql.ts";
import { value } from "./text.ts";

export const nginxUp = min(["job", "instance"], select("nginx_up"));
const up: Threshold = { unit: "count", is: "below", value: 1 };

const target = ["job", "instance"];

export const connections = max(target, select("nginx_connections_active"));
/** 80 % of what its two workers have, 4096 each, since a request takes one of the client and one to the bot. */
export const connectionsLimit: Threshold = { unit: "count", is: "above", value: 3276 };
const totals = [
  increase(select("nginx_connections_accepted"), "5m"),
  increase(select("nginx_connections_handled"), "5m"),
] as const;
export const dropped = minus(max(target, totals[0]), max(target, totals[1]));

export const certificateLeft = min(["job", "host"], select("bot_webhook_certificate_left_seconds"));
/** Renewals come when a third of the life is left, 15 days of 45: this one has failed, and there is time to mend it. */
export const certificateLeftLimit: Threshold = { unit: "seconds", is: "below", value: 14 * 86_400 };

const certificate = (samples: string) => ({
  'bot_webhook_certificate_left_seconds{job="bot",instance="worker-0",role="worker",host="bot.example.org"}':
    samples,
});
const labels = { job: "nginx", instance: "edge" };
const series = (samples: string, name = "nginx_up") => ({
  [`${name}{job="nginx",instance="edge"}`]: samples,
});

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
        labels,
        summary: "nginx at edge does not answer",
      },
    ],
    quiet: [
      { when: "nginx restarts within a minute", samples: series("1x4 0x3 1x40"), at: ["2m", "5m"] },
      { when: "it runs", samples: series("1x40"), at: ["10m"] },
    ],
  },
  {
    name: "GatewayConnectionsHigh",
    service: "nginx",
    severity: "warning",
    expr: breach(connections, connectionsLimit),
    for: "2m",
    summary: `${value("count")} connections are open at the gateway {{ $labels.instance }}`,
    description:
      "Soon it takes no more. Telegram opens 100 at most, so the others are somebody else's: close the way to them.",
    normal: "below 150",
    threshold: connectionsLimit,
    panel: { board: "gateway", key: "connections" },
    fires: [
      {
        when: "somebody opens connections and sends nothing",
        samples: series("100x4 4000x40", "nginx_connections_active"),
        from: "75s",
        labels,
        summary: "4k connections are open at the gateway edge",
      },
    ],
    quiet: [
      {
        when: "Telegram has all of its own",
        samples: series("100x60", "nginx_connections_active"),
        at: ["10m"],
      },
      {
        when: "there are as many as allowed",
        samples: series("3276x60", "nginx_connections_active"),
        at: ["10m"],
      },
    ],
  },
  {
    name: "GatewayConnectionsDropped",
    service: "nginx",
    severity: "critical",
    expr: above(dropped, 1),
    for: "0s",
    keepFiringFor: "5m",
    summary: "The gateway {{ $labels.instance }} drops connections: all of its own are taken",
    description:
      "Updates wait at Telegram, which tries again. Somebody holds the connections, or the limit of open files is low.",
    normal: "0",
    inhibits: ["GatewayConnectionsHigh"],
    fires: [
      {
        when: "all connections are taken",
        samples: {
          ...series("100x20 0+40x40", "nginx_connections_accepted"),
          ...series("100x20 0+20x40", "nginx_connections_handled"),
        },
        from: "330s",
        labels,
        summary: "The gateway edge drops connections: all of its own are taken",
      },
    ],
    quiet: [
      {
        when: "it drops none",
        samples: {
          ...series("0+40x60", "nginx_connections_accepted"),
          ...series("0+40x60", "nginx_connections_handled"),
        },
        at: ["10m"],
      },
      {
        when: "it dropped some long ago",
        samples: {
          ...series("5000x60", "nginx_connections_accepted"),
          ...series("4000x60", "nginx_connections_handled"),
        },
        at: ["10m"],
      },
    ],
  },
  {
    name: "CertificateEndsSoon",
    service: "nginx",
    severity: "warning",
    expr: breach(certificateLeft, certificateLeftLimit),
    for: "15m",
    summary: `The certificate of {{ $labels.host }} is good for ${value("seconds")}`,
    description:
      "It was not renewed, or at 0 the gateway shows none that clients could use. Once it has ended, Telegram " +
      "delivers no update. Start with whoever renews it.",
    normal: "above 15 d",
    threshold: certificateLeftLimit,
    panel: { board: "overview", key: "certificate" },
    fires: [
      {
        when: "it is not renewed",
        samples: certificate("1209615-15x80"),
        from: "30s",
        labels: { job: "bot", host: "bot.example.org" },
        summary: "The certificate of bot.example.org is good for 13d 23h 44m 45s",
      },
      {
        when: "a renewal is broken",
        samples: certificate("7776000x3 0x80"),
        from: "60s",
        labels: { job: "bot", host: "bot.example.org" },
        summary: "The certificate of bot.example.org is good for 0s",
      },
    ],
    quiet: [
      {
        when: "the gateway is away for ten minutes",
        samples: certificate("7776000x3 0x40 7776000x40"),
        at: ["10m", "18m"],
      },
      { when: "it was renewed in time", samples: certificate("1296000-15x3 3888000x60"), at: ["20m"] },
      {
        when: "something else ends TLS",
        samples: { 'up{job="bot",instance="worker-0"}': "1x80" },
        at: ["20m"],
      },
    ],
  },
];
