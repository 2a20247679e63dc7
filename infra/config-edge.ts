import { RunError } from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { z } from "zod";
import type { CertificateFiles, Published } from "./workload.ts";
import { json } from "./config-json.ts";
import { objectName } from "./config-kubernetes.ts";

/** Ports that Telegram posts to: https://core.telegram.org/bots/api#setwebhook. */
const TELEGRAM_PORTS = [443, 80, 88, 8443];

const pemFile = (what: string): z.ZodOptional<z.ZodString> =>
  z
    .string()
    // It stands in nginx's configuration.
    .regex(/^\/[^\s"'$;{}\\]+$/, `must be the absolute path of the ${what}, without spaces, quotes or $;{}`)
    .optional();

const network = z.union([z.cidrv4(), z.cidrv6()], { error: "is no network such as 192.0.2.0/24" });

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
      /^[a-z0-9]([a-z0-9-]*[a-z0-9])?\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
      "must be the namespace and name of a Gateway, such as edge/public",
    )
    .optional(),
  tlsSecret: objectName("the name of a Secret of type kubernetes.io/tls in the namespace").optional(),
  tlsIssuer: z
    .string()
    .regex(
      /^((Cluster)?Issuer\/)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
      "must be the name of a ClusterIssuer of cert-manager, or Issuer/NAME for one of the namespace",
    )
    .optional(),
  tlsCertificate: pemFile("certificate with its chain in PEM format"),
  tlsKey: pemFile("certificate's private key in PEM format"),
  allowedNetworks: json(
    z.array(network).min(1, "is empty: nobody could post"),
    'a list of networks that may post updates, such as ["149.154.160.0/20", "91.108.4.0/22"], which are Telegram\'s',
  ).optional(),
  trustedProxies: json(
    z.array(network.refine((one) => !one.endsWith("/0"), "would believe everybody")),
    'a list of networks of those who pass updates on, such as ["10.0.0.0/16"]',
  ).optional(),
  tlsSelfSigned: z.literal("true", { error: "must be true, or be left out" }).optional(),
};

function portOf(address: string): number {
  const { port } = new URL(address);
  return port === "" ? 443 : Number(port);
}

/** Where the outside finds the gateway; undefined when the stack has no public address. */
export function publicAddress(webhookUrl: string | undefined): Published | undefined {
  if (webhookUrl === undefined) return undefined;
  return { host: new URL(webhookUrl).hostname, port: portOf(webhookUrl) };
}

/** The platforms that know each way to a certificate. */
const tlsKeys: Readonly<Record<string, readonly string[]>> = {
  tlsSecret: ["kubernetes"],
  tlsIssuer: ["kubernetes"],
  tlsCertificate: ["local", "docker"],
  tlsKey: ["local", "docker"],
  tlsSelfSigned: ["docker"],
};

/** Whether the gateway itself answers over TLS. */
export const endsTls = (raw: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(tlsKeys).some((key) => raw[key] !== undefined);

/** The files of this machine that hold it. */
export function certificateFiles(config: {
  readonly tlsCertificate?: string | undefined;
  readonly tlsKey?: string | undefined;
}): CertificateFiles | undefined {
  const { tlsCertificate: certificate, tlsKey: key } = config;
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

/** What is in them. Throws a RunError that names the one that cannot be read. */
export function certificateTexts(
  config: Parameters<typeof certificateFiles>[0],
): CertificateFiles | undefined {
  const files = certificateFiles(config);
  if (files === undefined) return undefined;
  const textOf = (key: string, path: string): string => {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RunError(`launchlab:${key} cannot be read here: ${reason}`);
    }
  };
  return {
    certificate: textOf("tlsCertificate", files.certificate),
    key: textOf("tlsKey", files.key),
  };
}

/** What is wrong with who may post. */
function callerProblems(raw: Readonly<Record<string, string | undefined>>): string[] {
  const { webhookUrl, allowedNetworks, trustedProxies, platform, serviceType = "ClusterIP" } = raw;
  if (allowedNetworks === undefined) return [];
  if (webhookUrl === undefined)
    return ["allowedNetworks would shut out the simulator: set launchlab:webhookUrl, or remove it"];
  const seesCallers = platform === "kubernetes" && serviceType !== "ClusterIP" && endsTls(raw);
  if (seesCallers || trustedProxies !== undefined) return [];
  return [
    "trustedProxies is missing: the gateway sees only the address of what passes updates on to it, which " +
      "launchlab:allowedNetworks would refuse",
  ];
}

/** What is wrong with the raw values together, each with the key and what to do. */
export function edgeProblems(raw: Readonly<Record<string, string | undefined>>): string[] {
  const { webhookUrl, serviceAnnotations, gatewayApi, platform = "local", serviceType = "ClusterIP" } = raw;
  const problems: string[] = [];
  if (gatewayApi !== undefined) {
    if (webhookUrl === undefined)
      problems.push("webhookUrl is missing: the route of launchlab:gatewayApi needs its host name");
    else if (URL.canParse(webhookUrl) && isIP(new URL(webhookUrl).hostname) > 0)
      problems.push("webhookUrl must have a host name: the route of launchlab:gatewayApi takes no address");
    if (serviceType !== "ClusterIP")
      problems.push("serviceType would be a second way in beside launchlab:gatewayApi: remove one of them");
    if (endsTls(raw))
      problems.push(
        "gatewayApi ends TLS itself: give the certificate to that Gateway, remove launchlab:tls...",
      );
  }
  if (serviceAnnotations !== undefined && serviceType === "ClusterIP")
    problems.push("serviceAnnotations are for a Service that the outside reaches: set launchlab:serviceType");
  if (serviceType === "LoadBalancer" && !endsTls(raw) && serviceAnnotations === undefined)
    problems.push(
      "serviceType LoadBalancer would pass on what nobody decrypts: set launchlab:tlsIssuer or launchlab:tlsSecret, " +
        "or the launchlab:serviceAnnotations with which the load balancer ends TLS",
    );

  if (endsTls(raw) && webhookUrl === undefined)
    problems.push("webhookUrl is missing: the certificate is for its host name");
  if (raw["tlsSecret"] !== undefined && raw["tlsIssuer"] !== undefined)
    problems.push("tlsIssuer makes a Secret of its own beside launchlab:tlsSecret: remove one of them");
  const [file, key] = ["tlsCertificate", "tlsKey"] as const;
  if ((raw[file] === undefined) !== (raw[key] === undefined))
    problems.push(
      `${raw[file] === undefined ? file : key} is missing: a certificate and its key come together`,
    );
  if (raw["tlsSelfSigned"] !== undefined && raw[file] !== undefined)
    problems.push(
      "tlsSelfSigned makes a certificate of its own beside launchlab:tlsCertificate: remove one of them",
    );
  const fit = Object.keys(tlsKeys).filter((name) => tlsKeys[name]?.includes(platform));
  for (const [name, own] of Object.entries(tlsKeys))
    if (raw[name] !== undefined && !own.includes(platform))
      problems.push(
        `${name} is for the platform ${own.join(" or ")}; on ${platform}, set launchlab:${fit.join(" or ")}`,
      );
  problems.push(...callerProblems(raw));
  return problems.map((problem) => `launchlab:${problem}`);
}
