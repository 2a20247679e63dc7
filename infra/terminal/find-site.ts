import { readStackFile } from "../toolchain/stack-file.ts";
import { dockerSite } from "./docker.ts";
import type { Cluster } from "./kubectl.ts";
import { kubernetesSite } from "./kubernetes.ts";
import { localSite } from "./local.ts";
import { NotKnown, type Site } from "./site.ts";

export type PlatformName = "local" | "docker" | "kubernetes";

/** The platform of a stack, as its file says. Throws a NotKnown when that is none. */
export function platformOf(stack: string): PlatformName {
  const platform = readStackFile(stack)?.["launchlab:platform"] ?? "local";
  if (platform === "local" || platform === "docker" || platform === "kubernetes") return platform;
  throw new NotKnown(
    `Pulumi.${stack}.yaml: launchlab:platform is ${JSON.stringify(platform)}`,
    "set local, docker or kubernetes",
  );
}

/** Where a stack runs, as its file says. */
export function findSite(stack: string): Site {
  switch (platformOf(stack)) {
    case "local":
      return localSite(stack);
    case "docker":
      return dockerSite(stack);
    case "kubernetes":
      return kubernetesSite(clusterOf(stack));
  }
}

/** The cluster of a stack, as its file says. Throws a NotKnown when it says none. */
export function clusterOf(stack: string): Cluster {
  const file = readStackFile(stack) ?? {};
  const { "launchlab:kubeconfig": kubeconfig, "launchlab:kubeContext": context } = file;
  if (kubeconfig === undefined || context === undefined)
    throw new NotKnown(
      `Pulumi.${stack}.yaml does not say which cluster it is`,
      "set launchlab:kubeconfig and launchlab:kubeContext",
    );
  return { kubeconfig, context, namespace: file["launchlab:namespace"] ?? "launchlab" };
}
