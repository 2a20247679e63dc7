import { describe, expect, it } from "vitest";
import type { Resource } from "./rule.ts";
import { alertsComplete } from "./rules/alerts-complete.ts";
import { dataProtected } from "./rules/data-protected.ts";
import { disruptionBudget } from "./rules/disruption-budget.ts";
import { imagePinned } from "./rules/image-pinned.ts";
import { noHostAccess } from "./rules/no-host-access.ts";
import { noSecretInEnvironment } from "./rules/no-secret-in-environment.ts";
import { nonRoot } from "./rules/non-root.ts";
import { poolsFit } from "./rules/pools-fit.ts";
import { readOnlyRoot } from "./rules/read-only-root.ts";
import { resourcesStated } from "./rules/resources-stated.ts";

const resource = (type: string, props: unknown, more: Partial<Resource> = {}): Resource => ({
  type,
  name: "one",
  props,
  protect: false,
  ...more,
});
const object = (type: string, spec: unknown, name = "web"): Resource =>
  resource(`kubernetes:${type}`, { metadata: { name }, spec });

const good = {
  name: "web",
  image: "registry.example.org:5000/bot:1.0.0",
  env: [{ name: "DATABASE_PASSWORD_FILE", value: "/etc/secrets/password" }],
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "64Mi" } },
  securityContext: { runAsUser: 1000, readOnlyRootFilesystem: true },
};
const pod = { securityContext: { runAsNonRoot: true }, containers: [good] };
const deployment = (spec: unknown, more: Record<string, unknown> = {}, name = "web"): Resource =>
  object("apps/v1:Deployment", { ...more, template: { metadata: { labels: { app: name } }, spec } }, name);
const withContainer = (more: Record<string, unknown>): Resource =>
  deployment({ ...pod, containers: [{ ...good, ...more }] });
const processOf = (more: Record<string, unknown>, name = "web-0"): Resource =>
  resource("process:index:Process", { name, command: ["node"], env: {}, files: {}, ...more });

const each = [imagePinned, nonRoot, readOnlyRoot, resourcesStated, noHostAccess, noSecretInEnvironment];

it("what is right passes, in every kind that makes pods", () => {
  const wrapped = [
    object("core/v1:Pod", pod),
    deployment(pod),
    object("apps/v1:StatefulSet", { template: { spec: pod } }),
    object("batch/v1:Job", { template: { spec: pod } }),
    object("batch/v1:CronJob", { jobTemplate: { spec: { template: { spec: pod } } } }),
  ];
  for (const one of wrapped)
    for (const rule of each) expect(rule.check(one), `${rule.name} ${one.type}`).toEqual([]);
});

it("what is wrong is found in every kind that makes pods, and in containers that run before others", () => {
  const bad = {
    ...pod,
    initContainers: [{ name: "bad", ports: [{ hostPort: 80 }], env: [{ name: "TOKEN", value: "x" }] }],
    securityContext: {},
  };
  const wrapped = [
    object("core/v1:Pod", bad),
    deployment(bad),
    object("apps/v1:StatefulSet", { template: { spec: bad } }),
    object("apps/v1:DaemonSet", { template: { spec: bad } }),
    object("batch/v1:Job", { template: { spec: bad } }),
    object("batch/v1:CronJob", { jobTemplate: { spec: { template: { spec: bad } } } }),
  ];
  for (const one of wrapped)
    for (const rule of each) expect(rule.check(one), `${rule.name} ${one.type}`).not.toEqual([]);
});

it("other resources concern no rule of containers", () => {
  for (const rule of each) expect(rule.check(resource("random:index:RandomPassword", {}))).toEqual([]);
});

