import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { capacity } from "../capacity.ts";
import type { Manifest } from "../render/cluster-mocks.ts";
import { clusterConfig, open, register, type Options, type Registration } from "../stack-fixture.ts";
import { connectivity, podsOf } from "./kubernetes-fixture.ts";

const onCluster = (config: Options["config"] = {}): Promise<Registration> =>
  register({ config: { ...clusterConfig, postgresHa: "cloudnative-pg", ...config } });

let stack: Registration;
beforeAll(async () => {
  stack = await onCluster();
});

const only = (kind: string, one = stack): Manifest => {
  const [found, ...more] = one.manifests.filter((item) => item.kind === kind);
  if (found === undefined || more.length > 0) throw new Error(`there is not exactly one ${kind}`);
  return found;
};
const envOf = (name: string): Record<string, string> => {
  const pod = podsOf(stack.manifests).find((one) => one.name === name);
  return Object.fromEntries((pod?.container.env ?? []).map((one) => [one.name, one.value]));
};
const poolerSchema = z.object({
  instances: z.number(),
  deploymentStrategy: z.object({ rollingUpdate: z.object({ maxSurge: z.number() }).loose() }).loose(),
  pgbouncer: z.object({ image: z.string(), parameters: z.record(z.string(), z.string()) }).loose(),
  template: z.object({ spec: z.looseObject({ terminationGracePeriodSeconds: z.number() }) }),
});

describe("the cluster", () => {
  it("acknowledges a commit only when a second server has it", () => {
    expect(only("Cluster")["spec"]).toMatchObject({
      instances: 3,
      primaryUpdateMethod: "restart",
      postgresql: {
        synchronous: { method: "any", number: 1, dataDurability: "required", failoverQuorum: true },
      },
      bootstrap: { initdb: { dataChecksums: true } },
    });
  });

  it("is protected, outlives the stack, and has its log of changes on a volume of its own", () => {
    const cluster = stack.resources.find(({ type }) => type.endsWith(":Cluster"));
    expect([cluster?.protect, cluster?.retainOnDelete]).toEqual([true, true]);
    expect(only("Cluster")["spec"]).toMatchObject({
      storage: { size: "20Gi" },
      walStorage: { size: "10Gi" },
    });
  });

  it("replaces the one server, and Postgres is sized the same in both", async () => {
    expect(podsOf(stack.manifests).map(({ name }) => name)).not.toContain("postgres");
    const { parameters } = z
      .object({ postgresql: z.object({ parameters: z.record(z.string(), z.string()) }).loose() })
      .parse(only("Cluster")["spec"]).postgresql;
    const single = podsOf((await register({ config: clusterConfig })).manifests);
    const flags = single.find(({ name }) => name === "postgres")?.container.command ?? [];
    for (const key of ["max_connections", "shared_buffers", "log_lock_waits"])
      expect(flags).toContain(`${key}=${parameters[key]}`);
  });

  it("never puts two servers on one node, unless told that there are not enough", async () => {
    const type = (one: Registration): unknown =>
      z
        .object({ affinity: z.looseObject({ podAntiAffinityType: z.string() }) })
        .parse(only("Cluster", one)["spec"]).affinity.podAntiAffinityType;
    expect(type(stack)).toBe("required");
    expect(type(await onCluster({ postgresSpread: "preferred" }))).toBe("preferred");
  });

  it("takes storage class, pull secret and share of the processor from the stack, and snapshots where there is a class of them", async () => {
    expect(stack.manifests.map(({ kind }) => kind)).not.toContain("ScheduledBackup");
    expect(JSON.stringify(only("Cluster"))).not.toContain("volumeSnapshot");
    const one = await onCluster({
      storageClass: "fast",
      imagePullSecret: "pull",
      postgresSnapshotClass: "snaps",
      cpuReservation: "10",
    });
    expect(only("Cluster", one)["spec"]).toMatchObject({
      storage: { storageClass: "fast" },
      walStorage: { storageClass: "fast" },
      imagePullSecrets: [{ name: "pull" }],
      resources: { requests: { cpu: "50m" } },
      backup: { volumeSnapshot: { className: "snaps" } },
    });
    expect(only("Pooler", one)["spec"]).toMatchObject({
      template: { spec: { imagePullSecrets: [{ name: "pull" }] } },
    });
    expect(only("ScheduledBackup", one)["spec"]).toMatchObject({
      method: "volumeSnapshot",
      cluster: { name: only("Cluster", one).metadata.name },
    });
  });
});

