import * as pulumi from "@pulumi/pulumi";
import { images } from "../images.ts";
import { url, type Endpoint, type Platform, type Port } from "../workload.ts";
import { renderNginx } from "./nginx-config.ts";

/** The port that Telegram posts to. */
export const gatewayPort: Port = { name: "http", port: 8080, slot: 0 };

export interface GatewayArgs {
  readonly platform: Platform;
  /** The web replicas. */
  readonly upstream: readonly Endpoint[];
}

/** nginx in front of the web replicas: the only thing that the outside reaches. */
export class Gateway extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  /** Where Prometheus reads its figures. */
  readonly metrics: Endpoint;

  constructor(name: string, { platform, upstream }: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:Gateway", name, {}, opts);
    const server = platform.run(
      name,
      {
        kind: "service",
        image: images.nginx,
        ports: [gatewayPort, { name: "status", port: 8081, slot: 10 }],
        files: (at) => [
          {
            path: "nginx.conf",
            content: renderNginx({
              listen: { host: at.host, port: at.port("http") },
              status: { host: at.host, port: at.port("status") },
              upstream,
              scratch: at.file("."),
            }),
          },
        ],
        command: (at) => ["nginx", "-c", at.file("nginx.conf"), "-p", at.file("."), "-e", "stderr"],
        health: { kind: "http", port: "status", path: "/health" },
        reload: "SIGHUP",
        // Finishes what is in flight; longer than nginx's own limit for that.
        stopSignal: "SIGQUIT",
        stopSeconds: 30,
      },
      { parent: this },
    );
    this.endpoint = server.endpoint("http");

    const exporter = platform.run(
      `${name}-exporter`,
      {
        kind: "service",
        image: images.nginxExporter,
        ports: [{ name: "metrics", port: 9113, slot: 9 }],
        command: (at) => [
          "nginx-prometheus-exporter",
          `--nginx.scrape-uri=${url(server.endpoint("status"), "/stub_status")}`,
          `--web.listen-address=${at.host}:${at.port("metrics")}`,
        ],
        health: { kind: "http", port: "metrics", path: "/" },
      },
      { parent: this, dependsOn: [...server.nodes] },
    );
    this.metrics = exporter.endpoint("metrics");
    this.registerOutputs({});
  }
}
