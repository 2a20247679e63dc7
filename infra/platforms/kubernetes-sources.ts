import k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { WorkloadArgs } from "../workload.ts";
import { keyOf, placeInPod, type FileItem, type PodSources } from "./kubernetes-pod.ts";
import type { Scope } from "./kubernetes-scope.ts";

const claimOf = (workload: string): string => `${workload}-data`;

/** Makes the objects that a pod takes its files, secrets and data from. */
export function createSources(
  { name, namespace, labels, metadata, opts }: Scope,
  args: WorkloadArgs,
  storageClass: string | undefined,
): Pick<PodSources, "configMaps" | "secretFiles" | "secrets" | "claim"> {
  // Without a name of their own: a change makes a new object, and so a new pod.
  const unnamed = { namespace, labels };
  const all = args.files?.(placeInPod(args)) ?? [];
  const files = all.flatMap((file) => ("from" in file ? [] : [file]));
  const contentOf = (some: typeof files): Record<string, pulumi.Input<string>> =>
    Object.fromEntries(some.map(({ path, content }) => [keyOf(path), content]));
  const itemsOf = (some: typeof files): FileItem[] => some.map(({ path }) => ({ key: keyOf(path), path }));
  const hidden = files.filter((file) => file.secret === true);
  const plain = files.filter((file) => file.secret !== true);
  const foreign = all.flatMap((file) =>
    "from" in file ? [{ name: file.from.secret, items: [{ key: file.from.key, path: file.path }] }] : [],
  );

  const configMap = (): pulumi.Output<string> =>
    new k8s.core.v1.ConfigMap(
      `${name}-files`,
      { metadata: unnamed, immutable: true, data: contentOf(plain) },
      opts,
    ).metadata.name;
  const secret = (suffix: string, stringData: Record<string, pulumi.Input<string>>): pulumi.Output<string> =>
    new k8s.core.v1.Secret(`${name}-${suffix}`, { metadata: unnamed, immutable: true, stringData }, opts)
      .metadata.name;

  const { data } = args;
  return {
    configMaps: plain.length === 0 ? [] : [{ name: configMap(), items: itemsOf(plain) }],
    secretFiles: [
      ...(hidden.length === 0
        ? []
        : [{ name: secret("secret-files", contentOf(hidden)), items: itemsOf(hidden) }]),
      ...foreign,
    ],
    secrets: args.secrets === undefined ? undefined : secret("secrets", args.secrets),
    claim:
      data === undefined || "of" in data
        ? data && claimOf(data.of)
        : new k8s.core.v1.PersistentVolumeClaim(
            claimOf(name),
            {
              metadata: {
                ...metadata,
                name: claimOf(name),
                // Many classes bind it only to a pod, which comes later.
                annotations: { "pulumi.com/skipAwait": "true" },
              },
              spec: {
                accessModes: ["ReadWriteOnce"],
                resources: { requests: { storage: `${data.gigabytes}Gi` } },
                ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
              },
            },
            { ...opts, protect: true, retainOnDelete: true },
          ).metadata.name,
  };
}
