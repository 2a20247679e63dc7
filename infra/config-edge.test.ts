import { describe, expect, it } from "vitest";
import { edgeProblems, publicAddress } from "./config-edge.ts";
import { loadConfig } from "./config.ts";

const webhookUrl = "https://bot.example.org";
const load = (raw: Record<string, string>): ReturnType<typeof loadConfig> =>
  loadConfig((key) => raw[key], false, Object.keys(raw));

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
  ])("%s refuses %j", (key, value, problem) => {
    expect(() => load({ [key]: value })).toThrow(problem);
  });

  it("comes as what it stands for", () => {
    expect(load({ serviceType: "LoadBalancer", serviceAnnotations: '{"a.b/c":"d"}' })).toMatchObject({
      serviceType: "LoadBalancer",
      serviceAnnotations: { "a.b/c": "d" },
    });
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
  ])("%s", (_what, raw, problem) => {
    expect(edgeProblems(raw)).toEqual([expect.stringContaining(`launchlab:${problem}`)]);
  });

  it("unless they fit", () => {
    for (const raw of [
      {},
      { webhookUrl },
      { webhookUrl, gatewayApi: "edge/public" },
      { serviceType: "NodePort", serviceAnnotations: '{"a":"b"}' },
    ])
      expect(edgeProblems(raw)).toEqual([]);
  });
});

it("knows the port that an address leaves out", () => {
  expect(publicAddress(webhookUrl)).toEqual({ host: "bot.example.org", port: 443 });
  expect(publicAddress(`${webhookUrl}:8443/`)).toEqual({ host: "bot.example.org", port: 8443 });
  expect(publicAddress(undefined)).toBeUndefined();
});
