import { ApiError } from "./error.ts";
import { flag, integer, object, text } from "./arguments.ts";
import { Described, type Call, type Method } from "./method.ts";

const knownUpdates: ReadonlySet<string> = new Set([
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "business_connection",
  "business_message",
  "edited_business_message",
  "deleted_business_messages",
  "message_reaction",
  "message_reaction_count",
  "inline_query",
  "chosen_inline_result",
  "callback_query",
  "shipping_query",
  "pre_checkout_query",
  "purchased_paid_media",
  "poll",
  "poll_answer",
  "my_chat_member",
  "chat_member",
  "chat_join_request",
  "chat_boost",
  "removed_chat_boost",
]);

const setWebhook: Method = (call) => {
  const { world, args } = call;
  const url = text(args, "url").trim();
  if (url === "") return deleteWebhook(call);
  const address = URL.canParse(url) ? new URL(url) : undefined;
  // A local Bot API server takes plain HTTP, and so do we.
  if (address?.protocol !== "https:" && address?.protocol !== "http:") {
    throw new ApiError(400, "bad webhook: invalid webhook URL specified");
  }
  const secret = text(args, "secret_token");
  if (secret.length > 256) throw new ApiError(400, "secret token is too long");
  if (/[^A-Za-z0-9_-]/.test(secret)) throw new ApiError(400, "secret token contains unallowed characters");
  readAllowedUpdates(call);
  const changed = world.webhook.set(
    {
      url,
      secretToken: secret === "" ? undefined : secret,
      maxConnections: integer(args, "max_connections", 40, 1, 100),
    },
    flag(args, "drop_pending_updates"),
  );
  return new Described(true, changed ? "Webhook was set" : "Webhook is already set");
};

/** Without the argument the earlier choice stays; names that Telegram does not know are passed over. */
function readAllowedUpdates({ world, args }: Call): void {
  const given = object(args, "allowed_updates");
  if (!Array.isArray(given)) return;
  const names = given.filter((name) => typeof name === "string").map((name) => name.toLowerCase());
  world.updates.allow(names.filter((name) => knownUpdates.has(name)));
}

const deleteWebhook: Method = ({ world, args }) =>
  new Described(
    true,
    world.webhook.remove(flag(args, "drop_pending_updates"))
      ? "Webhook was deleted"
      : "Webhook is already deleted",
  );

const getWebhookInfo: Method = ({ world }) => {
  const { settings, pending, lastError } = world.webhook.info();
  const allowed = world.updates.allowed();
  return {
    url: settings?.url ?? "",
    has_custom_certificate: false,
    pending_update_count: pending,
    ...(lastError === undefined
      ? {}
      : { last_error_date: Math.floor(lastError.at / 1000), last_error_message: lastError.message }),
    ...(settings === undefined ? {} : { max_connections: settings.maxConnections }),
    ...(allowed.length === 0 ? {} : { allowed_updates: allowed }),
  };
};

export const webhookMethods = { setWebhook, deleteWebhook, getWebhookInfo };
