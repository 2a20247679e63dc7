import { z } from "zod";
import { countOf, countSchema, replicasOf, type Replicas } from "../replicas.ts";
import { kindOf, type Resource, type StackRule } from "../rule.ts";

const budgetSchema = z.object({
  spec: z.object({
    minAvailable: countSchema.optional(),
    maxUnavailable: countSchema.optional(),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()).default({}) }),
  }),
});

function problemOf(resource: Resource, all: readonly Replicas[]): string | undefined {
  const { minAvailable, maxUnavailable, selector } = budgetSchema.parse(resource.props).spec;
  const chosen = all.filter(({ labels }) =>
    Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value),
  );
  if (chosen.length === 0) return "it selects no workload of the stack";
  const replicas = chosen.reduce((sum, { min }) => sum + min, 0);
  const evictable =
    minAvailable === undefined
      ? countOf(maxUnavailable ?? 0, replicas)
      : replicas - countOf(minAvailable, replicas);
  if (evictable < 1)
    return `of ${replicas} replicas none may ever be evicted, so a node cannot be emptied: allow one`;
  return evictable >= replicas ? `all ${replicas} replicas may be evicted at once: keep one` : undefined;
}

/** Counted with the smallest number of replicas that an autoscaler keeps. */
export const disruptionBudget: StackRule = {
  name: "disruption-budget",
  description: "A disruption budget lets one replica go, and keeps one.",
  checkStack: (resources) => {
    const all = replicasOf(resources);
    return resources
      .filter((resource) => kindOf(resource) === "PodDisruptionBudget")
      .flatMap((resource) => {
        const message = problemOf(resource, all);
        return message === undefined ? [] : [{ resource, message }];
      });
  },
};
