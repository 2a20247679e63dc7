import type { Archive, Package } from "./process-provider/packages.ts";

/** Release archives of the Prometheus family and their list of checksums share one layout. */
function prometheusRelease(repository: string, program: string, version: string): Archive {
  const base = `https://github.com/${repository}/releases/download/v${version}`;
  return {
    url: `${base}/${program}-${version}.{os}-{arch}.tar.gz`,
    checksums: `${base}/sha256sums.txt`,
  };
}

/**
 * The programs behind the stack's images, as the operating system or their vendor packages them.
 * The minima are the versions of Debian 12, the oldest ones that are tested.
 */
export const packages = {
  postgres: {
    name: "PostgreSQL",
    programs: ["postgres", "initdb", "psql", "pg_isready", "pg_dump", "pg_restore"],
    folders: ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"],
    minimum: "15.0",
    debian: ["postgresql-17", "postgresql-16", "postgresql-15"],
    homebrew: "postgresql@17",
  },
  redis: {
    name: "Redis",
    programs: ["redis-server", "redis-cli"],
    minimum: "7.0",
    debian: ["redis-server"],
    homebrew: "redis",
  },
  nginx: {
    name: "nginx",
    programs: ["nginx"],
    minimum: "1.22",
    debian: ["nginx-light", "nginx-core", "nginx"],
    homebrew: "nginx",
  },
  prometheus: {
    name: "Prometheus",
    programs: ["prometheus", "promtool"],
    minimum: "2.42",
    debian: ["prometheus"],
    relocate: ["/usr/share/prometheus/web/"],
    homebrew: "prometheus",
    archive: prometheusRelease("prometheus/prometheus", "prometheus", "3.11.3"),
  },
  alertmanager: {
    name: "Alertmanager",
    programs: ["alertmanager|prometheus-alertmanager", "amtool"],
    minimum: "0.25",
    debian: ["prometheus-alertmanager"],
    relocate: ["/usr/share/prometheus/alertmanager"],
    homebrew: "alertmanager",
    archive: prometheusRelease("prometheus/alertmanager", "alertmanager", "0.34.2"),
  },
  postgresExporter: {
    name: "the Prometheus exporter for PostgreSQL",
    programs: ["postgres_exporter|prometheus-postgres-exporter"],
    minimum: "0.11",
    debian: ["prometheus-postgres-exporter"],
  },
  redisExporter: {
    name: "the Prometheus exporter for Redis",
    programs: ["redis_exporter|prometheus-redis-exporter"],
    minimum: "1.45",
    debian: ["prometheus-redis-exporter"],
  },
  nodeExporter: {
    name: "the Prometheus exporter for machines",
    programs: ["node_exporter|prometheus-node-exporter"],
    minimum: "1.5",
    debian: ["prometheus-node-exporter"],
    homebrew: "node_exporter",
  },
  grafana: {
    name: "Grafana",
    programs: ["grafana"],
    folders: ["/usr/share/grafana/bin", "/opt/homebrew/opt/grafana/bin"],
    minimum: "11.0",
    homebrew: "grafana",
    archive: {
      url: "https://dl.grafana.com/oss/release/grafana-12.0.2.{os}-{arch}.tar.gz",
      checksums: "https://dl.grafana.com/oss/release/grafana-12.0.2.{os}-{arch}.tar.gz.sha256",
    },
  },
} as const satisfies Record<string, Package>;
