import { z } from "zod";
import { docker } from "./docker-engine.ts";

const stateSchema = z.object({
  deployment: z.object({
    pending_operations: z
      .array(
        z.object({
          type: z.string(),
          resource: z.object({
            type: z.string(),
            inputs: z.looseObject({ name: z.string().optional() }).default({}),
          }),
        }),
      )
      .nullish(),
  }),
});

/** Commands of the Docker CLI that remove what a killed update may have made without noting it, by the kind of it. */
const REMOVALS: Readonly<Record<string, readonly string[]>> = {
  "docker:index/container:Container": ["rm", "--force", "--volumes"],
  "docker:index/network:Network": ["network", "rm"],
};

/**
 * What removes it: each has a name that only that update can have given. Volumes are left alone, because of what may be
 * in them. `state` is an exported one.
 */
export function removalsOf(state: unknown): string[][] {
  const { pending_operations: pending } = stateSchema.parse(state).deployment;
  return (pending ?? []).flatMap(({ type, resource }) => {
    const removal = REMOVALS[resource.type];
    const { name } = resource.inputs;
    return type === "creating" && removal !== undefined && name !== undefined ? [[...removal, name]] : [];
  });
}

/** Removes it, as far as it is there. */
export async function removeLeftovers(state: unknown): Promise<void> {
  for (const removal of removalsOf(state)) {
    try {
      await docker(...removal);
    } catch (error) {
      // Most of them the update had not yet got to.
      if (!/no such|not found/i.test(String(error))) throw error;
    }
  }
}
