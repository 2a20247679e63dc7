import { NAME_LABEL } from "../platforms/kubernetes-network.ts";
import { outputLines, stamped } from "./command.ts";
import { clusterArgs, forward, kubectlOf, type Cluster, type Kubectl } from "./kubectl.ts";
import { KINDS, objectsOf, usageByPod, workloadsOf, type Pod } from "./pods.ts";
import type { LogSource, Site } from "./site.ts";

function sourcesOf(pod: Pod, cluster: Cluster): LogSource[] {
  const { name, labels } = pod.metadata;
  return pod.spec.containers.map(({ name: container }, number) => ({
    name: number === 0 ? name : `${name}/${container}`,
    over: ["Succeeded", "Failed"].includes(pod.status.phase),
    workload: labels[NAME_LABEL] ?? labels["cnpg.io/cluster"] ?? name,
    async *read({ since, last, follow }, signal) {
      const from =
        since === undefined
          ? `--tail=${Number.isFinite(last) ? last : -1}`
          : `--since-time=${since.toISOString()}`;
      const args = ["logs", name, `--container=${container}`, "--timestamps", from];
      const all = [...clusterArgs(cluster), ...args, ...(follow ? ["--follow"] : [])];
      for await (const line of outputLines("kubectl", all, signal)) yield stamped(line);
    },
  }));
}

/** The stack as objects of a namespace, as kubectl sees them. */
export function kubernetesSite(cluster: Cluster, ask: Kubectl = kubectlOf(cluster)): Site {
  return {
    async workloads() {
      const [objects, top, clusters] = await Promise.all([
        ask("get", KINDS, "--output=json"),
        // Only where the cluster has metrics-server, and only where it has CloudNativePG.
        ask("top", "pods", "--no-headers").catch(() => ""),
        ask("get", "clusters.postgresql.cnpg.io", "--output=json").catch(() => '{"items": []}'),
      ]);
      return workloadsOf([...objectsOf(objects), ...objectsOf(clusters)], usageByPod(top));
    },
    address: (workload) => forward(cluster, workload),
    ports: () => Promise.resolve([]),
    async logs() {
      const pods = objectsOf(await ask("get", "pods", "--output=json"));
      return pods.flatMap((one) => (one.kind === "Pod" ? sourcesOf(one, cluster) : []));
    },
    run: (program) => ask("exec", "deployment/worker", "--container=main", "--", "node", ...program),
    advice: (workload) =>
      `\`kubectl --context ${cluster.context} -n ${cluster.namespace} describe pods -l ${NAME_LABEL}=${workload}\``,
  };
}
