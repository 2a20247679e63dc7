import { ApiError } from "./error.ts";
import { readAllowedUpdates } from "./allowed-updates.ts";
import { flag, integer, text } from "./arguments.ts";
import { Described, type Method } from "./method.ts";

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