describe("image-pinned", () => {
  const digest = `sha256:${"0a".repeat(32)}`;

  it.each(["bot:1", "localhost:5000/bot:1.0", `bot@${digest}`, `bot:latest@${digest}`])(
    "takes %s",
    (image) => {
      expect(imagePinned.check(withContainer({ image }))).toEqual([]);
    },
  );

  it.each(["bot", "bot:latest", "localhost:5000/bot", "bot@sha256:12", undefined])("refuses %s", (image) => {
    expect(imagePinned.check(withContainer({ image }))).toHaveLength(1);
  });

  it("looks at the image of a database cluster", () => {
    const cluster = (spec: unknown): Resource => object("postgresql.cnpg.io/v1:Cluster", spec);
    expect(imagePinned.check(cluster({ imageName: "postgresql:17.6" }))).toEqual([]);
    expect(imagePinned.check(cluster({ imageName: "postgresql" }))).toHaveLength(1);
    expect(imagePinned.check(cluster({}))).toHaveLength(1);
  });
});

describe("non-root", () => {
  it("takes the word of the container before that of the pod", () => {
    expect(nonRoot.check(withContainer({ securityContext: { runAsNonRoot: false } }))).toHaveLength(1);
    expect(nonRoot.check(withContainer({ securityContext: { runAsUser: 0 } }))).toHaveLength(1);
    expect(
      nonRoot.check(deployment({ containers: [{ ...good, securityContext: { runAsNonRoot: true } }] })),
    ).toEqual([]);
    expect(nonRoot.check(deployment({ containers: [good] }))).toHaveLength(1);
  });
});

describe("read-only-root", () => {
  it("wants it said", () => {
    expect(readOnlyRoot.check(withContainer({ securityContext: {} }))).toHaveLength(1);
    expect(
      readOnlyRoot.check(withContainer({ securityContext: { readOnlyRootFilesystem: false } })),
    ).toHaveLength(1);
  });
});

describe("resources-stated", () => {
  it("names what is missing", () => {
    const check = (resources: unknown): readonly string[] =>
      resourcesStated.check(withContainer({ resources }));
    expect(check({ requests: { cpu: "1" }, limits: { memory: "1Gi" } })[0]).toContain(" requests.memory:");
    expect(check({})[0]).toContain(" requests.cpu, requests.memory, limits.memory:");
  });

  it("looks at a database cluster", () => {
    expect(resourcesStated.check(object("postgresql.cnpg.io/v1:Cluster", {}))).toHaveLength(1);
  });
});

describe("no-host-access", () => {
  it.each([
    { hostNetwork: true },
    { hostPID: true },
    { hostIPC: true },
    { volumes: [{ name: "v", hostPath: { path: "/" } }] },
    { containers: [{ ...good, ports: [{ hostPort: 80 }] }] },
  ])("refuses %j", (more) => {
    expect(noHostAccess.check(deployment({ ...pod, ...more }))).toHaveLength(1);
  });

  it("keeps a local process on the loopback address, wherever it is told where to listen", () => {
    const own = ["--listen=127.0.0.1:80", "10.0.0.0", "0.0.0.0/0"];
    expect(noHostAccess.check(processOf({ command: ["x", ...own] }))).toEqual([]);
    expect(noHostAccess.check(processOf({ command: ["x", "--listen=0.0.0.0:80"] }))).toHaveLength(1);
    expect(noHostAccess.check(processOf({ command: ["x", "--listen=[::]:80"] }))).toHaveLength(1);
    expect(noHostAccess.check(processOf({ env: { HTTP_HOST: "0.0.0.0" } }))).toHaveLength(1);
    expect(noHostAccess.check(processOf({ files: { "redis.conf": "bind 0.0.0.0\n" } }))).toHaveLength(1);
  });
});

describe("data-protected", () => {
  const keepers = ["kubernetes:core/v1:PersistentVolumeClaim", "kubernetes:postgresql.cnpg.io/v1:Cluster"];

  it.each(keepers)("wants %s protected and kept", (type) => {
    const check = (protect: boolean, retainOnDelete?: boolean): number =>
      dataProtected.check(
        resource(type, {}, { protect, ...(retainOnDelete === undefined ? {} : { retainOnDelete }) }),
      ).length;
    expect(check(true, true)).toBe(0);
    expect(check(true, false)).toBe(1);
    expect(check(false, true)).toBe(1);
    expect(check(false, false)).toBe(2);
    // The engine does not tell the second.
    expect(check(true)).toBe(0);
  });

  it("refuses volumes that go with their pods", () => {
    const policy = (more: unknown): Resource =>
      object("apps/v1:StatefulSet", { persistentVolumeClaimRetentionPolicy: more });
    expect(dataProtected.check(policy({ whenDeleted: "Retain", whenScaled: "Retain" }))).toEqual([]);
    expect(dataProtected.check(policy({ whenDeleted: "Delete" }))).toHaveLength(1);
    expect(dataProtected.check(policy({ whenScaled: "Delete" }))).toHaveLength(1);
  });
});

