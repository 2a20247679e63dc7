import { containersOf } from "../pods.ts";
import type { ResourceRule } from "../rule.ts";

export const readOnlyRoot: ResourceRule = {
  name: "read-only-root",
  description: "No container can write its own image; what it has to write is a volume.",
  check: (resource) =>
    containersOf(resource).flatMap(({ name, securityContext }) =>
      securityContext.readOnlyRootFilesystem === true
        ? []
        : [`the container ${name} can write its image: set readOnlyRootFilesystem`],
    ),
};
