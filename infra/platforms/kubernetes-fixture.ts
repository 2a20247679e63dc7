// Reads the manifests of a mocked stack as Kubernetes would.
import { z } from "zod";
import type { Manifest } from "../render/cluster-mocks.ts";

const labels = z.record(z.string(), z.string());
const probe = z.looseObject({ httpGet: z.object({ path: z.string(), port: z.number() }).optional() });
const container = z.looseObject({
  image: z.string(),
  command: z.array(z.string()),
  env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
  startupProbe: probe.optional(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean() })),
});
const podSchema = z.looseObject({
  containers: z.tuple([container], container),
  volumes: z.array(z.looseObject({ name: z.string() })),
});
const workloadSchema = z.looseObject({
  replicas: z.number().optional(),
  template: z.object({ metadata: z.object({ labels }), spec: podSchema }),
});

export interface Pods {
  readonly kind: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly replicas: number | undefined;
  readonly pod: z.infer<typeof podSchema>;
  readonly container: z.infer<typeof container>;
}

const cronSchema = z.looseObject({ jobTemplate: z.object({ spec: z.unknown() }) });

/** Every workload with its pods. */
export function podsOf(manifests: readonly Manifest[]): Pods[] {
  return manifests
    .filter(({ kind }) => ["Deployment", "StatefulSet", "Job", "CronJob"].includes(kind))
    .map(({ kind, metadata, spec }) => {
      const job = kind === "CronJob" ? cronSchema.parse(spec).jobTemplate.spec : spec;
      const { template, replicas } = workloadSchema.parse(job);
      const { spec: pod } = template;
      const name = template.metadata.labels["app.kubernetes.io/name"] ?? metadata.name;
      return { kind, name, labels: template.metadata.labels, replicas, pod, container: pod.containers[0] };
    });
}

const memberPort = { cluster: 5432, metrics: 9187, pooler: 9127, status: 8000 };
const poolerSchema = z.looseObject({ cluster: z.object({ name: z.string() }) });

/** Pods that the operator of a Postgres cluster makes, with the labels that it gives them. */
function membersOf(manifests: readonly Manifest[]): Talker[] {
  return manifests.flatMap(({ kind, metadata: { name }, spec }): Talker[] => {
    if (kind === "Cluster")
      return [
        {
          name,
          labels: { "cnpg.io/cluster": name, "cnpg.io/podRole": "instance" },
          ports: { postgres: memberPort.cluster, status: memberPort.status, metrics: memberPort.metrics },
        },
        { name: `${name}-job`, labels: { "cnpg.io/cluster": name, "cnpg.io/jobRole": "join" }, ports: {} },
      ];
    if (kind !== "Pooler") return [];
    const { cluster } = poolerSchema.parse(spec);
    const own = { "cnpg.io/poolerName": name, "cnpg.io/podRole": "pooler" };
    return [
      {
        name,
        labels: { "cnpg.io/cluster": cluster.name, ...own },
        ports: { postgres: memberPort.cluster, metrics: memberPort.pooler },
      },
    ];
  });
}

/** Whoever connects, and can be connected to. */
interface Talker {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly ports: Readonly<Record<string, number>>;
}

const selectorSchema = z.strictObject({
  matchLabels: labels.optional(),
  matchExpressions: z
    .array(
      z.strictObject({ key: z.string(), operator: z.enum(["In", "NotIn"]), values: z.array(z.string()) }),
    )
    .optional(),
});
const peer = z.strictObject({
  podSelector: selectorSchema.optional(),
  namespaceSelector: selectorSchema.optional(),
  ipBlock: z.strictObject({ cidr: z.string() }).optional(),
});
const ports = z.array(z.strictObject({ protocol: z.string(), port: z.number() }));
const policySchema = z.strictObject({
  podSelector: selectorSchema,
  policyTypes: z.array(z.enum(["Ingress", "Egress"])),
  ingress: z.array(z.strictObject({ from: z.array(peer).min(1), ports })).optional(),
  egress: z.array(z.strictObject({ to: z.array(peer).min(1), ports })).optional(),
});

