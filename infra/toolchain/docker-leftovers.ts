import { setTimeout as delay } from "node:timers/promises";
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

const PATIENCE_SECONDS = 90;

const runSchema = z.object({
  Running: z.boolean(),
  Health: z.object({ Status: z.string() }).nullish(),
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

/**
 * Lets a container come to the end of its start: a database that is killed while it is made stays half made. One whose
 * health nobody asks about is not waited for.
 */
async function settled(name: string): Promise<void> {
  for (let second = 0; second < PATIENCE_SECONDS; second += 1) {
    const state = runSchema.parse(JSON.parse(await docker("inspect", "--format", "{{json .State}}", name)));
    if (!state.Running || state.Health?.Status !== "starting") return;
    await delay(1000);
  }
}

/** Removes it, as far as it is there. */
export async function removeLeftovers(state: unknown): Promise<void> {
  for (const removal of removalsOf(state)) {
    const name = removal.at(-1) ?? "";
    try {
      if (removal[0] === "rm") {
        await settled(name);
        await docker("stop", name);
      }
      await docker(...removal);
    } catch (error) {
      // Most of them the update had not yet got to.
      if (!/no such|not found/i.test(String(error))) throw error;
    }
  }
}
