import type { types } from "@pulumi/kubernetes";
import { outside, type WorkloadArgs } from "../workload.ts";

type PolicySpec = types.input.networking.v1.NetworkPolicySpec;

export const NAME_LABEL = "app.kubernetes.io/name";
/** What the members of a group have in common. */
export const GROUP_LABEL = "app.kubernetes.io/component";
/** The name server of the cluster, as nearly all of them name it. */
export const NAME_SERVER = "kube-dns.kube-system.svc.cluster.local";

export const named = (name: string): { matchLabels: Record<string, string> } => ({
  matchLabels: { [NAME_LABEL]: name },
});
export const tcp = (port: number): { protocol: string; port: number } => ({ protocol: "TCP", port });
/** The Kubernetes API for one, whose address no policy can know: it is no pod. */
export const ANYWHERE: types.input.networking.v1.NetworkPolicyPeer[] = ["0.0.0.0/0", "::/0"].map((cidr) => ({
  ipBlock: { cidr },
}));
/**
 * Everybody but the pods of this namespace. Said in full: a rule without addresses lets everybody in too, and looks like
 * an oversight. Some networks do not count pods among the addresses, so those of others are named as well.
 */
const outsideOf = (namespace: string): types.input.networking.v1.NetworkPolicyPeer[] => [
  ...ANYWHERE,
  {
    namespaceSelector: {
      matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: [namespace] }],
    },
  },
];

/** Namespaces of clients that are not of this stack, by the name that they have in `reachableFrom`. */
export type Neighbours = Readonly<Record<string, string>>;

/** A client of this stack, or the namespace that a neighbour is in. */
export function peerOf(client: string, neighbours: Neighbours): types.input.networking.v1.NetworkPolicyPeer {
  const namespace = neighbours[client];
  return namespace === undefined
    ? { podSelector: named(client) }
    : { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
}

/** What holds for every pod of the namespace: nothing may connect, but everything may ask for names. */
export const basePolicies: Record<string, PolicySpec> = {
  "default-deny": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  "allow-dns": {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
            podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
          },
        ],
        ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
      },
    ],
  },
};

/**
 * The policies that let the workload be reached and call. Both directions of a connection are here, so the
 * clients need not know that they are named.
 */
export function policiesOf(
  name: string,
  { ports = [], sidecar, calls = [], discovers }: WorkloadArgs,
  namespace: string,
  neighbours: Neighbours,
): Record<string, PolicySpec> {
  const open = [...ports, ...(sidecar?.ports ?? [])].filter(
    ({ reachableFrom = [] }) => reachableFrom.length > 0,
  );
  const policies: Record<string, PolicySpec> = {};
  if (open.length > 0) {
    policies[name] = {
      podSelector: named(name),
      policyTypes: ["Ingress"],
      ingress: open.map(({ port, reachableFrom = [] }) => ({
        from: reachableFrom.flatMap((client) =>
          client === outside ? outsideOf(namespace) : [peerOf(client, neighbours)],
        ),
        ports: [tcp(port)],
      })),
    };
  }
  for (const { name: portName, port, reachableFrom = [] } of open) {
    const clients = reachableFrom.filter((client) => client !== outside && !(client in neighbours));
    if (clients.length === 0) continue;
    policies[`${name}-${portName}-clients`] = {
      podSelector: { matchExpressions: [{ key: NAME_LABEL, operator: "In", values: clients }] },
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: named(name) }], ports: [tcp(port)] }],
    };
  }
  if (discovers !== undefined) {
    policies[`${name}-discovery`] = {
      podSelector: named(name),
      policyTypes: ["Egress"],
      egress: [{ to: ANYWHERE, ports: [tcp(443), tcp(6443)] }],
    };
  }
  if (calls.length > 0) {
    policies[`${name}-calls`] = {
      podSelector: named(name),
      policyTypes: ["Egress"],
      egress: calls.map(({ networks, port }) => ({
        to: networks.map((cidr) => ({ ipBlock: { cidr } })),
        ports: [tcp(port)],
      })),
    };
  }
  return policies;
}