describe("no-secret-in-environment", () => {
  const check = (env: Record<string, string>): readonly string[] => {
    const pods = withContainer({ env: Object.entries(env).map(([name, value]) => ({ name, value })) });
    const [inPod, local] = [
      noSecretInEnvironment.check(pods),
      noSecretInEnvironment.check(processOf({ env })),
    ];
    expect(local).toEqual(inPod);
    return inPod;
  };

  it.each(["PASSWORD", "PGPASSWORD", "BOT_TOKEN", "WEBHOOK_SECRETS", "API_KEY", "DATA_SOURCE_PASS", "key"])(
    "refuses %s by its name",
    (name) => {
      expect(check({ [name]: "x" })).toEqual([
        `${name} looks like a secret by its name: give it as a file, by ${name}_FILE`,
      ]);
    },
  );

  it.each(["BOT_TOKEN_FILE", "PUBLIC_KEY", "MONKEY", "COMPASS", "TOKEN_SECONDS", "DATABASE_USER"])(
    "takes %s",
    (name) => {
      expect(check({ [name]: "x" })).toEqual([]);
    },
  );

  it.each([
    `12345678:${"A1b".repeat(11)}-_`,
    "postgres://bot:hunter2@db:5432/x",
    "redis://:hunter2@cache",
    "-----BEGIN RSA PRIVATE KEY-----",
    "AGE-SECRET-KEY-1QQQ",
    "AKIAIOSFODNN7EXAMPLE",
    "h5BqW0sJm2Zr8TnXcY4vLk7P",
  ])("refuses %s by its shape, on the command line too, and does not repeat it", (value) => {
    expect(check({ SETTING: value })).toHaveLength(1);
    const command = ["program", value];
    for (const one of [
      withContainer({ command }),
      withContainer({ args: [value] }),
      processOf({ command }),
    ]) {
      const found = noSecretInEnvironment.check(one);
      expect(found).toHaveLength(1);
      expect(found.join()).not.toContain(value);
    }
  });

  it.each([
    "",
    "https://bot.example.org/telegram",
    "redis://redis.launchlab.svc.cluster.local:6379",
    "http://127.0.0.1:8400/telegram",
    "3f2a9c1be04d5f6a7b8c9d0e1f2a3b4c",
    "/etc/launchlab/secrets/BOT_TOKEN",
    "web-webhook.launchlab.svc.cluster.local:8080",
  ])("takes the value '%s'", (value) => {
    expect(check({ SETTING: value })).toEqual([]);
  });

  it("takes a reference to a file, and nothing, in place of a secret", () => {
    expect(check({ PASSWORD: "$__file{/etc/password}" })).toEqual([]);
    expect(check({ PASSWORD: "" })).toEqual([]);
    expect(check({ PASSWORD: "$__file{/etc/password}x" })).toHaveLength(1);
  });

  it("takes what comes from a Secret", () => {
    const env = [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }];
    expect(noSecretInEnvironment.check(withContainer({ env }))).toEqual([]);
  });
});

