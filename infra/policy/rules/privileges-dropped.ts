import { dockerContainer } from "../docker.ts";
import type { ResourceRule } from "../rule.ts";

/** On Kubernetes, the namespace itself refuses what is not so. */
export const privilegesDropped: ResourceRule = {
  name: "privileges-dropped",
  description: "No container of Docker has a right of root's, or can get one.",
  check: (resource) => {
    const container = dockerContainer(resource);
    if (container === undefined || !container.start) return [];
    const { capabilities, securityOpts, privileged } = container;
    return [
      ...(privileged ? ["it is privileged, which opens the machine to it: leave that out"] : []),
      ...(capabilities.drops.includes("ALL") ? [] : ["it keeps capabilities: drop ALL"]),
      ...(securityOpts.includes("no-new-privileges:true")
        ? []
        : ["its programs can become root: set no-new-privileges:true"]),
    ];
  },
};
