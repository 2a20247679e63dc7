import { z } from "zod";
import { json } from "./config-json.ts";

/** Ports that Telegram posts to: https://core.telegram.org/bots/api#setwebhook. */
const TELEGRAM_PORTS = [443, 80, 88, 8443];

const objectName = "[a-z0-9]([a-z0-9.-]*[a-z0-9])?";

/** Keys that say how the outside reaches the gateway, each with its rule and the sentence that says how to mend it. */
export const edgeKeys = {
  webhookUrl: z
    .url({ protocol: /^https$/, error: "must be an https:// address that Telegram can reach", abort: true })
    // A path would be lost without a word.
    .refine((value) => new URL(value).href === `${new URL(value).origin}/`, {
      error: "must be an address without a path: the gateway adds its own, /telegram",
      abort: true,
    })
    .refine((value) => TELEGRAM_PORTS.includes(portOf(value)), {
      error: `must have one of the ports that Telegram posts to: ${TELEGRAM_PORTS.join(", ")}`,
    })
    .optional(),
  serviceType: z
    .enum(["ClusterIP", "NodePort", "LoadBalancer"], { error: "must be ClusterIP, NodePort or LoadBalancer" })
    .default("ClusterIP"),
  serviceAnnotations: json(
    z.record(z.string(), z.string()),
    'an object of texts, such as {"example.org/load-balancer": "external"}',
  ).optional(),
  gatewayApi: z
    .string()
    .regex(
      new RegExp(`^${objectName}/${objectName}$`),
      "must be the namespace and name of a Gateway, such as edge/public",
    )
    .optional(),
};

function portOf(address: string): number {
  const { port } = new URL(address);
  return port === "" ? 443 : Number(port);
}

/** Where the outside finds the gateway; undefined when the stack has no public address. */
export function publicAddress(webhookUrl: string | undefined): { host: string; port: number } | undefined {
  if (webhookUrl === undefined) return undefined;
  return { host: new URL(webhookUrl).hostname, port: portOf(webhookUrl) };
}

/** What is wrong with the raw values together, each with the key and what to do. */
export function edgeProblems(raw: Readonly<Record<string, string | undefined>>): string[] {
  const { webhookUrl, serviceAnnotations, gatewayApi } = raw;
  const problems: string[] = [];
  const serviceType = raw["serviceType"] ?? "ClusterIP";
  if (gatewayApi !== undefined && webhookUrl === undefined)
    problems.push("webhookUrl is missing: the route of launchlab:gatewayApi needs its host name");
  if (gatewayApi !== undefined && serviceType !== "ClusterIP")
    problems.push(`serviceType would be a second way in beside launchlab:gatewayApi: remove one of them`);
  if (serviceAnnotations !== undefined && serviceType === "ClusterIP")
    problems.push("serviceAnnotations are for a Service that the outside reaches: set launchlab:serviceType");
  return problems.map((problem) => `launchlab:${problem}`);
}
