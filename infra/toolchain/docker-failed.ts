import { z } from "zod";

const stateSchema = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string(),
          type: z.string(),
          initErrors: z.array(z.string()).optional(),
          outputs: z.object({ attach: z.unknown().optional(), exitCode: z.unknown().optional() }).optional(),
        }),
      )
      .nullish(),
  }),
});

/**
 * URNs of containers whose last start failed: one that did not become healthy, or a task that did not end well. The
 * plugin takes both for made, so an update has to be told to replace them. `state` is an exported one.
 */
export function failedContainers(state: unknown): string[] {
  const { resources } = stateSchema.parse(state).deployment;
  return (resources ?? [])
    .filter(({ type }) => type === "docker:index/container:Container")
    .filter(
      ({ initErrors = [], outputs = {} }) =>
        initErrors.length > 0 || (outputs.attach === true && outputs.exitCode !== 0),
    )
    .map(({ urn }) => urn);
}
