import { describe, expect, it } from "vitest";
import type { Manifest } from "../render/cluster-mocks.ts";
import { clusterConfig, register, type Options } from "../stack-fixture.ts";
import { connectivity, podsOf } from "./kubernetes-fixture.ts";

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

/** The text of all configuration files. */
const confOf = (manifests: readonly Manifest[]): string =>
  JSON.stringify(manifests.filter(({ kind }) => kind === "ConfigMap").map((one) => one["data"]));

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

it("tells nginx who may post, whom it may believe, and how much of one caller to take", async () => {
  const conf = confOf(
    await manifestsWith({
      allowedNetworks: '["149.154.160.0/20","91.108.4.0/22"]',
      trustedProxies: '["10.0.0.0/16"]',
    }),
  );
  expect(conf).toContain(
    String.raw`      allow 149.154.160.0/20;\n      allow 91.108.4.0/22;\n      deny all;\n`,
  );
  expect(conf).toContain("    set_real_ip_from 10.0.0.0/16;");
  expect(conf).toContain("rate=1920r/s;");
  expect(conf).toContain("limit_conn under_way 200;");
  expect(confOf(await manifestsWith({ users: "20000" }))).toContain("rate=12480r/s;");
  expect(confOf(await manifestsWith())).not.toMatch(/ allow |deny all|real_ip/);
});

it("serves on for as long as a load balancer needs to learn that a replica leaves", async () => {
  const sleep = (seconds: number): unknown => ({ preStop: { sleep: { seconds } } });
  const balanced = await manifestsWith({ serviceType: "LoadBalancer", tlsSecret: "tls" });
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

describe("the certificate", () => {
  const mountOf = (manifests: readonly Manifest[]): unknown[] =>
    podsOf(manifests).flatMap(({ name, pod, container }) =>
      pod.volumes.flatMap(({ name: volume, ...source }) =>
        volume === "certificate"
          ? [name, source, container.volumeMounts.find((mount) => mount.name === volume)?.mountPath]
          : [],
      ),
    );
  const mounted = (secretName: string): unknown[] => [
    "gateway",
    {
      secret: {
        secretName,
        items: ["tls.crt", "tls.key"].map((key) => ({ key, path: key })),
        defaultMode: 0o440,
      },
    },
    "/etc/launchlab/certificate",
  ];
  it("is a Secret that somebody else keeps, mounted whole, so that a new one arrives in running pods", async () => {
    const manifests = await manifestsWith({ tlsSecret: "bot-tls", serviceType: "LoadBalancer" });
    expect(mountOf(manifests)).toEqual(mounted("bot-tls"));
    expect(manifests.map(({ kind }) => kind)).not.toContain("Certificate");
    expect(ways(manifests)[0]?.["spec"]).toMatchObject({
      ports: [{ name: "https", port: 8443, targetPort: 8443 }],
    });
    expect(confOf(manifests)).toContain("listen 0.0.0.0:8443 ssl;");
    expect(confOf(manifests)).toContain("default /etc/launchlab/certificate/tls.crt;");
    const env = podsOf(manifests).find(({ name }) => name === "worker")?.container["env"];
    expect(env).toContainEqual({
      name: "GATEWAY_TLS",
      value: "gateway.launchlab.svc.cluster.local:8443",
    });
    const lines = connectivity(manifests);
    expect(lines).toContain("worker -> gateway:https");
    const [container] = podsOf(manifests).filter(({ name }) => name === "gateway");
    expect(container?.container.readinessProbe?.httpGet).toEqual({ path: "/health", port: 8081 });
  });

  it.each([
    ["letsencrypt", { kind: "ClusterIssuer", name: "letsencrypt" }],
    ["ClusterIssuer/letsencrypt", { kind: "ClusterIssuer", name: "letsencrypt" }],
    ["Issuer/own", { kind: "Issuer", name: "own" }],
  ])("is made by cert-manager for the webhook's host, by %s", async (tlsIssuer, issuer) => {
    const manifests = await manifestsWith({ tlsIssuer });
    expect(mountOf(manifests)).toEqual(mounted("gateway-certificate"));
    const [certificate] = manifests.filter(({ kind }) => kind === "Certificate");
    expect(certificate?.["spec"]).toMatchObject({
      secretName: "gateway-certificate",
      dnsNames: ["bot.example.org"],
      issuerRef: { group: "cert-manager.io", ...issuer },
    });
  });

  it("for an address instead of a name says so", async () => {
    const manifests = await manifestsWith({ tlsIssuer: "own", webhookUrl: "https://192.0.2.1" });
    const [certificate] = manifests.filter(({ kind }) => kind === "Certificate");
    expect(certificate?.["spec"]).toMatchObject({ ipAddresses: ["192.0.2.1"] });
    expect(certificate?.["spec"]).not.toHaveProperty("dnsNames");
  });

  it("is awaited by the gateway", async () => {
    const { resources } = await register({
      config: { ...clusterConfig, webhookUrl, tlsIssuer: "own" },
      token,
    });
    const gateway = resources.find(({ name, type }) => name === "gateway" && type.endsWith(":Deployment"));
    expect(gateway?.dependsOn).toContain("gateway-certificate");
  });
});
