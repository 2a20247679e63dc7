import { z } from "zod";
import { containersOf, type Container } from "./pods.ts";
import { kindOf, type Resource } from "./rule.ts";

/** A number, or a share in per cent. */
export const countSchema = z.union([z.int(), z.string().regex(/^\d+%$/)]);
type Count = z.infer<typeof countSchema>;

/** Kubernetes rounds shares up where it counts disruptions and surge. */
export const countOf = (count: Count, all: number): number =>
  typeof count === "number" ? count : Math.ceil((Number.parseInt(count, 10) / 100) * all);

const metadata = z.object({ name: z.string() });
const labels = z.record(z.string(), z.string());
const controllerSchema = z.object({
  metadata,
  spec: z.object({
    replicas: z.int().optional(),
    strategy: z
      .object({
        type: z.string().optional(),
        rollingUpdate: z.object({ maxSurge: countSchema.optional() }).optional(),
      })
      .default({}),
    template: z.object({ metadata: z.object({ labels: labels.default({}) }).default({ labels: {} }) }),
  }),
});
const poolerSchema = z.object({ metadata, spec: z.object({ instances: z.int().default(1) }) });
const target = z.object({ name: z.string() });
const autoscalerSchema = z.object({
  spec: z.object({ scaleTargetRef: target, minReplicas: z.int().default(1), maxReplicas: z.int() }),
});
/** Defaults of KEDA. */
const scaledObjectSchema = z.object({
  spec: z.object({
    scaleTargetRef: target,
    minReplicaCount: z.int().default(0),
    maxReplicaCount: z.int().default(100),
  }),
});

/** How many pods of one kind there are. */
export interface Replicas {
  readonly resource: Resource;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The smallest number that is aimed at. */
  readonly min: number;
  readonly max: number;
  /** How many more there are while a change rolls through. */
  readonly surge: number;
  readonly containers: readonly Container[];
}

function rangesOf(resources: readonly Resource[]): Map<string, { min: number; max: number }> {
  return new Map(
    resources.flatMap((resource): [string, { min: number; max: number }][] => {
      const kind = kindOf(resource);
      if (kind === "HorizontalPodAutoscaler") {
        const { spec } = autoscalerSchema.parse(resource.props);
        return [[spec.scaleTargetRef.name, { min: spec.minReplicas, max: spec.maxReplicas }]];
      }
      if (kind === "ScaledObject") {
        const { spec } = scaledObjectSchema.parse(resource.props);
        return [[spec.scaleTargetRef.name, { min: spec.minReplicaCount, max: spec.maxReplicaCount }]];
      }
      return [];
    }),
  );
}

/** What runs in several pods or could. A pooler of CloudNativePG is a Deployment that its operator makes. */
export function replicasOf(resources: readonly Resource[]): Replicas[] {
  const ranges = rangesOf(resources);
  return resources.flatMap((resource): Replicas[] => {
    const kind = kindOf(resource);
    if (kind === "Pooler") {
      const { metadata: own, spec } = poolerSchema.parse(resource.props);
      const size = { min: spec.instances, max: spec.instances, surge: 1 };
      return [
        { resource, name: own.name, labels: { "cnpg.io/poolerName": own.name }, ...size, containers: [] },
      ];
    }
    if (kind !== "Deployment" && kind !== "StatefulSet") return [];
    const { metadata: own, spec } = controllerSchema.parse(resource.props);
    const fixed = spec.replicas ?? 1;
    const range = ranges.get(own.name) ?? { min: fixed, max: fixed };
    const surges = kind === "Deployment" && spec.strategy.type !== "Recreate";
    return [
      {
        resource,
        name: own.name,
        labels: spec.template.metadata.labels,
        ...range,
        surge: surges ? countOf(spec.strategy.rollingUpdate?.maxSurge ?? "25%", range.max) : 0,
        containers: containersOf(resource),
      },
    ];
  });
}
