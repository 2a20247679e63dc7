import { beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { alerts } from "../../dashboards/alerts/all.ts";
import { boards } from "../../dashboards/boards/all.ts";
import { present } from "../../dashboards/render/present.ts";
import type { Manifest } from "../render/cluster-mocks.ts";
import { clusterConfig, register, type Options, type Registration } from "../stack-fixture.ts";
import { connectivity, podsOf } from "./kubernetes-fixture.ts";

/** Prometheus and Alertmanager are somebody else's, and watched by them; they read what the cluster says. */
const isThere = (one: { readonly needs?: string }): boolean =>
  present({ jobs: ["bot", "postgres", "redis", "nginx", "kube-state-metrics", "kubelet"] }, one);

const watched = (
  config: Options["config"] = {},
  dashboards: Options["dashboards"] = "grafana",
): Promise<Registration> =>
  register({
    dashboards,
    config: {
      ...clusterConfig,
      namespace: "bots",
      monitoring: "prometheus-operator",
      monitoringNamespace: "watch",
      monitorLabels: '{"release":"watch"}',
      ...config,
    },
  });
let stack: Registration;
beforeAll(async () => {
  stack = await watched();
});

const ofKind = (kind: string, one = stack): Manifest[] => one.manifests.filter((item) => item.kind === kind);
const monitorSchema = z.object({
  selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
  podMetricsEndpoints: z.tuple([
    z.looseObject({
      port: z.string(),
      relabelings: z.array(z.looseObject({ targetLabel: z.string(), replacement: z.string().optional() })),
    }),
  ]),
});

it("runs no Prometheus, Alertmanager or Grafana of its own, and names no address of theirs", () => {
  const names = podsOf(stack.manifests).map(({ name }) => name);
  expect(names).toContain("web");
  for (const name of ["prometheus", "alertmanager", "grafana"]) {
    expect(names).not.toContain(name);
    expect(stack.outputs).not.toHaveProperty(name);
  }
  expect(stack.manifests.filter(({ kind }) => /Role|ServiceAccount/.test(kind))).toEqual([]);
});

it("has the operator read every job that our own Prometheus reads, with the same labels", () => {
  const monitors = ofKind("PodMonitor").map((item) => {
    const { selector, podMetricsEndpoints } = monitorSchema.parse(item["spec"]);
    const [{ port, relabelings }] = podMetricsEndpoints;
    expect(item.metadata).toMatchObject({ namespace: "bots", labels: { release: "watch" } });
    expect(relabelings.slice(0, 2)).toEqual([
      { sourceLabels: ["__meta_kubernetes_pod_name"], targetLabel: "instance" },
      { sourceLabels: ["__meta_kubernetes_namespace"], targetLabel: "namespace" },
    ]);
    const fixed = relabelings.flatMap(({ targetLabel, replacement }) =>
      replacement === undefined ? [] : [`${targetLabel}=${replacement}`],
    );
    const read = podsOf(stack.manifests).filter(({ labels, pod }) => {
      const ports = pod.containers.flatMap((one) => one.ports.map(({ name }) => name));
      return (
        Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value) &&
        ports.includes(port)
      );
    });
    return `${item.metadata.name}: ${fixed.join(" ")} <- ${read.map(({ name }) => name).join()}:${port}`;
  });
  expect(monitors.sort()).toEqual([
    "bot-web: job=bot role=web stack=dev <- web:admin",
    "bot-worker: job=bot role=worker stack=dev <- worker:admin",
    "nginx-gateway: job=nginx stack=dev <- gateway:metrics",
    "postgres-postgres-exporter: job=postgres stack=dev <- postgres-exporter:metrics",
    "redis-redis-exporter: job=redis stack=dev <- redis-exporter:metrics",
  ]);
});

it("has it evaluate every alert, about this namespace alone", () => {
  const [rule, ...more] = ofKind("PrometheusRule");
  expect(more).toEqual([]);
  expect(rule?.metadata).toMatchObject({ labels: { release: "watch" } });
  const { groups } = z
    .object({
      groups: z.array(
        z.object({
          interval: z.literal("15s"),
          rules: z.array(
            z.looseObject({
              alert: z.string().optional(),
              record: z.string().optional(),
              expr: z.string(),
              labels: z.record(z.string(), z.string()),
            }),
          ),
        }),
      ),
    })
    .parse(rule?.["spec"]);
  const rules = groups.flatMap((group) => group.rules);
  const told = rules.flatMap(({ alert }) => alert ?? []);
  expect(told.sort()).toEqual(
    alerts
      .filter(isThere)
      .map(({ name }) => name)
      .sort(),
  );
  for (const { alert, record, expr, labels } of rules) {
    expect(labels, alert ?? record).toMatchObject({ namespace: "bots", stack: "dev" });
    if (!expr.startsWith("vector(")) expect(expr, alert ?? record).toContain('namespace="bots"');
  }
});

it("gives its Grafana every board, under a name that stays", async () => {
  const shown = (one: Registration): Manifest[] =>
    ofKind("ConfigMap", one).filter(
      ({ metadata }) => "grafana_dashboard" in z.object({ labels: z.looseObject({}) }).parse(metadata).labels,
    );
  expect(
    shown(stack).map(({ metadata, data }) => [metadata.name, Object.keys(z.object({}).loose().parse(data))]),
  ).toEqual(boards.filter(isThere).map(({ key }) => [`bots-${key}`, [`bots-${key}.json`]]));
  expect(shown(await watched({}, "none"))).toEqual([]);
});

it("is read from the operator's namespace, wherever our own Prometheus would read", () => {
  const lines = connectivity(stack.manifests);
  expect(lines.filter((line) => line.startsWith("watch/"))).toEqual([
    "watch/* -> gateway:metrics",
    "watch/* -> postgres-exporter:metrics",
    "watch/* -> redis-exporter:metrics",
    "watch/* -> web:admin",
    "watch/* -> worker:admin",
  ]);
  expect(lines.join("\n")).not.toMatch(/prometheus|half/);
});

it("lets KEDA ask the operator's Prometheus", async () => {
  const prometheusUrl = "http://prometheus.watch.svc:9090";
  const one = await watched({ autoscaling: "keda", prometheusUrl });
  expect(JSON.stringify(ofKind("ScaledObject", one))).toContain(`"serverAddress":"${prometheusUrl}"`);
});

it("has the operator read the members of a Postgres cluster as well", async () => {
  const one = await watched({ postgresHa: "cloudnative-pg" });
  const names = ofKind("PodMonitor", one).map(({ metadata }) => metadata.name);
  expect(names).toEqual(
    expect.arrayContaining(["postgres-instances-postgres-instance", "postgres-poolers-postgres-pooler"]),
  );
  expect(connectivity(one.manifests).filter((line) => /prometheus|half/.test(line))).toEqual([]);
});

it("has the operator ask each exporter of several Redis for its server and its Sentinel", async () => {
  const one = await watched({ redisHa: "sentinel" });
  const monitors = ofKind("PodMonitor", one).filter(({ metadata }) => metadata.name.startsWith("redis"));
  expect(monitors).toHaveLength(6);
  expect(new Set(monitors.map(({ metadata }) => metadata.name)).size).toBe(6);
  const text = JSON.stringify(monitors);
  expect(text).toContain('{"replacement":"redis-0","targetLabel":"instance"}');
  expect(text).toContain('{"replacement":"/scrape","targetLabel":"__metrics_path__"}');
});