describe("alerts-complete", () => {
  const groups = (labels: unknown, annotations: unknown): unknown => ({
    groups: [
      {
        name: "g",
        rules: [
          { record: "r", expr: "1" },
          { alert: "Down", expr: "1", labels, annotations },
        ],
      },
    ],
  });
  const everywhere = (rules: unknown): Resource[] => [
    resource("kubernetes:core/v1:ConfigMap", { data: { "rules.yml": JSON.stringify(rules), other: "{" } }),
    object("monitoring.coreos.com/v1:PrometheusRule", rules),
    processOf({ files: { "rules.yml": JSON.stringify(rules) } }),
  ];

  it("wants a severity and a runbook, wherever the rules stand", () => {
    const runbook = { runbook_url: "runbooks/Down.md" };
    for (const one of everywhere(groups({ severity: "critical" }, runbook)))
      expect(alertsComplete.check(one)).toEqual([]);
    for (const one of everywhere(groups({ severity: "bad" }, runbook)))
      expect(alertsComplete.check(one)).toEqual([
        "the alert Down has no severity: one of critical, warning, info, none",
      ]);
    for (const one of everywhere(groups({ severity: "info" }, { runbook_url: "" })))
      expect(alertsComplete.check(one)).toEqual(["the alert Down has no runbook_url"]);
    for (const one of everywhere(groups(undefined, undefined)))
      expect(alertsComplete.check(one)).toHaveLength(2);
  });

  it("passes resources without files", () => {
    expect(alertsComplete.check(resource("kubernetes:core/v1:ConfigMap", {}))).toEqual([]);
    expect(alertsComplete.check(processOf({}))).toEqual([]);
  });
});

describe("disruption-budget", () => {
  const budget = (spec: Record<string, unknown>, app = "web"): Resource =>
    object("policy/v1:PodDisruptionBudget", { selector: { matchLabels: { app } }, ...spec });
  const autoscaler = (minReplicas: number): Resource =>
    object("autoscaling/v2:HorizontalPodAutoscaler", {
      scaleTargetRef: { name: "web" },
      minReplicas,
      maxReplicas: 9,
    });
  const scaledObject = object("keda.sh/v1alpha1:ScaledObject", {
    scaleTargetRef: { name: "web" },
    minReplicaCount: 1,
  });
  const pooler = object("postgresql.cnpg.io/v1:Pooler", { instances: 2 }, "pooler");
  const check = (...resources: Resource[]): string[] =>
    disruptionBudget.checkStack(resources).map(({ message }) => message);

  it("lets one go and keeps one", () => {
    for (const spec of [
      { maxUnavailable: 1 },
      { minAvailable: 1 },
      { maxUnavailable: "50%" },
      { minAvailable: "50%" },
    ])
      expect(check(deployment(pod, { replicas: 2 }), budget(spec))).toEqual([]);
  });

  it("refuses one that never lets any go", () => {
    for (const spec of [{}, { maxUnavailable: 0 }, { minAvailable: 2 }, { minAvailable: "100%" }])
      expect(check(deployment(pod, { replicas: 2 }), budget(spec))[0]).toContain("none may ever be evicted");
  });

  it("refuses one that lets all go, counted at the autoscaler's smallest number", () => {
    expect(check(deployment(pod, { replicas: 2 }), budget({ maxUnavailable: 2 }))[0]).toContain(
      "all 2 replicas",
    );
    expect(check(deployment(pod), budget({ maxUnavailable: 2 }), autoscaler(3))).toEqual([]);
    expect(check(deployment(pod), budget({ maxUnavailable: 3 }), autoscaler(3))[0]).toContain(
      "all 3 replicas",
    );
    expect(check(deployment(pod), budget({ maxUnavailable: 1 }), scaledObject)[0]).toContain(
      "all 1 replicas",
    );
  });

  it("refuses one that selects nothing", () => {
    expect(check(deployment(pod), budget({ maxUnavailable: 1 }, "typo"))).toEqual([
      "it selects no workload of the stack",
    ]);
  });

  it("knows the pods of a pooler", () => {
    const selector = { matchLabels: { "cnpg.io/poolerName": "pooler" } };
    expect(check(pooler, budget({ maxUnavailable: 1, selector }))).toEqual([]);
  });
});

