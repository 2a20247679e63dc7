import { stringify } from "yaml";
import type { Manifest } from "./cluster-mocks.ts";

/** Kinds in the order in which they are applied; what waits for nothing comes first, and other kinds last. */
const ORDER = [
  "Namespace",
  "NetworkPolicy",
  "ServiceAccount",
  "Role",
  "RoleBinding",
  "ConfigMap",
  "SealedSecret",
  "PersistentVolumeClaim",
  "Service",
  "Certificate",
  "Cluster",
  "Pooler",
  "ScheduledBackup",
  "StatefulSet",
  "Job",
  "CronJob",
  "Deployment",
  "HorizontalPodAutoscaler",
  "ScaledObject",
  "PodMonitor",
  "PrometheusRule",
  "PodDisruptionBudget",
  "HTTPRoute",
];

function fileOf(manifest: Manifest): [string, string] {
  const { kind, metadata } = manifest;
  const place = ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length;
  const number = String(place * 10).padStart(3, "0");
  // Long lines stay whole: a diff of a rendered configuration shows what changed.
  // Kubernetes reads YAML 1.1, where a plain `on` is no text.
  const text = stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false, version: "1.1" });
  return [`${number}-${kind.toLowerCase()}-${metadata.name}.yaml`, text];
}

/** The manifests by file name, whose order is the one in which they are applied. Each begins with the header. */
export function manifestFiles(manifests: readonly Manifest[], header: string): Record<string, string> {
  const files = manifests.map(fileOf);
  const names = files.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two objects would be written as ${twice}: give one another name`);
  return Object.fromEntries(
    files.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => [name, header + text]),
  );
}
