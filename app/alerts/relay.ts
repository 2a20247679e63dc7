import { fastify, type FastifyInstance } from "fastify";
import { z } from "zod";
import type { Log } from "../log.ts";
import type { RelayConfig, TelegramTarget } from "./config.ts";
import { messageOf } from "./message.ts";
import { notification, type Notification } from "./notification.ts";

/** Milliseconds for one call. Alertmanager gives up its own call after a minute, and tries again. */
const PATIENCE = 10_000;
/** Bytes of a notification: a thousand alerts. */
const LARGEST = 4 * 2 ** 20;

const refusal = z.object({
  description: z.string(),
  parameters: z.object({ migrate_to_chat_id: z.number().optional() }).optional(),
});

/** It did not arrive. `retry`: it may, a little later. */
class Undelivered extends Error {
  readonly retry: boolean;
  constructor(message: string, retry: boolean) {
    super(message);
    this.retry = retry;
  }
}

/** Posts JSON. Errors say nothing of the address, in which there may be a secret. */
async function post(url: string, body: unknown, who: string): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (error) {
    const { name, cause } = error instanceof Error ? error : { name: "error", cause: undefined };
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : name;
    throw new Undelivered(`${who} cannot be reached (${code})`, true);
  }
}

const mayRecover = (status: number): boolean => status >= 500 || status === 429;

async function sendMessage({ apiUrl, token, chat }: TelegramTarget, text: string): Promise<void> {
  const response = await post(
    `${apiUrl}/bot${token}/sendMessage`,
    { chat_id: chat, text, parse_mode: "HTML", link_preview_options: { is_disabled: true } },
    "Telegram",
  );
  const answer = await response.text();
  if (response.ok) return;
  let reason = "";
  try {
    const { description, parameters } = refusal.parse(JSON.parse(answer));
    const moved = parameters?.migrate_to_chat_id;
    reason = `: ${description}${moved === undefined ? "" : `; the chat's id is ${moved} now`}`;
  } catch {
    // A page of a proxy.
  }
  throw new Undelivered(`Telegram answered ${response.status}${reason}`, mayRecover(response.status));
}

async function forward(url: string, body: unknown, who: string): Promise<void> {
  const response = await post(url, body, who);
  await response.body?.cancel();
  if (!response.ok) throw new Undelivered(`${who} answered ${response.status}`, mayRecover(response.status));
}

/**
 * Takes notifications of Alertmanager, one path for each receiver, and passes them on. Alertmanager repeats what is
 * answered with 503, so nothing is kept here.
 */
export function createRelay({ telegram, webhookUrl, watchdogUrl, grafanaUrl }: RelayConfig, log: Log) {
  const server: FastifyInstance = fastify({ bodyLimit: LARGEST, forceCloseConnections: "idle" });
  server.get("/health", () => ({ status: "ok" }));

  const receiver = (path: string, deliver: (notice: Notification) => Promise<void>): void => {
    server.post(path, async (request, reply) => {
      const read = notification.safeParse(request.body);
      if (!read.success) return reply.code(400).send({ error: "this is no notification of Alertmanager" });
      const alerts = read.data.alerts.map(({ status, labels }) => `${labels["alertname"] ?? ""} ${status}`);
      const told = { receiver: path.slice(1), alerts: [...new Set(alerts)] };
      try {
        await deliver(read.data);
      } catch (error) {
        if (!(error instanceof Undelivered)) throw error;
        log.error({ ...told, retry: error.retry }, `not delivered: ${error.message}`);
        return reply.code(error.retry ? 503 : 400).send({ error: error.message });
      }
      log.info(told, "delivered");
      return reply.send({ status: "ok" });
    });
  };
  if (telegram !== undefined)
    receiver("/telegram", (notice) => sendMessage(telegram, messageOf(notice, grafanaUrl)));
  if (webhookUrl !== undefined)
    receiver("/webhook", (notice) => forward(webhookUrl, notice, "launchlab:alertWebhook"));
  if (watchdogUrl !== undefined)
    receiver("/watchdog", (notice) => forward(watchdogUrl, notice, "launchlab:watchdogUrl"));
  return server;
}
