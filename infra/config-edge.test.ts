import { describe, expect, it } from "vitest";
import { edgeProblems, publicAddress } from "./config-edge.ts";
import { loadConfig } from "./config.ts";

const webhookUrl = "https://bot.example.org";
const allowedNetworks = '["149.154.160.0/20"]';
const serviceAnnotations = '{"a":"b"}';
const cluster = { kubeconfig: "/k", kubeContext: "c", botImage: "bot:1.0.0" };
const load = (raw: Record<string, string>): ReturnType<typeof loadConfig> =>
  loadConfig((key) => raw[key], { keys: Object.keys(raw) });

describe("each setting of the edge", () => {
  it.each([
    ["serviceType", "Ingress", "must be ClusterIP, NodePort or LoadBalancer"],
    ["serviceAnnotations", "external", "must be an object of texts, such as"],
    ["serviceAnnotations", "external", "; this is no JSON"],
    ["serviceAnnotations", '{"a":1}', "; at a: Invalid input: expected string"],
    ["serviceAnnotations", '["a"]', "must be an object of texts, such as"],
    ["gatewayApi", "public", "must be the namespace and name of a Gateway, such as edge/public"],
    ["gatewayApi", "edge/Public", "must be the namespace and name of a Gateway, such as edge/public"],
    [
      "webhookUrl",
      "https://bot.example.org:8444",
      "must have one of the ports that Telegram posts to: 443, 80",
    ],
    ["webhookUrl", "https://bot.example.org:8444/path", "must be an address without a path"],
    ["allowedNetworks", "149.154.160.0/20", "must be a list of networks that may post updates, such as"],
    ["allowedNetworks", '["149.154.160.0"]', "; at 0: is no network such as 192.0.2.0/24"],
    ["allowedNetworks", "[]", "; is empty: nobody could post"],
    ["trustedProxies", '["10.0.0.0/8", "::/0"]', "; at 1: would believe everybody"],
  ])("%s refuses %j", (key, value, problem) => {
    expect(() => load({ [key]: value })).toThrow(problem);
  });

  it("comes as what it stands for", () => {
    expect(load({ serviceType: "LoadBalancer", serviceAnnotations: '{"a.b/c":"d"}' })).toMatchObject({
      serviceType: "LoadBalancer",
      serviceAnnotations: { "a.b/c": "d" },
    });
    for (const tlsIssuer of ["main", "ClusterIssuer/main", "Issuer/main.example"])
      expect(load({ platform: "kubernetes", ...cluster, webhookUrl, tlsIssuer }).tlsIssuer).toBe(tlsIssuer);
    const trustedProxies = ["10.0.0.0/16", "2001:db8::/32"];
    expect(load({ trustedProxies: JSON.stringify(trustedProxies) }).trustedProxies).toEqual(trustedProxies);
  });
});

describe("together they are refused, with what to do,", () => {
  it.each([
    ["a route without a host name", { gatewayApi: "edge/public" }, "webhookUrl is missing: the route of"],
    [
      "two ways in",
      { gatewayApi: "edge/public", webhookUrl, serviceType: "NodePort" },
      "serviceType would be a second way in beside launchlab:gatewayApi: remove one of them",
    ],
    [
      "annotations that nobody reads",
      { serviceAnnotations: "{}" },
      "serviceAnnotations are for a Service that the outside reaches: set launchlab:serviceType",
    ],
    [
      "a route to a number",
      { gatewayApi: "edge/public", webhookUrl: "https://192.0.2.1" },
      "webhookUrl must have a host name: the route of launchlab:gatewayApi takes no address",
    ],
    [
      "two ends of TLS",
      { platform: "kubernetes", gatewayApi: "edge/public", webhookUrl, tlsSecret: "a" },
      "gatewayApi ends TLS itself: give the certificate to that Gateway, remove launchlab:tls...",
    ],
    [
      "a load balancer without TLS",
      { serviceType: "LoadBalancer", webhookUrl },
      "serviceType LoadBalancer would pass on what nobody decrypts: set launchlab:tlsIssuer or",
    ],
    [
      "a certificate for no host",
      { platform: "kubernetes", tlsIssuer: "a" },
      "webhookUrl is missing: the certificate is for its host name",
    ],
    [
      "two certificates",
      { platform: "kubernetes", webhookUrl, tlsSecret: "a", tlsIssuer: "b" },
      "tlsIssuer makes a Secret of its own beside launchlab:tlsSecret: remove one of them",
    ],
    [
      "a certificate without its key",
      { webhookUrl, tlsCertificate: "/a" },
      "tlsKey is missing: a certificate and its key come together",
    ],
    ["a key alone", { webhookUrl, tlsKey: "/a" }, "tlsCertificate is missing: a certificate and"],
    [
      "a Secret without a cluster",
      { webhookUrl, tlsSecret: "a" },
      "tlsSecret is for the platform kubernetes; on local, set launchlab:tlsCertificate or tlsKey",
    ],
    [
      "an allow list for the simulator",
      { allowedNetworks },
      "allowedNetworks would shut out the simulator: set launchlab:webhookUrl, or remove it",
    ],
    [
      "an allow list behind what has an address of its own",
      { allowedNetworks, webhookUrl, platform: "kubernetes", gatewayApi: "edge/public" },
      "trustedProxies is missing: the gateway sees only the address of what passes updates on to it",
    ],
    [
      "an allow list behind a load balancer that ends TLS",
      {
        allowedNetworks,
        webhookUrl,
        platform: "kubernetes",
        serviceType: "LoadBalancer",
        serviceAnnotations,
      },
      "trustedProxies is missing: the gateway sees only the address of what passes updates on to it",
    ],
  ])("%s", (_what, raw, problem) => {
    expect(edgeProblems(raw)).toEqual([expect.stringContaining(`launchlab:${problem}`)]);
  });

  it("unless they fit", () => {
    for (const raw of [
      {},
      { webhookUrl },
      { webhookUrl, gatewayApi: "edge/public" },
      { serviceType: "NodePort", serviceAnnotations: '{"a":"b"}' },
      { serviceType: "LoadBalancer", serviceAnnotations: '{"a":"b"}' },
      { platform: "kubernetes", serviceType: "LoadBalancer", webhookUrl, tlsSecret: "a" },
      { webhookUrl, tlsCertificate: "/a", tlsKey: "/b" },
      { platform: "kubernetes", serviceType: "LoadBalancer", webhookUrl, tlsSecret: "a", allowedNetworks },
      { webhookUrl, allowedNetworks, trustedProxies: '["10.0.0.0/16"]' },
    ])
      expect(edgeProblems(raw)).toEqual([]);
  });
});

it("knows the port that an address leaves out", () => {
  expect(publicAddress(webhookUrl)).toEqual({ host: "bot.example.org", port: 443 });
  expect(publicAddress(`${webhookUrl}:8443/`)).toEqual({ host: "bot.example.org", port: 8443 });
  expect(publicAddress(undefined)).toBeUndefined();
});
