import * as pulumi from "@pulumi/pulumi";
import { images } from "../images.ts";
import { url, type Endpoint, type Platform, type Port } from "../workload.ts";

export interface ViewerArgs {
  readonly platform: Platform;
  readonly prometheus: Endpoint;
  readonly alertmanager: Endpoint;
  /** Shown before its reader chooses another one. */
  readonly stack: string;
  /** Scrape jobs that there are: boards that need another one are left out. */
  readonly jobs: readonly string[];
}

/** At Grafana's address, as only one of them runs. */
export const viewerPort: Port = { name: "http", port: 3000, slot: 4, page: true };

/** Where it shows the runbook of an alert. */
export const viewerRunbooks = "/runbooks/{alert}";

/** Stands in for Grafana where none can be had: the same boards, and the alerts with silences and runbooks. */
export class Viewer extends pulumi.ComponentResource {
  /** Where people find it. */
  readonly page: Endpoint;

  constructor(name: string, args: ViewerArgs, opts?: pulumi.ComponentResourceOptions) {
    // They share a port: for the engine one is the other's successor, so that the old one ends first.
    const aliases = [{ type: "launchlab:index:Grafana", name: "grafana" }];
    super("launchlab:index:Viewer", name, {}, { ...opts, aliases });
    const { platform, prometheus, alertmanager, stack, jobs } = args;
    const workload = platform.run(
      name,
      {
        kind: "service",
        image: images.viewer,
        ports: [viewerPort],
        resources: { cpuMillis: 20, memoryMb: 128 },
        env: (at) => ({
          VIEWER_HOST: at.host,
          VIEWER_PORT: String(at.port("http")),
          PROMETHEUS_URL: url(prometheus),
          ALERTMANAGER_URL: url(alertmanager),
          STACK: stack,
          SCRAPE_JOBS: jobs.join(","),
        }),
        // It takes the types out of what browsers load, which Node still calls an experiment.
        command: () => ["node", "--disable-warning=ExperimentalWarning", "dashboards/viewer/main.ts"],
        health: { kind: "http", port: "http", path: "/health", live: "/health" },
      },
      { parent: this },
    );
    this.page = workload.fromHost("http");
    this.registerOutputs({});
  }
}
