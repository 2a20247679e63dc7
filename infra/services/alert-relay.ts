import * as pulumi from "@pulumi/pulumi";
import type { AlertReceivers } from "../../dashboards/render/alertmanager.ts";
import type { Config } from "../config.ts";
import { destinationOf, telegram } from "../destination.ts";
import { url, type Destination, type Image, type Platform, type Port } from "../workload.ts";

/** Who is told of alerts. */
export interface AlertTargets {
  readonly telegram?: {
    readonly apiUrl: string;
    readonly token: pulumi.Input<string>;
    /** Id of a chat, or @name of a channel. */
    readonly chat: string;
  };
  /** Gets every notification as JSON. */
  readonly webhook?: pulumi.Input<string>;
  /** Is called every five minutes as long as alerts are evaluated. */
  readonly watchdog?: pulumi.Input<string>;
  /** Where those are, unless workloads. */
  readonly calls: readonly Destination[];
}

export interface AlertRelayArgs {
  readonly platform: Platform;
  /** The bot's. */
  readonly image: Image;
  readonly targets: AlertTargets;
  /** Where people find the boards. */
  readonly grafana: string | undefined;
}

const port: Port = { name: "http", port: 8080, slot: 11, reachableFrom: ["alertmanager"] };

/** The Bot API that the stack's own bot calls. */
export interface BotApi {
  readonly url: string;
  readonly token: pulumi.Input<string>;
  /** Where that is, unless a workload. */
  readonly calls: readonly Destination[];
}

const REAL_API = "https://api.telegram.org";

/**
 * Who the configuration wants to be told; undefined when nobody is. `bot`: what is used in place of a token of their
 * own. `defaultChat`: the chat when none is named.
 */
export function alertTargets(
  { alertChat, alertWebhook, watchdogUrl }: Pick<Config, "alertChat" | "alertWebhook" | "watchdogUrl">,
  alertToken: pulumi.Output<string> | undefined,
  bot: BotApi,
  defaultChat: string | undefined,
): AlertTargets | undefined {
  const chat = alertChat ?? defaultChat;
  if (chat === undefined && alertWebhook === undefined && watchdogUrl === undefined) return undefined;
  const api = alertToken === undefined ? bot : { url: REAL_API, token: alertToken, calls: [telegram] };
  return {
    ...(chat === undefined ? {} : { telegram: { apiUrl: api.url, token: api.token, chat } }),
    // What opens such an address stands in it.
    ...(alertWebhook === undefined ? {} : { webhook: pulumi.secret(alertWebhook) }),
    ...(watchdogUrl === undefined ? {} : { watchdog: pulumi.secret(watchdogUrl) }),
    calls: [
      ...(chat === undefined ? [] : api.calls),
      ...[alertWebhook, watchdogUrl].flatMap((one) => (one === undefined ? [] : [destinationOf(one)])),
    ],
  };
}

/** Addresses of the relay, one for each of its targets; none without targets, when there is no relay. */
export function receiversOf(
  name: string,
  platform: Platform,
  { telegram, webhook, watchdog }: Partial<AlertTargets> = {},
): AlertReceivers {
  const at = (path: string): string => url(platform.address(name, port), path);
  return {
    alerts: [
      ...(telegram === undefined ? [] : [at("/telegram")]),
      ...(webhook === undefined ? [] : [at("/webhook")]),
    ],
    ...(watchdog === undefined ? {} : { watchdog: at("/watchdog") }),
  };
}

/**
 * Passes on what Alertmanager tells. It alone has the token and the addresses: Alertmanager writes the addresses of its
 * receivers, with whatever secret is in them, into its log when one cannot be reached.
 */
export class AlertRelay extends pulumi.ComponentResource {
  constructor(name: string, args: AlertRelayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:AlertRelay", name, {}, opts);
    const { platform, image, targets, grafana } = args;
    const { telegram, webhook, watchdog, calls } = targets;
    platform.run(
      name,
      {
        kind: "service",
        image,
        calls,
        ports: [port],
        resources: { cpuMillis: 20, memoryMb: 128 },
        env: (at) => ({
          HTTP_HOST: at.host,
          HTTP_PORT: String(at.port("http")),
          ...(telegram === undefined ? {} : { TELEGRAM_API_URL: telegram.apiUrl, ALERT_CHAT: telegram.chat }),
          ...(grafana === undefined ? {} : { GRAFANA_URL: grafana }),
        }),
        secrets: {
          ...(telegram === undefined ? {} : { ALERT_TOKEN: telegram.token }),
          ...(webhook === undefined ? {} : { ALERT_WEBHOOK: webhook }),
          ...(watchdog === undefined ? {} : { WATCHDOG_URL: watchdog }),
        },
        command: () => ["node", "app/alerts/main.ts"],
        health: { kind: "http", port: "http", path: "/health", live: "/health" },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
