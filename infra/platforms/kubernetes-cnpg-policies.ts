import type { types } from "@pulumi/kubernetes";
import type { PostgresClusterArgs } from "../workload.ts";
import { ANYWHERE, NAME_LABEL, peerOf, tcp, type Neighbours } from "./kubernetes-network.ts";

type PolicySpec = types.input.networking.v1.NetworkPolicySpec;

/** Ports of CloudNativePG: the instance manager, and the figures of instances and poolers. */
const STATUS = 8000;
export const INSTANCE_METRICS = 9187;
export const POOLER_METRICS = 9127;
/** The operator's own namespace and pods, as its release names them. */
const OPERATOR: types.input.networking.v1.NetworkPolicyPeer = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "cnpg-system" } },
  podSelector: { matchLabels: { [NAME_LABEL]: "cloudnative-pg" } },
};

/**
 * Who may talk to a cluster of CloudNativePG. Pods of the operator have labels of their own. All of them carry the cluster's name: instances, poolers, and the
 * jobs that make an instance.
 */
export function clusterPolicies(
  name: string,
  pooler: string,
  args: PostgresClusterArgs,
  neighbours: Neighbours,
): Record<string, PolicySpec> {
  const all = { matchLabels: { "cnpg.io/cluster": name } };
  const instances = { matchLabels: { "cnpg.io/cluster": name, "cnpg.io/podRole": "instance" } };
  const poolers = { matchLabels: { "cnpg.io/poolerName": pooler } };
  const workloads = (some: readonly string[]) => some.map((one) => peerOf(one, neighbours));
  const watchers = args.watchedFrom.filter((one) => !(one in neighbours));
  const anyOf = (some: readonly string[]) => ({
    matchExpressions: [{ key: NAME_LABEL, operator: "In", values: [...some] }],
  });
  const to = (target: { matchLabels: Record<string, string> }, ...ports: number[]) => ({
    to: [{ podSelector: target }],
    ports: ports.map(tcp),
  });
  return {
    [`${name}-instances`]: {
      podSelector: instances,
      policyTypes: ["Ingress"],
      ingress: [
        { from: [{ podSelector: all }, OPERATOR, ...workloads(args.reachableFrom)], ports: [tcp(5432)] },
        { from: [{ podSelector: instances }, OPERATOR], ports: [tcp(STATUS)] },
        { from: workloads(args.watchedFrom), ports: [tcp(INSTANCE_METRICS)] },
      ],
    },
    [`${name}-members`]: {
      podSelector: all,
      policyTypes: ["Egress"],
      egress: [
        to(instances, 5432),
        // The Kubernetes API, whose address no policy can know: it is no pod.
        { to: ANYWHERE, ports: [tcp(443), tcp(6443)] },
      ],
    },
    [`${name}-status`]: { podSelector: instances, policyTypes: ["Egress"], egress: [to(instances, STATUS)] },
    [pooler]: {
      podSelector: poolers,
      policyTypes: ["Ingress"],
      ingress: [
        { from: workloads(args.pooler.reachableFrom), ports: [tcp(5432)] },
        { from: workloads(args.watchedFrom), ports: [tcp(POOLER_METRICS)] },
      ],
    },
    [`${name}-clients`]: {
      podSelector: anyOf(args.reachableFrom),
      policyTypes: ["Egress"],
      egress: [to(instances, 5432)],
    },
    [`${pooler}-clients`]: {
      podSelector: anyOf(args.pooler.reachableFrom),
      policyTypes: ["Egress"],
      egress: [to(poolers, 5432)],
    },
    ...(watchers.length === 0
      ? {}
      : {
          [`${name}-watchers`]: {
            podSelector: anyOf(watchers),
            policyTypes: ["Egress"],
            egress: [to(instances, INSTANCE_METRICS), to(poolers, POOLER_METRICS)],
          },
        }),
  };
}
