import * as pulumi from "@pulumi/pulumi";
import { renderGrafana } from "../../dashboards/render/grafana.ts";
import { images } from "../images.ts";
import { url, type Endpoint, type Platform } from "../workload.ts";

export interface GrafanaArgs {
  readonly platform: Platform;
  readonly prometheus: Endpoint;
  readonly alertmanager: Endpoint;
  /** Scrape jobs that there are. */
  readonly jobs: readonly string[];
  readonly runbookUrl: (alert: string) => string;
}

/** Shows what Prometheus knows; everything in it is provisioned from files. */
export class Grafana extends pulumi.ComponentResource {
  /** Where people find it. */
  readonly page: Endpoint;
  /** Password of the user `admin`. */
  readonly password: pulumi.Output<string>;

  constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    // They share a port: for the engine one is the other's successor, so that the old one ends first.
    const aliases = [{ type: "launchlab:index:Viewer", name: "viewer" }];
    super("launchlab:index:Grafana", name, {}, { ...opts, aliases });
    const { platform, prometheus, alertmanager, jobs, runbookUrl } = args;
    this.password = platform.password(`${name}-password`, 24, this, true);
    const workload = platform.run(
      name,
      {
        kind: "stateful",
        image: images.grafana,
        ports: [{ name: "http", port: 3000, slot: 4, page: true }],
        data: { gigabytes: 1 },
        resources: { cpuMillis: 100, memoryMb: 512 },
        files: (at) =>
          renderGrafana({
            prometheusUrl: url(prometheus),
            alertmanagerUrl: url(alertmanager),
            dashboardsPath: at.file("boards"),
            jobs,
            runbookUrl,
          }),
        env: (at) => ({
          GF_SERVER_HTTP_ADDR: at.host,
          GF_SERVER_HTTP_PORT: String(at.port("http")),
          GF_PATHS_DATA: at.data,
          GF_PATHS_LOGS: `${at.data}/log`,
          GF_PATHS_PLUGINS: `${at.data}/plugins`,
          GF_PATHS_PROVISIONING: at.file("."),
          GF_LOG_MODE: "console",
          GF_ANALYTICS_REPORTING_ENABLED: "false",
          GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
          GF_USERS_ALLOW_SIGN_UP: "false",
          // Grafana itself reads the file; the variable with __FILE is known to its image's script alone.
          GF_SECURITY_ADMIN_PASSWORD: `$__file{${at.secret("GF_ADMIN_PASSWORD")}}`,
        }),
        secrets: { GF_ADMIN_PASSWORD: this.password },
        command: () => ["grafana", "server"],
        health: { kind: "http", port: "http", path: "/api/health" },
        startSeconds: 120,
      },
      { parent: this },
    );
    this.page = workload.fromHost("http");
    this.registerOutputs({});
  }
}