describe("pools-fit", () => {
  const using = (
    size: number,
    host = "postgres.ns.svc",
    more: Record<string, unknown> = {},
    name = "web",
  ): Resource => {
    const env = [
      { name: "DATABASE_POOL_SIZE", value: String(size) },
      { name: "DATABASE_HOST", value: host },
    ];
    const strategy = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } };
    return deployment({ containers: [{ ...good, env }] }, { strategy, ...more }, name);
  };
  const server = (limit: number): Resource =>
    object(
      "apps/v1:StatefulSet",
      {
        template: {
          spec: { containers: [{ ...good, command: ["postgres", "-c", `max_connections=${limit}`] }] },
        },
      },
      "postgres",
    );
  const cluster = (limit?: string): Resource =>
    object("postgresql.cnpg.io/v1:Cluster", {
      postgresql: limit === undefined ? {} : { parameters: { max_connections: limit } },
    });
  const pooler = (parameters: Record<string, string>): Resource =>
    object("postgresql.cnpg.io/v1:Pooler", { instances: 2, pgbouncer: { parameters } }, "pooler");
  const autoscaler = object("autoscaling/v2:HorizontalPodAutoscaler", {
    scaleTargetRef: { name: "web" },
    maxReplicas: 4,
  });
  const check = (...resources: Resource[]): string[] =>
    poolsFit.checkStack(resources).map(({ message }) => message);

  it("counts every replica at the autoscaler's largest number, and one more that replaces another", () => {
    expect(check(using(10), autoscaler, server(53))).toEqual([]);
    expect(check(using(10), autoscaler, server(52))[0]).toContain(
      "web 5 x 10 are 50 connections, but max_connections is 52",
    );
    const worker = using(10, "postgres", {}, "worker");
    expect(check(using(10), worker, autoscaler, server(53))[0]).toContain("web 5 x 10, worker 2 x 10 are 70");
  });

  it("counts shares, what is replaced at once, and the default", () => {
    const quarter = { strategy: { rollingUpdate: { maxSurge: "25%" } }, replicas: 5 };
    expect(check(using(10, "postgres", quarter), server(72))[0]).toContain("web 7 x 10");
    expect(
      check(using(10, "postgres", { strategy: { type: "Recreate" }, replicas: 5 }), server(52))[0],
    ).toContain("web 5 x 10");
    expect(check(using(10, "postgres", { strategy: undefined, replicas: 4 }), server(52))[0]).toContain(
      "web 5 x 10",
    );
  });

  it("knows a cluster's limit, and the default of Postgres", () => {
    expect(check(using(48), cluster())).toEqual([]);
    expect(check(using(49), cluster())).toHaveLength(1);
    expect(check(using(49), cluster("101"))).toEqual([]);
  });

  it("counts a pooler's own connections in place of its clients', and whether it takes those", () => {
    const size = { default_pool_size: "20", max_client_conn: "1000" };
    expect(check(using(500, "pooler.ns.svc"), pooler(size), cluster("43"))).toEqual([]);
    expect(check(using(500, "pooler.ns.svc"), pooler(size), cluster("42"))[0]).toContain(
      "pooler 2 x 20 are 40",
    );
    expect(check(using(1001, "pooler.ns.svc"), pooler(size), cluster("43"))[0]).toContain(
      "it takes 2000: raise max_client_conn",
    );
    expect(
      check(using(1, "pooler"), pooler({ ...size, reserve_pool_size: "10" }), cluster("62")),
    ).toHaveLength(1);
    expect(check(using(1, "pooler"), pooler({ ...size, max_db_connections: "5" }), cluster("13"))).toEqual(
      [],
    );
  });

  it("counts local processes, one by one", () => {
    const env = { DATABASE_POOL_SIZE: "10", DATABASE_HOST: "127.0.0.1" };
    const postgres = processOf({ command: ["postgres", "-c", "max_connections=20"] }, "postgres");
    expect(check(processOf({ env }), postgres)).toEqual([]);
    expect(check(processOf({ env }), processOf({ env }, "web-1"), postgres)[0]).toContain(
      "web-0 1 x 10, web-1 1 x 10 are 20",
    );
  });

  it("says nothing of a database that is not in the stack", () => {
    expect(check(using(10000))).toEqual([]);
  });
});