describe("the poolers", () => {
  it.each(["1", "2000", "20000"])(
    "of %s users fit into Postgres while they roll, and the bot into one",
    async (users) => {
      const { instances, deploymentStrategy, pgbouncer } = poolerSchema.parse(
        only("Pooler", await onCluster({ users }))["spec"],
      );
      const most = instances + deploymentStrategy.rollingUpdate.maxSurge;
      const { maxConnections, maxWebReplicas, maxWorkerReplicas, poolSize } = capacity(Number(users));
      expect(most * Number(pgbouncer.parameters["default_pool_size"])).toBeLessThanOrEqual(
        maxConnections - 20,
      );
      expect(Number(pgbouncer.parameters["max_client_conn"])).toBeGreaterThanOrEqual(
        (maxWebReplicas + maxWorkerReplicas + 2) * poolSize,
      );
    },
  );

  it("are there again as soon as Postgres is, and cancel no commit that waits for a standby", () => {
    const { pgbouncer } = poolerSchema.parse(only("Pooler")["spec"]);
    expect(pgbouncer).toMatchObject({
      poolMode: "transaction",
      parameters: { server_login_retry: "1", max_prepared_statements: "200" },
    });
    for (const name of ["query_timeout", "transaction_timeout"])
      expect(pgbouncer.parameters).not.toHaveProperty(name);
  });

  it("leave later than the bot gives up its last connection, and are killed later still", () => {
    const { spec } = poolerSchema.parse(only("Pooler")["spec"]).template;
    const { containers } = z
      .object({
        containers: z.tuple([
          z.looseObject({
            name: z.literal("pgbouncer"),
            lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.number() }) }) }),
          }),
        ]),
      })
      .parse(spec);
    const { seconds } = containers[0].lifecycle.preStop.sleep;
    // `maxLifetimeSeconds` of app/database/pool.ts.
    expect(seconds).toBeGreaterThan(120);
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(seconds + 5);
  });

  it("run an image without the known hole: 1.25.2 or newer", () => {
    const [, major, minor, patch] =
      /:(\d+)\.(\d+)\.(\d+)$/.exec(poolerSchema.parse(only("Pooler")["spec"]).pgbouncer.image)?.map(Number) ??
      [];
    expect((major ?? 0) * 1e6 + (minor ?? 0) * 1e3 + (patch ?? 0)).toBeGreaterThanOrEqual(1_025_002);
  });
});

describe("the bot", () => {
  it("connects through the pooler, and migrates and is watched without it", () => {
    for (const name of ["web", "worker"])
      expect(envOf(name)["DATABASE_HOST"]).toBe("postgres-pooler.launchlab.svc.cluster.local");
    expect(envOf("migrate")["DATABASE_HOST"]).toBe("postgres-rw.launchlab.svc.cluster.local");
    expect(envOf("postgres-exporter")["DATA_SOURCE_URI"]).toContain(
      "postgres-rw.launchlab.svc.cluster.local:5432/",
    );
  });

  it("checks the server's certificate, whose authority it reads from the operator's own Secret", () => {
    for (const name of ["web", "worker", "migrate"]) {
      expect(envOf(name)).toMatchObject({
        DATABASE_TLS: "verify-full",
        DATABASE_CA_FILE: "/etc/launchlab/files/database-ca.pem",
      });
    }
    expect(envOf("postgres-exporter")["DATA_SOURCE_URI"]).toContain(
      "sslmode=verify-full&sslrootcert=/etc/launchlab/files/database-ca.pem",
    );
    for (const { name, pod } of podsOf(stack.manifests)) {
      const holds = JSON.stringify(pod.volumes).includes("postgres-ca");
      const clients = [
        "web",
        "worker",
        "migrate",
        "postgres-exporter",
        "backup",
        "backup-drill",
        "backup-restore",
      ];
      expect(holds, name).toBe(clients.includes(name));
    }
    // The authority's key is in the same Secret.
    expect(JSON.stringify(podsOf(stack.manifests))).not.toContain("ca.key");
    expect(only("Cluster")["spec"]).toMatchObject({
      certificates: { serverAltDNSNames: [envOf("web")["DATABASE_HOST"]] },
    });
  });

  it("has the password that the operator gives to the user, and nobody else shows it", () => {
    const user = stack.manifests.find(({ metadata }) => metadata.name === "postgres-user");
    expect(user).toMatchObject({
      kind: "Secret",
      type: "kubernetes.io/basic-auth",
      stringData: { username: "launchlab", password: "planted-postgres-password" },
    });
    for (const { name, inputs } of stack.resources)
      expect(JSON.stringify(open(inputs)), name).not.toContain("planted-");
  });
});

it("lets Prometheus find every member, also when it is not ready", () => {
  const config = JSON.stringify(stack.manifests.filter(({ kind }) => kind === "ConfigMap"));
  for (const label of [
    "cnpg.io/cluster=postgres,cnpg.io/podRole=instance",
    "cnpg.io/poolerName=postgres-pooler",
  ])
    expect(config).toContain(label);
  for (const name of ["postgres-metrics", "postgres-pooler-metrics"]) {
    expect(
      stack.manifests.find(({ kind, metadata }) => kind === "Service" && metadata.name === name),
    ).toMatchObject({
      spec: { clusterIP: "None", publishNotReadyAddresses: true },
    });
  }
});

it("says in a file who may talk to whom", async () => {
  const lines = connectivity(stack.manifests);
  expect(lines.filter((line) => line.includes("half"))).toEqual([]);
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("golden/connectivity-cloudnative-pg.txt");
});
