import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { z } from "zod";
import type { TelegramConfig } from "../config.ts";
import type { Database } from "../database/pool.ts";
import type { ApiMethod } from "../metric-labels.ts";
import type { TelegramApi } from "./api.ts";
import { commands } from "./commands.ts";
import { locales, translator } from "./texts.ts";

/** What Telegram knows about the delivery; undefined while another replica is at the registration. */
export interface WebhookInfo {
  readonly pending: number;
  /** Unix time of the last delivery that failed, 0 for never. */
  readonly lastError: number;
}

const webhookInfo = z.object({
  url: z.string(),
  pending_update_count: z.number(),
  last_error_date: z.number().optional(),
});
const stored = z.object({ webhook: z.string().optional(), commands: z.string().optional() });

/** How many updates Telegram delivers at the same time, to all replicas together; 100 is the most it takes. */
export const webhookConnections = 100;

const hash = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

/**
 * Makes sure that Telegram delivers to us. A row in the settings says what was registered, and who is at it:
 * of several replicas that start at once one calls, the others find it done. Telegram is asked as well, since
 * it may have forgotten, or somebody may have set another address. Nothing ever deletes the webhook: that would
 * silence all replicas.
 *
 * Throws when Telegram or the database does not do its part; to be tried again later.
 */
export function createRegistration(
  database: Database,
  api: TelegramApi,
  { webhookUrl, webhookSecrets, webhookCertificate }: TelegramConfig,
): () => Promise<WebhookInfo | undefined> {
  const webhookCall = {
    url: webhookUrl,
    secret_token: webhookSecrets[0],
    allowed_updates: ["message", "callback_query", "pre_checkout_query", "my_chat_member"],
    max_connections: webhookConnections,
    drop_pending_updates: false,
  };
  const commandCalls = locales.map((locale) => {
    const t = translator(locale);
    const list = commands.map((command) => ({ command, description: t(`command-${command}`) }));
    return locale === "en" ? { commands: list } : { commands: list, language_code: locale };
  });
  const registered = webhookCertificate === undefined ? webhookCall : { ...webhookCall, webhookCertificate };
  const wanted = { webhook: hash(registered), commands: hash(commandCalls) };

  async function call(method: ApiMethod, payload: object, certificate?: string): Promise<unknown> {
    const answer =
      certificate === undefined
        ? await api.call(method, JSON.stringify(payload))
        : await api.upload(method, { ...payload }, "certificate", {
            name: "certificate.pem",
            mime: "application/x-pem-file",
            size: Buffer.byteLength(certificate),
            content: () => Readable.from([Buffer.from(certificate)]),
          });
    if (!answer.ok) throw new Error(`${method}: ${answer.code} ${answer.description}`);
    return answer.result;
  }

  async function register(value: z.infer<typeof stored>): Promise<WebhookInfo> {
    const info = webhookInfo.parse(await call("getWebhookInfo", {}));
    if (info.url !== webhookUrl || value.webhook !== wanted.webhook)
      await call("setWebhook", webhookCall, webhookCertificate);
    if (value.commands !== wanted.commands || info.url !== webhookUrl) {
      for (const payload of commandCalls) await call("setMyCommands", payload);
    }
    return { pending: info.pending_update_count, lastError: info.last_error_date ?? 0 };
  }

  return async () => {
    // A lease instead of a lock: no transaction stays open while Telegram is called.
    const [claimed] = await database.query<{ value: unknown }>(
      "registration",
      "INSERT INTO settings (key, claimed_until) VALUES ('registration', now() + interval '30 seconds') " +
        "ON CONFLICT (key) DO UPDATE SET claimed_until = excluded.claimed_until " +
        "WHERE settings.claimed_until IS NULL OR settings.claimed_until < now() RETURNING value",
    );
    if (claimed === undefined) return undefined;
    const before = stored.catch({}).parse(claimed.value);
    let after = before;
    try {
      const info = await register(before);
      after = wanted;
      return info;
    } finally {
      await database.query(
        "registration",
        "UPDATE settings SET value = $1, claimed_until = NULL, updated_at = now() WHERE key = 'registration'",
        [after],
      );
    }
  };
}
