import { z } from "zod";
import { containersOf, resourcesSchema } from "../pods.ts";
import { kindOf, type Resource, type ResourceRule } from "../rule.ts";

const clusterSchema = z.object({ spec: z.object({ resources: resourcesSchema.default({}) }) });

type Stated = readonly { readonly name: string; readonly resources: z.infer<typeof resourcesSchema> }[];

const statedBy = (resource: Resource): Stated =>
  kindOf(resource) === "Cluster"
    ? [{ name: "postgres", resources: clusterSchema.parse(resource.props).spec.resources }]
    : containersOf(resource);

/** No limit of the processor: a program that is held back answers late although there is time to spare. */
export const resourcesStated: ResourceRule = {
  name: "resources-stated",
  description: "Every container says what processor and memory it needs, and how much memory is too much.",
  check: (resource) =>
    statedBy(resource).flatMap(({ name, resources: { requests = {}, limits = {} } }) => {
      const missing = Object.entries({
        "requests.cpu": requests.cpu,
        "requests.memory": requests.memory,
        "limits.memory": limits.memory,
      }).flatMap(([key, value]) => (value === undefined ? [key] : []));
      return missing.length === 0
        ? []
        : [`the container ${name} does not say its ${missing.join(", ")}: set resources`];
    }),
};
