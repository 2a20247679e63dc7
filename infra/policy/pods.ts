import { z } from "zod";
import { dockerContainer, podOfDocker } from "./docker.ts";
import { kindOf, type Resource } from "./rule.ts";

const securityContext = z.object({
  runAsNonRoot: z.boolean().optional(),
  runAsUser: z.number().optional(),
  readOnlyRootFilesystem: z.boolean().optional(),
});
const quantities = z.object({ cpu: z.string().optional(), memory: z.string().optional() });

export const resourcesSchema = z.object({
  requests: quantities.optional(),
  limits: quantities.optional(),
});

const containerSchema = z.object({
  name: z.string(),
  image: z.string().optional(),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
  ports: z.array(z.object({ hostPort: z.number().optional() })).default([]),
  resources: resourcesSchema.default({}),
  securityContext: securityContext.default({}),
});
export type Container = z.infer<typeof containerSchema>;

const podSchema = z.object({
  initContainers: z.array(containerSchema).default([]),
  containers: z.array(containerSchema).default([]),
  securityContext: securityContext.default({}),
  hostNetwork: z.boolean().optional(),
  hostPID: z.boolean().optional(),
  hostIPC: z.boolean().optional(),
  volumes: z
    .array(z.object({ name: z.string(), hostPath: z.object({ path: z.string() }).optional() }))
    .default([]),
});
export type Pod = z.infer<typeof podSchema>;

const template = z.object({ template: z.object({ spec: podSchema }) });
const schemas: Record<string, z.ZodType<Pod>> = {
  Pod: z.object({ spec: podSchema }).transform(({ spec }) => spec),
  CronJob: z
    .object({ spec: z.object({ jobTemplate: z.object({ spec: template }) }) })
    .transform(({ spec }) => spec.jobTemplate.spec.template.spec),
};
const templated = z.object({ spec: template }).transform(({ spec }) => spec.template.spec);
for (const kind of ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"]) schemas[kind] = templated;

/** The pod that the resource makes, or what a container is as one; undefined when it makes none by itself. */
export function podOf(resource: Resource): Pod | undefined {
  const container = dockerContainer(resource);
  if (container !== undefined) return podOfDocker(resource.name, container);
  return schemas[kindOf(resource) ?? ""]?.parse(resource.props);
}

/** Every container of the pod that the resource makes. */
export function containersOf(resource: Resource): readonly Container[] {
  const pod = podOf(resource);
  return pod === undefined ? [] : [...pod.initContainers, ...pod.containers];
}
