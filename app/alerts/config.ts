import { readFileSync } from "node:fs";
import { z } from "zod";
import { ConfigError } from "../config.ts";

export interface TelegramTarget {
  readonly apiUrl: string;
  readonly token: string;
  /** Id of a chat, or @name of a channel. */
  readonly chat: string;
}

export interface RelayConfig {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  /** Where messages go, if anywhere. */
  readonly telegram: TelegramTarget | undefined;
  /** Gets every notification as JSON. */
  readonly webhookUrl: string | undefined;
  /** Is called as long as alerts are evaluated. */
  readonly watchdogUrl: string | undefined;
  /** Where people find the boards. */
  readonly grafanaUrl: string | undefined;
}

const isHttp = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
const httpUrl = z.string().refine(isHttp, "must be an http or https address").optional();

const schema = z.object({
  HTTP_HOST: z.string().min(1, "is empty: set it to the address to listen on").default("127.0.0.1"),
  HTTP_PORT: z.coerce
    .number({ error: "must be a port number" })
    .int("must be a port number")
    .min(1, "must be a port number")
    .max(65_535, "must be a port number"),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal"], {
      error: "must be trace, debug, info, warn, error or fatal",
    })
    .default("info"),
  TELEGRAM_API_URL: httpUrl,
  ALERT_CHAT: z
    .string()
    .regex(/^(-?\d{1,16}|@\w{5,32})$/, "must be the id of a chat or @name of a channel")
    .optional(),
  GRAFANA_URL: httpUrl,
});

/** Reads the environment and the secret files it names. Throws a ConfigError that lists every problem. */
export function loadRelayConfig(env: Readonly<Record<string, string | undefined>>): RelayConfig {
  const result = schema.safeParse(env);
  const problems = (result.error?.issues ?? []).map((issue) => `${issue.path.join(".")} ${issue.message}`);
  const secret = (variable: string, accept: (content: string) => boolean, what: string) => {
    const path = env[variable];
    if (path === undefined) return undefined;
    try {
      const content = readFileSync(path, "utf8").trim();
      if (accept(content)) return content;
      problems.push(`${variable} must name a file with ${what}`);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
      problems.push(
        `${variable} names a file that cannot be read (${code}): give the path of a readable file`,
      );
    }
    return undefined;
  };
  const token = secret(
    "ALERT_TOKEN_FILE",
    (text) => /^\d{1,15}:[A-Za-z0-9_-]{35}$/.test(text),
    "a bot's token",
  );
  const webhookUrl = secret("ALERT_WEBHOOK_FILE", isHttp, "an http or https address");
  const watchdogUrl = secret("WATCHDOG_URL_FILE", isHttp, "an http or https address");
  const { ALERT_CHAT: chat, TELEGRAM_API_URL: apiUrl = "https://api.telegram.org" } = result.data ?? {};
  if (chat !== undefined && env["ALERT_TOKEN_FILE"] === undefined)
    problems.push("ALERT_TOKEN_FILE is missing: set it to the path of a file with the token for ALERT_CHAT");
  if (problems.length > 0 || !result.success) throw new ConfigError(problems);
  const { HTTP_HOST: host, HTTP_PORT: port, LOG_LEVEL: logLevel, GRAFANA_URL: grafanaUrl } = result.data;
  const telegram =
    chat === undefined || token === undefined
      ? undefined
      : { apiUrl: apiUrl.replace(/\/$/, ""), token, chat };
  return { host, port, logLevel, telegram, webhookUrl, watchdogUrl, grafanaUrl };
}
