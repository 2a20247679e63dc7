import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Manifest } from "../render/cluster-mocks.ts";
import { clusterConfig, register, type Options, type Registration } from "../stack-fixture.ts";
import { connectivity, podsOf, type Pods } from "./kubernetes-fixture.ts";

const token = `8000000001:${"aB3_-".repeat(7)}`;
const onCluster = ({ config = {}, ...rest }: Options = {}): Promise<Registration> =>
  register({ config: { ...clusterConfig, ...config }, ...rest });

const resourcesSchema = z.object({
  requests: z.object({
    cpu: z
      .string()
      .regex(/^\d+m$/)
      .transform((text) => Number.parseInt(text)),
    memory: z.string(),
  }),
  limits: z.strictObject({ memory: z.string() }),
});

let stack: Registration;
let pods: Pods[];
beforeAll(async () => {
  stack = await onCluster();
  pods = podsOf(stack.manifests);
});

const ofKind = (one: Registration, kind: string): Manifest[] =>
  one.manifests.filter((item) => item.kind === kind);
const only = (kind: string, name: string, one = stack): Manifest => {
  const [found, ...more] = ofKind(one, kind).filter(({ metadata }) => metadata.name === name);
  if (found === undefined || more.length > 0) throw new Error(`there is not exactly one ${kind} ${name}`);
  return found;
};
const pod = (name: string, all = pods): Pods => {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there are no pods of ${name}`);
  return found;
};

describe("every pod", () => {
  it("passes the standard `restricted`", () => {
    expect(pods.length).toBe(17);
    for (const { name, pod: spec } of pods) {
      expect(spec, name).toMatchObject({
        automountServiceAccountToken: ["prometheus", "kube-state-metrics"].includes(name),
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      });
      for (const one of spec.containers)
        expect(one, name).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            privileged: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        });
      const user = z
        .object({ runAsUser: z.number(), fsGroup: z.number() })
        .loose()
        .parse(spec["securityContext"]);
      expect(user.runAsUser, name).toBeGreaterThan(0);
      expect(user.fsGroup, name).toBe(user.runAsUser);
      for (const key of ["hostNetwork", "hostPID", "hostIPC", "initContainers"])
        expect(spec, name).not.toHaveProperty(key);
      const kinds = ["projected", "secret", "emptyDir", "persistentVolumeClaim"];
      expect(["name", ...kinds], name).toEqual(expect.arrayContaining(spec.volumes.flatMap(Object.keys)));
    }
  });

  it("stands in a namespace that enforces it, and that survives a destroy", () => {
    expect(only("Namespace", "launchlab").metadata).toMatchObject({
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    for (const { kind, metadata } of stack.manifests.slice(1))
      expect(metadata.namespace, kind).toBe("launchlab");
    expect(
      stack.resources.find(({ type }) => type.endsWith(":Namespace") && type.startsWith("kub"))
        ?.retainOnDelete,
    ).toBe(true);
  });

  it("has what it needs reserved, and a limit of memory", () => {
    for (const { name, container } of pods) {
      const { requests, limits } = resourcesSchema.parse(container["resources"]);
      expect(limits.memory, name).toBe(requests.memory);
      expect(requests.cpu, name).toBeGreaterThan(0);
    }
  });

  it("gets no variables from Services, which would overwrite the bot's REDIS_PORT", () => {
    for (const { pod: spec } of pods) expect(spec["enableServiceLinks"]).toBe(false);
  });

  it("writes only into its scratch folders and its data", () => {
    for (const { name, container } of pods) {
      const writable = container.volumeMounts
        .filter(({ readOnly }) => !readOnly)
        .map(({ mountPath }) => mountPath);
      expect(["/data", "/tmp", "/var/run/postgresql"], name).toEqual(expect.arrayContaining(writable));
    }
    const sockets = pod("postgres").container.volumeMounts.map(({ mountPath }) => mountPath);
    expect(sockets).toContain("/var/run/postgresql");
  });

  it("runs an image of a fixed version", () => {
    for (const { name, container } of pods) expect(container.image, name).toMatch(/:v?\d+\.\d+/);
    expect(pod("web").container.image).toBe(clusterConfig.botImage);
    expect(pod("migrate").container.image).toBe(clusterConfig.botImage);
  });

  it("finds the files that its command and variables name", () => {
    for (const { name, container } of pods) {
      const mounted = container.volumeMounts.map(({ mountPath }) => mountPath);
      const named = [...container.command, ...container.env.map(({ value }) => value)].flatMap(
        (text) => /\/etc\/launchlab\/(files|secrets)/.exec(text)?.[0] ?? [],
      );
      for (const path of named) expect(mounted, name).toContain(path);
    }
  });
});

describe("a secret", () => {
  it("arrives as a file and never as a variable or an argument", () => {
    expect(JSON.stringify(pods)).not.toContain("planted-");
    expect(pod("web").container.env).toContainEqual({
      name: "BOT_TOKEN_FILE",
      value: "/etc/launchlab/secrets/BOT_TOKEN",
    });
    expect(JSON.stringify(ofKind(stack, "ConfigMap"))).not.toContain("planted-");
  });

  it("has no name of its own and never changes, so that a new value makes new pods", () => {
    const objects = stack.resources.filter(({ type }) => /:(Secret|ConfigMap)$/.test(type));
    expect(objects.length).toBeGreaterThan(8);
    for (const { name, inputs } of objects) {
      expect(inputs["immutable"], name).toBe(true);
      expect(inputs["metadata"], name).not.toHaveProperty("name");
    }
  });
});

it("replaces only the pods whose files have changed", async () => {
  const more = await onCluster({ config: { rateLimit: "21" } });
  const texts = (all: Pods[]): Map<string, string> =>
    new Map(all.map((one) => [one.name, JSON.stringify(one)]));
  const [before, after] = [texts(pods), texts(podsOf(more.manifests))];
  const differing = [...before.keys()].filter((name) => before.get(name) !== after.get(name));
  expect(differing.sort()).toEqual(["web", "worker"]);
  const other = await onCluster({ dashboards: "none" });
  expect(podsOf(other.manifests).map(({ name }) => name)).not.toContain("grafana");
});

describe("health", () => {
  it("of the bot asks for the database to be ready, and never to be alive", () => {
    for (const name of ["web", "worker"]) {
      const { readinessProbe, livenessProbe, startupProbe } = pod(name).container;
      expect(readinessProbe?.httpGet?.path).toBe("/ready");
      expect(livenessProbe?.httpGet?.path).toBe("/health");
      expect(startupProbe?.httpGet?.path).toBe("/health");
    }
  });

  it("of Postgres and Redis ends nobody: recovery may take its time", () => {
    for (const name of ["postgres", "redis"]) {
      const { readinessProbe, livenessProbe, startupProbe } = pod(name).container;
      expect([readinessProbe === undefined, livenessProbe, startupProbe]).toEqual([
        false,
        undefined,
        undefined,
      ]);
    }
  });

  it("of a sidecar does not keep its replica from work", () => {
    const [, sidecar] = pod("gateway").pod.containers;
    expect(sidecar?.command).toContain("app/gateway-exporter/main.ts");
    expect([sidecar?.readinessProbe, sidecar?.livenessProbe?.httpGet?.port]).toEqual([undefined, 9113]);
  });

  it("is watched everywhere but in tasks, and in what nobody connects to", () => {
    for (const { name, kind, container } of pods) {
      const asked = !/Job$/.test(kind) && !["backup", "backup-restore"].includes(name);
      expect(container.readinessProbe !== undefined, name).toBe(asked);
    }
  });
});

describe("replicas", () => {
  const scaling = z
    .object({
      scaleTargetRef: z.object({ kind: z.literal("Deployment"), name: z.string() }).loose(),
      minReplicas: z.number(),
      maxReplicas: z.number(),
    })
    .loose();

  it("belong to the autoscaler where there is one", () => {
    const scaled = ofKind(stack, "HorizontalPodAutoscaler").map(
      ({ spec }) => scaling.parse(spec).scaleTargetRef.name,
    );
    expect(scaled).toEqual(["web"]);
    for (const { name, kind, replicas } of pods)
      expect(replicas === undefined, name).toBe(/Job$/.test(kind) || scaled.includes(name));
  });

  it("may always lose one, and never all", () => {
    const budgets = ofKind(stack, "PodDisruptionBudget");
    expect(budgets.map(({ metadata }) => metadata.name).sort()).toEqual(["gateway", "web"]);
    for (const { metadata, spec } of budgets) {
      const { maxUnavailable } = z.object({ maxUnavailable: z.number() }).loose().parse(spec);
      const minReplicas =
        pod(metadata.name).replicas ??
        scaling.parse(only("HorizontalPodAutoscaler", metadata.name)["spec"]).minReplicas;
      expect(maxUnavailable).toBeGreaterThan(0);
      expect(maxUnavailable).toBeLessThan(minReplicas);
    }
  });

  it("all have a place in Postgres, at the smallest and at the largest size, while a change rolls through", async () => {
    for (const users of ["1", "2000", "20000"]) {
      const one = await onCluster({ config: { users } });
      const all = podsOf(one.manifests);
      const { maxReplicas } = scaling.parse(only("HorizontalPodAutoscaler", "web", one)["spec"]);
      const size = Number(
        pod("web", all).container.env.find(({ name }) => name === "DATABASE_POOL_SIZE")?.value,
      );
      const limit = Number(
        /max_connections=(\d+)/.exec(pod("postgres", all).container.command.join(" "))?.[1],
      );
      expect((maxReplicas + 1 + 3 + 1) * size + 10).toBeLessThanOrEqual(limit);
    }
  });

  it("are replaced without a gap: one more at first, and each has left before it stops", () => {
    expect(only("Deployment", "web")["spec"]).toMatchObject({
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      minReadySeconds: 5,
    });
    const { pod: spec, container } = pod("web");
    expect(container["lifecycle"]).toEqual({ preStop: { sleep: { seconds: 10 } } });
    expect(spec["terminationGracePeriodSeconds"]).toBe(40);
    expect(JSON.stringify(spec["topologySpreadConstraints"])).toContain("kubernetes.io/hostname");
  });

  it("are all known to the gateway, by name", () => {
    const config = JSON.stringify(ofKind(stack, "ConfigMap").map((one) => one["data"]));
    expect(config).toContain("server web-webhook.launchlab.svc.cluster.local:8080 resolve max_fails=1");
    expect(config).toContain("resolver kube-dns.kube-system.svc.cluster.local valid=2s;");
    expect(only("Service", "web-webhook")["spec"]).toMatchObject({
      clusterIP: "None",
      publishNotReadyAddresses: false,
    });
    expect(only("Service", "web-admin")["spec"]).toMatchObject({ publishNotReadyAddresses: true });
  });

  it("are all known to Prometheus, which asks for pods that there are", () => {
    const text = ofKind(stack, "ConfigMap")
      .flatMap((one) => Object.entries(z.record(z.string(), z.string()).parse(one["data"])))
      .find(([path]) => path === "prometheus.yml")?.[1];
    const asked = z
      .object({
        scrape_configs: z.array(
          z.object({
            kubernetes_sd_configs: z
              .array(z.object({ selectors: z.array(z.object({ label: z.string() })) }))
              .default([]),
            relabel_configs: z.array(z.looseObject({ regex: z.string().optional() })).default([]),
          }),
        ),
      })
      .parse(JSON.parse(text ?? ""))
      .scrape_configs.flatMap(({ kubernetes_sd_configs: found, relabel_configs: [first] }) =>
        found.flatMap(({ selectors }) => selectors.map(({ label }) => [label, first?.regex])),
      );
    expect(asked).toEqual([
      ["app.kubernetes.io/name=web", "admin"],
      ["app.kubernetes.io/name=worker", "admin"],
      ["app.kubernetes.io/name=gateway", "metrics"],
    ]);
    for (const [label = "", port] of asked) {
      const { pod: spec, labels } = pod(label.split("=")[1] ?? "");
      expect(labels).toMatchObject({ [label.split("=")[0] ?? ""]: label.split("=")[1] });
      expect(spec.containers.flatMap(({ ports }) => ports.map(({ name }) => name))).toContain(port);
    }
  });
});

it("lets Prometheus ask the Kubernetes API for the pods of this namespace, and what watches objects for those", () => {
  const verbs = ["get", "list", "watch"];
  expect(only("Role", "prometheus")["rules"]).toEqual([{ apiGroups: [""], resources: ["pods"], verbs }]);
  expect(only("Role", "kube-state-metrics")["rules"]).toEqual([
    { apiGroups: [""], resources: ["pods", "persistentvolumeclaims"], verbs },
    { apiGroups: ["apps"], resources: ["deployments", "statefulsets"], verbs },
    { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs },
    { apiGroups: ["batch"], resources: ["jobs"], verbs },
  ]);
  const asking = ["kube-state-metrics", "prometheus"];
  for (const name of asking)
    expect(only("RoleBinding", name)).toMatchObject({
      roleRef: { kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: "launchlab" }],
    });
  expect(stack.manifests.filter(({ kind }) => kind.startsWith("ClusterRole"))).toEqual([]);
  for (const { name, pod: spec } of pods)
    expect(spec["serviceAccountName"], name).toBe(asking.includes(name) ? name : undefined);
  const callers = connectivity(stack.manifests).filter((line) => line.includes(":443/tcp,6443/tcp"));
  expect(callers).toEqual(
    asking.flatMap((name) => [`${name} -> 0.0.0.0/0:443/tcp,6443/tcp`, `${name} -> ::/0:443/tcp,6443/tcp`]),
  );
});

it("lets nobody ask it where replicas are found by name", async () => {
  const one = await onCluster({ config: { discovery: "dns" } });
  expect(one.manifests.filter(({ kind }) => /Role|ServiceAccount/.test(kind))).toEqual([]);
  for (const { name, pod: spec } of podsOf(one.manifests))
    expect(spec["automountServiceAccountToken"], name).toBe(false);
  expect(connectivity(one.manifests).join()).not.toContain("6443");
  const config = JSON.stringify(ofKind(one, "ConfigMap").map(({ data }) => data));
  expect(config).not.toContain("kubernetes_sd_configs");
  for (const name of ["web-admin", "worker-admin", "gateway-metrics"])
    expect(config).toContain(`${name}.launchlab.svc.cluster.local`);
});

describe("data", () => {
  it("is opened by passwords that are protected as well", () => {
    const passwords = stack.resources.filter(({ type }) => type.endsWith(":RandomPassword"));
    expect(
      passwords
        .filter((one) => one.protect)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["backup-identity", "backup-signature", "grafana-password", "postgres-password"]);
  });

  it("is protected, and outlives the stack", () => {
    const claims = stack.resources.filter(({ type }) => type.endsWith(":PersistentVolumeClaim"));
    expect(claims.map(({ name }) => name).sort()).toEqual([
      "alertmanager-data",
      "backup-data",
      "grafana-data",
      "postgres-data",
      "prometheus-data",
      "redis-data",
    ]);
    for (const { name, protect, retainOnDelete } of claims)
      expect([protect, retainOnDelete], name).toEqual([true, true]);
  });

  it("has one writer, at an address that stays when its pod is replaced", () => {
    for (const { metadata, spec } of ofKind(stack, "StatefulSet")) {
      expect(spec, metadata.name).toMatchObject({ replicas: 1, serviceName: metadata.name });
      // Nobody connects to it.
      if (metadata.name === "backup") continue;
      expect(only("Service", metadata.name)["spec"]).not.toHaveProperty("clusterIP");
    }
  });
});

describe("the migration", () => {
  it("is named by what it runs, and runs again when that changes", async () => {
    const name = (one: Registration): string | undefined => ofKind(one, "Job")[0]?.metadata.name;
    expect(name(stack)).toMatch(/^migrate-[0-9a-f]{10}$/);
    expect(name(await onCluster())).toBe(name(stack));
    expect(name(await onCluster({ config: { botImage: "registry.example.org/bot:1.0.1" } }))).not.toBe(
      name(stack),
    );
  });

  it("stays when it is done, lest it be run by every `up`", () => {
    expect(ofKind(stack, "Job")[0]?.["spec"]).not.toHaveProperty("ttlSecondsAfterFinished");
  });
});

describe("the options", () => {
  it("put the registry before images of Docker Hub only", async () => {
    const one = podsOf(
      (await onCluster({ config: { registry: "mirror.example.org/hub", imagePullSecret: "pull" } }))
        .manifests,
    );
    expect(pod("postgres", one).container.image).toBe("mirror.example.org/hub/postgres:17.6");
    expect(pod("prometheus", one).container.image).toMatch(/^mirror\.example\.org\/hub\/prom\/prometheus:/);
    expect(pod("web", one).container.image).toBe(clusterConfig.botImage);
    for (const { pod: spec } of one) expect(spec["imagePullSecrets"]).toEqual([{ name: "pull" }]);
    for (const { pod: spec } of pods) expect(spec).not.toHaveProperty("imagePullSecrets");
  });

  it("keep less processor time for every program where many share a node", async () => {
    const cpuOf = (one: typeof pods): number =>
      resourcesSchema.parse(pod("web", one).container["resources"]).requests.cpu;
    const one = await onCluster({ config: { cpuReservation: "10" } });
    expect(cpuOf(podsOf(one.manifests))).toBe(cpuOf(pods) / 10);
  });

  it("choose namespace and storage class", async () => {
    const one = await onCluster({ config: { namespace: "bots", storageClass: "fast" } });
    for (const { metadata } of one.manifests.slice(1)) expect(metadata.namespace).toBe("bots");
    for (const { spec } of ofKind(one, "PersistentVolumeClaim"))
      expect(spec).toMatchObject({ storageClassName: "fast" });
    expect(pod("web", podsOf(one.manifests)).container.env).toContainEqual({
      name: "DATABASE_HOST",
      value: "postgres.bots.svc.cluster.local",
    });
  });

  it("give every object to the one provider", () => {
    for (const { type, name, provider } of stack.resources)
      if (type.startsWith("kubernetes:")) expect(provider, name).toBe("cluster");
  });
});

describe("who may talk to whom", () => {
  const golden = (lines: string[]): string => `${lines.join("\n")}\n`;

  it("is what the file says, with the simulator", async () => {
    await expect(golden(connectivity(stack.manifests))).toMatchFileSnapshot(
      "golden/connectivity-simulator.txt",
    );
  });

  it("is what the file says, with a real bot", async () => {
    const real = await onCluster({ token, config: { webhookUrl: "https://bot.example.org" } });
    await expect(golden(connectivity(real.manifests))).toMatchFileSnapshot("golden/connectivity.txt");
  });

  it("is allowed at both ends, and among workloads that exist", () => {
    expect(connectivity(stack.manifests).filter((line) => line.includes("half"))).toEqual([]);
    const names = pods.map(({ name }) => name);
    for (const [, client = ""] of JSON.stringify(ofKind(stack, "NetworkPolicy")).matchAll(
      /"app.kubernetes.io\/name":"([^"]+)"/g,
    ))
      expect(names).toContain(client);
  });
});
