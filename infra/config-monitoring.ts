import { z } from "zod";
import { json } from "./config-json.ts";
import { namespaceName } from "./config-kubernetes.ts";

/** Keys that say what follows the load and who watches, each with its rule and the sentence that says how to mend it. */
export const monitoringKeys = {
  autoscaling: z
    .enum(["cpu", "custom-metrics", "keda"], { error: "must be cpu, custom-metrics or keda" })
    .default("cpu"),
  monitoring: z
    .enum(["own", "prometheus-operator"], { error: "must be own or prometheus-operator" })
    .default("own"),
  monitorLabels: json(
    z.record(z.string().min(1), z.string()),
    'labels as JSON, such as {"release":"monitoring"}',
  ).optional(),
  prometheusUrl: z
    .url({ protocol: /^https?$/, error: "must be the http:// or https:// address of a Prometheus" })
    .optional(),
  discovery: z.enum(["pods", "dns"], { error: "must be pods or dns" }).default("pods"),
  monitoringNamespace: namespaceName.optional(),
  runbookUrl: z
    .url({ protocol: /^https?$/, error: "must be the http:// or https:// address of a runbook" })
    .includes("{alert}", { error: "must have {alert} where the name of the alert stands" })
    .optional(),
  remoteWrite: z.enum(["auto", "on", "off"], { error: "must be auto, on or off" }).default("auto"),
};

type Raw = Record<string, string | undefined>;

const byFigures = ({ autoscaling = "cpu" }: Raw): boolean => ["custom-metrics", "keda"].includes(autoscaling);

function scalingProblems(raw: Raw): string[] {
  const { platform = "local", autoscaling = "", discovery, monitoring, monitoringNamespace } = raw;
  if (!byFigures(raw)) return [];
  const own = monitoring !== "prometheus-operator";
  return [
    platform !== "kubernetes" &&
      `launchlab:autoscaling must be left out: on ${platform} replicas do not follow the load`,
    own &&
      monitoringNamespace === undefined &&
      "launchlab:monitoringNamespace is missing: the namespace of KEDA or prometheus-adapter, which ask Prometheus",
    own &&
      discovery === "dns" &&
      `launchlab:discovery must be pods for launchlab:autoscaling ${autoscaling}: figures are told apart by pod`,
  ].filter((problem) => problem !== false);
}

function operatorProblems(raw: Raw): string[] {
  const { platform = "local", autoscaling, monitoring, discovery, grafana } = raw;
  const { monitoringNamespace, prometheusUrl } = raw;
  if (monitoring !== "prometheus-operator") return [];
  return [
    platform !== "kubernetes" && `launchlab:monitoring must be left out: on ${platform} there is no operator`,
    monitoringNamespace === undefined &&
      "launchlab:monitoringNamespace is missing: the namespace of the operator's Prometheus, which reads the stack",
    discovery === "dns" && "launchlab:discovery must be left out: the operator finds pods in its own way",
    grafana === "on" &&
      "launchlab:grafana must not be on: the boards go to the Grafana beside the operator's Prometheus",
    autoscaling === "keda" &&
      prometheusUrl === undefined &&
      "launchlab:prometheusUrl is missing: the address at which KEDA finds the operator's Prometheus",
  ].filter((problem) => problem !== false);
}

/** What is missing or does not fit together. */
export const monitoringProblems = (raw: Raw): string[] => [...scalingProblems(raw), ...operatorProblems(raw)];

/** Who of other namespaces may connect, and where they are: the client's name in `reachableFrom`, and a namespace. */
export function neighboursOf({
  autoscaling,
  monitoring,
  monitoringNamespace = "",
}: {
  readonly autoscaling: "cpu" | "custom-metrics" | "keda";
  readonly monitoring: "own" | "prometheus-operator";
  readonly monitoringNamespace?: string | undefined;
}): Record<string, string> {
  if (monitoring === "prometheus-operator") return { prometheus: monitoringNamespace };
  return autoscaling === "cpu" ? {} : { autoscaler: monitoringNamespace };
}
