import * as pulumi from "@pulumi/pulumi";
import {
  renderPrometheusConfig,
  renderRules,
  type PrometheusOptions,
} from "../../dashboards/render/prometheus.ts";
import { renderRunbooks } from "../../dashboards/render/runbooks.ts";
import type { Capacity } from "../capacity.ts";
import { images } from "../images.ts";
import type { Endpoint, Platform, Port } from "../workload.ts";

/** A group of scrape targets of one kind. */
export interface ScrapeJob {
  readonly job: string;
  readonly targets: readonly { readonly endpoint: Endpoint; readonly labels?: Record<string, string> }[];
}

export interface PrometheusArgs {
  readonly platform: Platform;
  readonly capacity: Capacity;
  readonly jobs: readonly ScrapeJob[];
  readonly alertmanager: Endpoint;
  /** Who asks for figures besides Grafana. */
  readonly readers: readonly string[];
  /** Names the stack in every alert. */
  readonly stack: string;
  readonly runbookUrl: (alert: string) => string;
  /** Whether whoever reaches it may add series: the figures of load tests. */
  readonly remoteWrite: boolean;
}

export const prometheusPort: Port = { name: "http", port: 9090, slot: 2 };

/** How often targets are read and rules evaluated. */
export const SCRAPE_SECONDS = 15;

/** Where this Prometheus serves the runbook of an alert. */
export const ownRunbooks = "/consoles/{alert}.html";

/** 35 days of 12 000 series take 5 GB: 1.5 bytes a sample, one of each in 15 s. */
const DATA_GB = 20;

const address = ({ host, port }: Endpoint): string => `${host}:${port}`;

/** A target that always has the same address stays known when it is gone; others have to be asked for. */
function scrapeOf({ job, targets }: ScrapeJob): PrometheusOptions["jobs"][number] {
  return {
    job,
    targets: targets.flatMap(({ endpoint, labels = {} }) =>
      endpoint.several === undefined ? [{ address: address(endpoint), labels }] : [],
    ),
    pods: targets.flatMap(({ endpoint: { several, pods }, labels = {} }) =>
      several === undefined || pods === undefined
        ? []
        : [{ namespace: pods.namespace, selector: pods.labels, port: pods.port, labels }],
    ),
    names: targets.flatMap(({ endpoint: { several, pods, host, port }, labels = {} }) =>
      several === undefined || pods !== undefined ? [] : [{ name: host, port, labels }],
    ),
  };
}

/** Scrapes every part of the stack and evaluates the alert rules. */
export class Prometheus extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  /** Where people find it. */
  readonly page: Endpoint;

  constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("launchlab:index:Prometheus", name, {}, opts);
    const { platform, capacity, alertmanager, stack, runbookUrl } = args;
    const workload = platform.run(
      name,
      {
        kind: "stateful",
        image: images.prometheus,
        ports: [{ ...prometheusPort, page: true, reachableFrom: ["grafana", ...args.readers] }],
        data: { gigabytes: DATA_GB },
        resources: { cpuMillis: 200, memoryMb: 1024 },
        files: (at) => {
          const self: ScrapeJob = {
            job: "prometheus",
            // It listens there wherever it runs.
            targets: [{ endpoint: { host: "127.0.0.1", port: at.port("http") } }],
          };
          const all = [...args.jobs, self];
          const names = all.map(({ job }) => job);
          const config = renderPrometheusConfig({
            scrapeIntervalSeconds: SCRAPE_SECONDS,
            ruleFiles: [at.file("rules.yml")],
            alertmanagers: [address(alertmanager)],
            stack,
            jobs: all.map(scrapeOf),
          });
          return [
            { path: "prometheus.yml", content: config },
            { path: "rules.yml", content: renderRules({ runbookUrl, stack, capacity, jobs: names }) },
            ...renderRunbooks({ jobs: names }).map(({ path, content }) => ({
              path: `runbooks/${path}`,
              content,
            })),
          ];
        },
        command: (at) => [
          "prometheus",
          `--config.file=${at.file("prometheus.yml")}`,
          `--storage.tsdb.path=${at.data}`,
          // The promises are about 30 days; a few more, so that a month can be compared with its end.
          "--storage.tsdb.retention.time=35d",
          // Whatever is read, the volume does not fill up.
          `--storage.tsdb.retention.size=${DATA_GB * 0.8}GB`,
          // An alert that Alertmanager missed while it restarted comes again with the next evaluation.
          "--rules.alert.resend-delay=15s",
          `--web.listen-address=${at.host}:${at.port("http")}`,
          `--web.console.templates=${at.file("runbooks")}`,
          ...(args.remoteWrite ? ["--web.enable-remote-write-receiver"] : []),
        ],
        health: { kind: "http", port: "http", path: "/-/ready", live: "/-/healthy" },
        reload: "SIGHUP",
        discovers: "pods",
        stopSeconds: 30,
      },
      { parent: this },
    );
    this.endpoint = workload.endpoint("http");
    this.page = workload.fromHost("http");
    this.registerOutputs({});
  }
}
