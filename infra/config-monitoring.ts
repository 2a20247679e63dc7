import { z } from "zod";
import { namespaceName } from "./config-kubernetes.ts";

/** Keys that say what follows the load and who watches, each with its rule and the sentence that says how to mend it. */
export const monitoringKeys = {
  autoscaling: z
    .enum(["cpu", "custom-metrics", "keda"], { error: "must be cpu, custom-metrics or keda" })
    .default("cpu"),
  discovery: z.enum(["pods", "dns"], { error: "must be pods or dns" }).default("pods"),
  monitoringNamespace: namespaceName.optional(),
};

/** What is missing or does not fit together. */
export function monitoringProblems(raw: Record<string, string | undefined>): string[] {
  const { platform = "local", autoscaling = "cpu", discovery, monitoringNamespace } = raw;
  const problems: string[] = [];
  const byFigures = ["custom-metrics", "keda"].includes(autoscaling);
  if (byFigures && platform !== "kubernetes")
    problems.push(`launchlab:autoscaling must be left out: on ${platform} replicas do not follow the load`);
  if (byFigures && monitoringNamespace === undefined)
    problems.push(
      "launchlab:monitoringNamespace is missing: the namespace of KEDA or prometheus-adapter, which ask Prometheus",
    );
  if (byFigures && discovery === "dns")
    problems.push(
      `launchlab:discovery must be pods for launchlab:autoscaling ${autoscaling}: figures are told apart by pod`,
    );
  return problems;
}

/** Who of other namespaces may connect, and where they are: the client's name in `reachableFrom`, and a namespace. */
export function neighboursOf({
  autoscaling,
  monitoringNamespace = "",
}: {
  readonly autoscaling: "cpu" | "custom-metrics" | "keda";
  readonly monitoringNamespace?: string | undefined;
}): Record<string, string> {
  return autoscaling === "cpu" ? {} : { autoscaler: monitoringNamespace };
}