type Selector = z.infer<typeof selectorSchema>;
type Peer = z.infer<typeof peer>;

const selects = (selector: Selector, of: Record<string, string>): boolean =>
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => of[key] === value) &&
  (selector.matchExpressions ?? []).every(
    ({ key, operator, values }) => values.includes(of[key] ?? "") === (operator === "In"),
  );

/** Addresses out of the namespace, as text. */
const foreign = ({ ipBlock, namespaceSelector, podSelector }: Peer): string[] => {
  if (ipBlock !== undefined) return [ipBlock.cidr];
  if (namespaceSelector === undefined) return [];
  const text = (selector: Selector | undefined): string =>
    [
      ...Object.values(selector?.matchLabels ?? {}),
      ...(selector?.matchExpressions ?? []).map(
        ({ operator, values }) => `${operator === "In" ? "" : "not "}${values.join("|")}`,
      ),
    ].join("/") || "*";
  return [`${text(namespaceSelector)}/${text(podSelector)}`];
};

/**
 * Who may connect to whom, one connection a line, as the policies decide: both ends have to allow it. A pod that no
 * policy selects may do everything.
 */
export function connectivity(manifests: readonly Manifest[]): string[] {
  const policies = manifests
    .filter(({ kind }) => kind === "NetworkPolicy")
    .map(({ spec }) => policySchema.parse(spec));
  const talkers: Talker[] = [
    ...podsOf(manifests).map(({ name, labels: own, pod }) => {
      const open = pod.containers.flatMap((one) => one.ports);
      return {
        name,
        labels: own,
        ports: Object.fromEntries(open.map((one) => [one.name, one.containerPort])),
      };
    }),
    ...membersOf(manifests),
  ];
  const inside = (one: Peer, of: Record<string, string>): boolean =>
    one.ipBlock === undefined && one.namespaceSelector === undefined && selects(one.podSelector ?? {}, of);

  const rules = (
    of: Record<string, string>,
    way: "Ingress" | "Egress",
  ): { peers: Peer[]; ports: z.infer<typeof ports> }[] => {
    const own = policies.filter(
      ({ podSelector, policyTypes }) => policyTypes.includes(way) && selects(podSelector, of),
    );
    if (own.length === 0) throw new Error(`no policy holds for ${JSON.stringify(of)}`);
    return own.flatMap(({ ingress = [], egress = [] }) =>
      way === "Ingress"
        ? ingress.map((rule) => ({ peers: rule.from, ports: rule.ports }))
        : egress.map((rule) => ({ peers: rule.to, ports: rule.ports })),
    );
  };
  const lines: string[] = [];
  for (const target of talkers) {
    for (const [name, containerPort] of Object.entries(target.ports)) {
      const open = rules(target.labels, "Ingress").filter((rule) =>
        rule.ports.some(({ port }) => port === containerPort),
      );
      for (const cidr of open.flatMap(({ peers }) => peers.flatMap(foreign)))
        lines.push(`${cidr} -> ${target.name}:${name}`);
      for (const source of talkers) {
        const enters = open.some(({ peers }) => peers.some((one) => inside(one, source.labels)));
        const leaves = rules(source.labels, "Egress").some(
          (rule) =>
            rule.ports.some(({ port }) => port === containerPort) &&
            rule.peers.some((one) => inside(one, target.labels)),
        );
        if (enters && leaves) lines.push(`${source.name} -> ${target.name}:${name}`);
        else if (enters || leaves)
          lines.push(`${source.name} -> ${target.name}:${name} (half: no connection)`);
      }
    }
  }
  for (const source of talkers) {
    for (const rule of rules(source.labels, "Egress")) {
      const numbers = rule.ports.map(({ protocol, port }) => `${port}/${protocol.toLowerCase()}`).join(",");
      for (const address of rule.peers.flatMap(foreign))
        lines.push(`${source.name} -> ${address}:${numbers}`);
    }
  }
  return lines.sort();
}
