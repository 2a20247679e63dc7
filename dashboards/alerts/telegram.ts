import type { Alert, Threshold } from "../catalogue.ts";
import { above, breach, given, increase, max, rate, ratio, select, since, sum } from "../promql.ts";
import { from, value } from "./text.ts";

const board = (key: string) => ({ board: "bot", key });
const labels = { job: "bot" };
const requests = select("bot_telegram_api_requests_total");

/** No answer of Telegram, or one that says that the fault is there. */
export const apiErrors = ratio(
  sum(
    ["job"],
    rate(select("bot_telegram_api_requests_total", { code: ["500", "502", "503", "network"] }), "5m"),
  ),
  sum(["job"], rate(requests, "5m")),
);
export const apiErrorsLimit: Threshold = { unit: "ratio", is: "above", value: 0.05 };

export const apiRefused = sum(
  ["job"],
  rate(select("bot_telegram_api_requests_total", { code: "429" }), "5m"),
);
export const apiRefusedLimit: Threshold = { unit: "per second", is: "above", value: 0.1 };

const lastError = max(["job"], select("bot_telegram_webhook_last_error_timestamp_seconds"));
/** Only once there was one: 0 is never. */
export const sinceDeliveryError = given(since(lastError), above(lastError, 0));
export const sinceDeliveryErrorLimit: Threshold = { unit: "seconds", is: "below", value: 180 };

const web = from({ job: "bot", instance: "web-0", role: "web", method: "sendMessage" });
const worker = from({ job: "bot", instance: "worker-0", role: "worker" });
const answered = (code: string, samples: string) =>
  web("bot_telegram_api_requests_total", samples, `,code="${code}"`);

/** What lies between Telegram and us, in both directions. */
export const telegramAlerts: readonly Alert[] = [
  {
    name: "TelegramApiErrors",
    service: "bot",
    severity: "warning",
    expr: given(breach(apiErrors, apiErrorsLimit), above(sum(["job"], increase(requests, "5m")), 20)),
    for: "5m",
    summary: `${value("ratio")} of the calls to Telegram get no answer, or an error of its own`,
    description:
      "Answers are late: they wait in the outbox and are tried again. Telegram has a fault, or the network to it.",
    normal: "below 0.1 %",
    threshold: apiErrorsLimit,
    panel: board("api-errors"),
    inhibits: ["OutboxStale"],
    fires: [
      {
        when: "every twelfth call is lost",
        samples: { ...answered("200", "0+110x60"), ...answered("network", "0+10x60") },
        from: "15s",
        labels,
        summary: "8.333% of the calls to Telegram get no answer, or an error of its own",
      },
    ],
    quiet: [
      {
        when: "people have blocked the bot",
        samples: { ...answered("200", "0+10x60"), ...answered("403", "0+10x60") },
        at: ["10m"],
      },
      {
        when: "the only two calls of a quiet night are lost",
        samples: { ...answered("200", "0x60"), ...answered("network", "0x20 1x15 2x40") },
        at: ["11m", "12m"],
      },
      { when: "nothing happens", samples: answered("200", "9x60"), at: ["10m"] },
    ],
  },
  {
    name: "TelegramRateLimited",
    service: "bot",
    severity: "warning",
    expr: breach(apiRefused, apiRefusedLimit),
    for: "5m",
    summary: `Telegram refuses {{ $value | printf "%.1f" }} of our calls a second: too many`,
    description:
      "It takes about 30 messages a second from a bot, and one a second in a chat. Refused calls are made again later, so answers are late.",
    normal: "0",
    threshold: apiRefusedLimit,
    panel: board("api-codes"),
    fires: [
      {
        when: "one in five seconds is refused",
        samples: answered("429", "0+3x60"),
        // When five minutes hold half of it.
        from: "165s",
        labels,
        summary: "Telegram refuses 0.2 of our calls a second: too many",
      },
    ],
    quiet: [
      { when: "one is refused now and then", samples: answered("429", "0x10 1x10 2x40"), at: ["8m", "12m"] },
      { when: "nothing happens", samples: answered("429", "7x60"), at: ["12m"] },
    ],
  },
  {
    name: "TelegramWebhookFailing",
    service: "bot",
    severity: "warning",
    expr: breach(sinceDeliveryError, sinceDeliveryErrorLimit),
    for: "10m",
    summary: `Telegram's deliveries fail, the last one ${value("seconds")} ago`,
    description:
      "Telegram notes an error again and again when it delivers to the webhook. What it says about it is in its own words " +
      "in getWebhookInfo: a name that is not found, a certificate, a status that is not 200.",
    normal: "no failure in the last hour",
    threshold: sinceDeliveryErrorLimit,
    panel: board("delivery-error"),
    fires: [
      {
        when: "a delivery fails every minute or so",
        samples: worker("bot_telegram_webhook_last_error_timestamp_seconds", "0x8 15+15x80"),
        from: "135s",
        labels,
        summary: "Telegram's deliveries fail, the last one 2m 0s ago",
      },
    ],
    quiet: [
      {
        when: "one failed, and none since",
        samples: worker("bot_telegram_webhook_last_error_timestamp_seconds", "60x80"),
        at: ["11m", "15m"],
      },
      {
        when: "none ever failed",
        samples: worker("bot_telegram_webhook_last_error_timestamp_seconds", "0x80"),
        at: ["12m"],
      },
    ],
  },
];
