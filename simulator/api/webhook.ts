import { isIP } from "node:net";
import { readAllowedUpdates } from "./allowed-updates.ts";
import { flag, integer, text, upload } from "./arguments.ts";
import { ApiError } from "./error.ts";
import { Described, type Method } from "./method.ts";

const LARGEST_CERTIFICATE = 3 << 20;

const setWebhook: Method = (call) => {
  const { world, args } = call;
  const url = text(args, "url").trim();
  if (url === "") return deleteWebhook(call);
  // A local Bot API server takes plain HTTP, and so do we.
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `https://${url}`;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new ApiError(400, "invalid webhook URL specified");
  }
  const secret = text(args, "secret_token");
  if (secret.length > 256) throw new ApiError(400, "secret token is too long");
  if (/[^A-Za-z0-9_-]/.test(secret)) throw new ApiError(400, "secret token contains unallowed characters");
  const ipAddress = text(args, "ip_address").trim();
  if (ipAddress !== "" && isIP(ipAddress) === 0) {
    throw new ApiError(400, "bad webhook: Invalid IP address specified");
  }
  const certificate = upload(args, "certificate")?.content;
  if (certificate !== undefined && certificate.length > LARGEST_CERTIFICATE) {
    throw new ApiError(400, `certificate size is too big (${certificate.length} bytes)`);
  }
  readAllowedUpdates(call);
  const changed = world.webhook.set(
    {
      url: address,
      secretToken: secret === "" ? undefined : secret,
      maxConnections: integer(args, "max_connections", 40, 1, 100),
      ipAddress: ipAddress === "" ? undefined : ipAddress,
      certificate: certificate?.toString(),
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
  const { settings, address, pending, lastError } = world.webhook.info();
  const allowed = world.updates.allowed();
  return {
    url: settings?.url ?? "",
    has_custom_certificate: settings?.certificate !== undefined,
    pending_update_count: pending,
    ...(lastError === undefined
      ? {}
      : { last_error_date: Math.floor(lastError.at / 1000), last_error_message: lastError.message }),
    ...(settings === undefined
      ? {}
      : { max_connections: settings.maxConnections, ip_address: address ?? "<unknown>" }),
    ...(allowed.length === 0 ? {} : { allowed_updates: allowed }),
  };
};

export const webhookMethods = { setWebhook, deleteWebhook, getWebhookInfo };
