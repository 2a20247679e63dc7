import * as pulumi from "@pulumi/pulumi";
import type { Capacity } from "../capacity.ts";
import type { Config } from "../config.ts";
import { images } from "../images.ts";
import {
  outside,
  url,
  type Endpoint,
  type Image,
  type Platform,
  type Port,
  type Published,
} from "../workload.ts";
import { renderNginx } from "./nginx-config.ts";

/** The port that Telegram posts to. */
export const gatewayPort: Port = { name: "http", port: 8080, slot: 0 };
/** The same when the gateway answers over TLS. */
export const gatewayTlsPort: Port = { name: "https", port: 8443, slot: 0 };

export interface GatewayArgs {
  readonly platform: Platform;
  readonly capacity: Capacity;
  readonly config: Pick<Config, "trustedProxies" | "allowedNetworks">;
  /** The bot's, which has the exporter. */
  readonly image: Image;
  /** The web replicas. */
  readonly upstream: readonly Endpoint[];
  /** Workloads that post to it, besides the outside. */
  readonly callers: readonly string[];
  /** Where the outside finds it; undefined when the stack has no public address. */
  readonly published: Published | undefined;
  /** Whether it answers over TLS itself, as `published.host`. */
  readonly tls: boolean;
}

/** nginx in front of the web replicas: the only thing that the outside reaches. */
export class Gateway extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  /** Where this machine finds it. */
  readonly fromHost: Endpoint;
  /** Where Prometheus reads its figures. */
  readonly metrics: Endpoint[];

  constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:Gateway", name, {}, opts);
    const { platform, capacity, config, image, upstream, callers, published, tls } = args;
    const certificate = tls ? published : undefined;
    // They look how long the certificate is good for.
    const watchers = certificate === undefined ? [] : ["worker"];
    const port = certificate === undefined ? gatewayPort : gatewayTlsPort;
    const server = platform.run(
      name,
      {
        kind: "service",
        image: images.nginx,
        // One is enough for the load; two survive the loss of a machine.
        standby: 1,
        ports: [
          { ...port, reachableFrom: [outside, ...callers, ...watchers], published },
          { name: "status", port: 8081, slot: 10 },
        ],
        resources: { cpuMillis: 100, memoryMb: 256 },
        certificate,
        files: (at) => [
          {
            path: "nginx.conf",
            content: renderNginx({
              listen: { host: at.host, port: at.port(port.name) },
              status: { host: at.host, port: at.port("status") },
              log: at.sidecar("metrics"),
              upstream,
              scratch: at.scratch,
              certificate: certificate && at.certificate(),
              callerRequests: capacity.callerRequests,
              callerRate: capacity.callerRate,
              trustedProxies: config.trustedProxies,
              allowedNetworks: config.allowedNetworks,
            }),
          },
        ],
        command: (at) => ["nginx", "-c", at.file("nginx.conf"), "-p", at.file("."), "-e", "stderr"],
        health: { kind: "http", port: "status", path: "/health", live: "/health" },
        reload: "SIGHUP",
        // Finishes what is in flight; longer than nginx's own limit for that.
        stopSignal: "SIGQUIT",
        stopSeconds: 30,
        sidecar: {
          name: `${name}-exporter`,
          image,
          // Prometheus reads it over TCP, and nginx writes to the same number over UDP.
          ports: [{ name: "metrics", port: 9113, slot: 9, reachableFrom: ["prometheus"] }],
          resources: { cpuMillis: 20, memoryMb: 128 },
          command: (at, main) => [
            "node",
            "app/gateway-exporter/main.ts",
            `--listen=${at.host}:${at.port("metrics")}`,
            `--status=${url(main("status"), "/stub_status")}`,
          ],
          health: { kind: "http", port: "metrics", path: "/health", live: "/health" },
        },
      },
      { parent: this },
    );
    this.endpoint = server.endpoint(port.name);
    this.fromHost = server.fromHost(port.name);
    this.metrics = server.endpoints("metrics");
    this.registerOutputs({});
  }
}
