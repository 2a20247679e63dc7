import * as pulumi from "@pulumi/pulumi";
import { renderAlertmanagerConfig, type AlertReceivers } from "../../dashboards/render/alertmanager.ts";
import { images } from "../images.ts";
import type { Endpoint, Platform } from "../workload.ts";

export interface AlertmanagerArgs {
  readonly platform: Platform;
  /** Who is told. */
  readonly receivers: AlertReceivers;
}

/** Groups and delivers what Prometheus finds wrong. */
export class Alertmanager extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  /** Where people find it. */
  readonly page: Endpoint;

  constructor(
    name: string,
    { platform, receivers }: AlertmanagerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("launchlab:index:Alertmanager", name, {}, opts);
    const workload = platform.run(
      name,
      {
        kind: "stateful",
        image: images.alertmanager,
        ports: [{ name: "http", port: 9093, slot: 3, page: true, reachableFrom: ["prometheus", "grafana"] }],
        data: { gigabytes: 1 },
        resources: { cpuMillis: 20, memoryMb: 128 },
        files: () => [{ path: "alertmanager.yml", content: renderAlertmanagerConfig(receivers) }],
        command: (at) => [
          "alertmanager",
          `--config.file=${at.file("alertmanager.yml")}`,
          `--storage.path=${at.data}`,
          `--web.listen-address=${at.host}:${at.port("http")}`,
          // One instance: no gossip port.
          "--cluster.listen-address=",
        ],
        health: { kind: "http", port: "http", path: "/-/ready", live: "/-/healthy" },
        reload: "SIGHUP",
      },
      { parent: this },
    );
    this.endpoint = workload.endpoint("http");
    this.page = workload.fromHost("http");
    this.registerOutputs({});
  }
}
