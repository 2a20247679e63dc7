import { join } from "node:path";
import { packages } from "./packages.ts";
import { amtool, bash, promtool } from "./probes.ts";
import type { Image } from "./workload.ts";

/** Every image of the stack by exact version, beside the package that carries the same program. */
export const images = {
  bot: {
    reference: "launchlab/bot:0.1.0",
    user: 1000,
    probe: bash,
    source: ["app", "package-lock.json"],
  },
  /** The same image, with the programs of Postgres that are in it. */
  backup: {
    reference: "launchlab/bot:0.1.0",
    user: 1000,
    data: "/var/lib/launchlab",
    source: ["app", "package-lock.json"],
    tools: packages.postgres,
  },
  simulator: {
    reference: "launchlab/simulator:0.1.0",
    user: 1000,
    probe: bash,
    source: ["simulator", "package-lock.json"],
  },
  /** Only where Grafana has no binary, which it has in every image: it runs from the checkout alone. */
  viewer: {
    reference: "launchlab/viewer:0.1.0",
    user: 1000,
    source: [
      "dashboards",
      ...["app/metrics.ts", "app/metric-definitions.ts", "app/metric-labels.ts"],
      ...["infra/capacity.ts", "infra/toolchain/folders.ts", "infra/toolchain/outputs.ts"],
      ...["loadtest/k6/lib/profile.ts", "package-lock.json"],
    ],
  },
  postgres: {
    reference: "postgres:17.6",
    user: 999,
    // It makes the database in an empty volume.
    start: ["docker-entrypoint.sh", "postgres"],
    // Its socket.
    writable: ["/var/run/postgresql"],
    data: "/var/lib/postgresql/data",
    package: packages.postgres,
    entrypoint: join(import.meta.dirname, "process-provider/entrypoints/postgres.sh"),
  },
  redis: { reference: "redis:8.2.1", user: 999, data: "/data", probe: bash, package: packages.redis },
  nginx: {
    reference: "nginxinc/nginx-unprivileged:1.30.4",
    user: 101,
    probe: bash,
    package: packages.nginx,
  },
  prometheus: {
    reference: "prom/prometheus:v3.11.3",
    user: 65534,
    data: "/prometheus",
    probe: promtool,
    package: packages.prometheus,
  },
  alertmanager: {
    reference: "prom/alertmanager:v0.34.2",
    user: 65534,
    data: "/alertmanager",
    probe: amtool,
    package: packages.alertmanager,
  },
  postgresExporter: {
    reference: "prometheuscommunity/postgres-exporter:v0.19.1",
    user: 65534,
    package: packages.postgresExporter,
  },
  redisExporter: {
    reference: "oliver006/redis_exporter:v1.80.0",
    user: 59000,
    start: ["/redis_exporter"],
    package: packages.redisExporter,
  },
  nodeExporter: {
    reference: "prom/node-exporter:v1.12.1",
    user: 65534,
    package: packages.nodeExporter,
  },
  kubeStateMetrics: {
    reference: "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0",
    user: 65534,
    start: ["/kube-state-metrics"],
    // It watches a cluster, so no machine needs it.
    package: { name: "kube-state-metrics", programs: ["kube-state-metrics"], minimum: "2.0" },
  },
  grafana: {
    reference: "grafana/grafana:12.0.2",
    user: 472,
    data: "/var/lib/grafana",
    probe: bash,
    package: packages.grafana,
    entrypoint: join(import.meta.dirname, "process-provider/entrypoints/grafana.sh"),
  },
} as const satisfies Record<string, Image>;

/** Those that are made from this checkout, by their references. */
export const builds = {
  [images.bot.reference]: {
    dockerfile: "app/Dockerfile",
    source: [...images.bot.source, "package.json"],
  },
  [images.simulator.reference]: {
    dockerfile: "simulator/Dockerfile",
    source: [...images.simulator.source, "package.json"],
  },
} as const;

/** Images that the operator of a Postgres cluster runs in its own way. */
export const clusterImages = {
  postgres: "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
  // The operator's own default, 1.25.1, ends itself when it gets a certain packet (CVE-2026-6664).
  pooler: "ghcr.io/cloudnative-pg/pgbouncer:1.25.2",
} as const;

/** What images of other registries or builds may take the place of, by name. The bot's is a setting of its own. */
export const replaceable: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(images).flatMap(([name, { reference }]) =>
      // The bot's has a setting of its own, and the viewer needs none.
      reference === images.bot.reference || reference === images.viewer.reference ? [] : [[name, reference]],
    ),
  ),
  postgresCluster: clusterImages.postgres,
  pooler: clusterImages.pooler,
};
