import { expect, it } from "vitest";
import type { Manifest } from "../render/cluster-mocks.ts";
import { clusterConfig, register, type Options } from "../stack-fixture.ts";
import { podsOf } from "./kubernetes-fixture.ts";

const token = `8000000001:${"aB3_-".repeat(7)}`;
const webhookUrl = "https://bot.example.org:8443";

async function manifestsWith(config: Options["config"] = {}): Promise<readonly Manifest[]> {
  return (await register({ config: { ...clusterConfig, webhookUrl, ...config }, token })).manifests;
}

/** What the outside reaches: the Services that leave the cluster, and the routes. */
const ways = (manifests: readonly Manifest[]): Manifest[] =>
  manifests.filter(
    ({ kind, spec }) =>
      kind === "HTTPRoute" || (kind === "Service" && JSON.stringify(spec).includes("externalTrafficPolicy")),
  );

const leaving = (manifests: readonly Manifest[], name: string): unknown[] => {
  const found = podsOf(manifests).find((one) => one.name === name);
  return [found?.container["lifecycle"], found?.pod["terminationGracePeriodSeconds"]];
};

it("opens no way from outside unless it is told to", async () => {
  const manifests = await manifestsWith();
  expect(ways(manifests)).toEqual([]);
  for (const { kind, spec } of manifests) if (kind === "Service") expect(spec).not.toHaveProperty("type");
});

it.each(["NodePort", "LoadBalancer"])(
  "opens the gateway by a %s, at the port of its address, with the caller's own address",
  async (serviceType) => {
    const manifests = await manifestsWith({
      serviceType,
      serviceAnnotations: '{"example.org/kind":"external"}',
    });
    expect(ways(manifests)).toEqual([
      expect.objectContaining({
        metadata: expect.objectContaining({
          name: "gateway-outside",
          annotations: { "example.org/kind": "external" },
        }) as unknown,
        spec: {
          type: serviceType,
          externalTrafficPolicy: "Local",
          selector: { "app.kubernetes.io/name": "gateway" },
          ports: [{ name: "http", port: 8443, targetPort: 8080 }],
        },
      }),
    ]);
  },
);

it("serves on for as long as a load balancer needs to learn that a replica leaves", async () => {
  const sleep = (seconds: number): unknown => ({ preStop: { sleep: { seconds } } });
  const balanced = await manifestsWith({ serviceType: "LoadBalancer" });
  expect(leaving(balanced, "gateway")).toEqual([sleep(30), 60]);
  expect(leaving(balanced, "web")).toEqual([sleep(10), 40]);
  expect(leaving(await manifestsWith(), "gateway")).toEqual([sleep(10), 40]);
});

it("opens the gateway by a route of somebody else's Gateway, for its own host name only", async () => {
  expect(ways(await manifestsWith({ gatewayApi: "edge/public" }))).toEqual([
    expect.objectContaining({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      spec: {
        parentRefs: [{ namespace: "edge", name: "public" }],
        hostnames: ["bot.example.org"],
        rules: [{ backendRefs: [{ name: "gateway", port: 8080 }] }],
      },
    }),
  ]);
});
