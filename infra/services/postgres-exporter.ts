import type * as pulumi from "@pulumi/pulumi";
import { images } from "../images.ts";
import type { Connection, Endpoint, Platform } from "../workload.ts";
import { renderQueries } from "./postgres-queries.ts";

export interface ExporterArgs {
  readonly platform: Platform;
  readonly parent: pulumi.Resource;
  /** What has to be there before its user is. */
  readonly dependsOn: readonly pulumi.Resource[];
  readonly database: Connection;
  /** As in `renderQueries`. */
  readonly settings: Readonly<Record<string, string>> | undefined;
}

const CA = "database-ca.pem";
const QUERIES = "queries.yaml";

/** Shows the figures of a server to Prometheus. */
export function runPostgresExporter(
  name: string,
  { platform, parent, dependsOn, database: to, settings }: ExporterArgs,
): Endpoint {
  const authority = to.host.includes(":") ? `[${to.host}]` : to.host;
  const exporter = platform.run(
    name,
    {
      kind: "service",
      image: images.postgresExporter,
      ports: [{ name: "metrics", port: 9187, slot: 7, reachableFrom: ["prometheus"] }],
      resources: { cpuMillis: 20, memoryMb: 64 },
      calls: to.calls ?? [],
      files: () => [
        ...(to.ca === undefined ? [] : [{ path: CA, ...to.ca }]),
        { path: QUERIES, content: renderQueries(settings) },
      ],
      env: (at) => ({
        DATA_SOURCE_URI:
          `${authority}:${to.port}/${encodeURIComponent(to.database)}?sslmode=${to.tls}` +
          (to.ca === undefined ? "" : `&sslrootcert=${at.file(CA)}`),
        DATA_SOURCE_USER: to.user,
      }),
      secrets: { DATA_SOURCE_PASS: to.password },
      command: (at) => [
        "postgres_exporter",
        `--web.listen-address=${at.host}:${at.port("metrics")}`,
        `--extend.query-path=${at.file(QUERIES)}`,
      ],
      health: { kind: "http", port: "metrics", path: "/", live: "/" },
    },
    { parent, dependsOn },
  );
  return exporter.endpoint("metrics");
}
