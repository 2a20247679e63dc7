import { describe, expect, it } from "vitest";
import { deployment, good, object, pod, processOf, resource, withContainer } from "./rule-fixture.ts";
import type { Resource } from "./rule.ts";
import { dataProtected } from "./rules/data-protected.ts";
import { imagePinned } from "./rules/image-pinned.ts";
import { noHostAccess } from "./rules/no-host-access.ts";
import { noSecretInEnvironment } from "./rules/no-secret-in-environment.ts";
import { nonRoot } from "./rules/non-root.ts";
import { readOnlyRoot } from "./rules/read-only-root.ts";
import { resourcesStated } from "./rules/resources-stated.ts";

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

  it("looks at the images of a database cluster and its poolers", () => {
    const cluster = (spec: unknown): Resource => object("postgresql.cnpg.io/v1:Cluster", spec);
    expect(imagePinned.check(cluster({ imageName: "postgresql:17.6" }))).toEqual([]);
    expect(imagePinned.check(cluster({ imageName: "postgresql" }))).toHaveLength(1);
    expect(imagePinned.check(cluster({}))).toHaveLength(1);
    const pooler = (pgbouncer: unknown): Resource => object("postgresql.cnpg.io/v1:Pooler", { pgbouncer });
    expect(imagePinned.check(pooler({ image: "pgbouncer:1.25.2" }))).toEqual([]);
    for (const one of [{ image: "pgbouncer:latest" }, {}, undefined])
      expect(imagePinned.check(pooler(one))).toHaveLength(1);
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
