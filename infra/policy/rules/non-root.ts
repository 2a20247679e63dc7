import { podOf } from "../pods.ts";
import type { ResourceRule } from "../rule.ts";

export const nonRoot: ResourceRule = {
  name: "non-root",
  description: "No container runs as root.",
  check: (resource) => {
    const pod = podOf(resource);
    if (pod === undefined) return [];
    return [...pod.initContainers, ...pod.containers].flatMap(({ name, securityContext }) => {
      const { runAsNonRoot, runAsUser } = { ...pod.securityContext, ...securityContext };
      return runAsNonRoot === true && runAsUser !== 0
        ? []
        : [`the container ${name} may run as root: set runAsNonRoot, and a runAsUser other than 0`];
    });
  },
};
