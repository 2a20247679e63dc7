import { z } from "zod";
import { isVolume } from "../docker.ts";
import { kindOf, type Resource, type ResourceRule } from "../rule.ts";

const statefulSchema = z.object({
  spec: z.object({
    persistentVolumeClaimRetentionPolicy: z
      .object({ whenDeleted: z.string().optional(), whenScaled: z.string().optional() })
      .default({}),
  }),
});

function checkClaims(resource: Resource): string[] {
  const { whenDeleted, whenScaled } = statefulSchema.parse(resource.props).spec
    .persistentVolumeClaimRetentionPolicy;
  return whenDeleted === "Delete" || whenScaled === "Delete"
    ? ["its volumes go with its pods: set persistentVolumeClaimRetentionPolicy to Retain"]
    : [];
}

/** Kinds whose end is the end of data. */
const KEEPERS = ["PersistentVolumeClaim", "Cluster"];

export const dataProtected: ResourceRule = {
  name: "data-protected",
  description: "What holds data is not deleted by mistake, and stays when the stack goes.",
  check: (resource) => {
    const kind = kindOf(resource);
    if (kind === "StatefulSet") return checkClaims(resource);
    if (!isVolume(resource) && (kind === undefined || !KEEPERS.includes(kind))) return [];
    return [
      ...(resource.protect ? [] : ["it holds data: set the option protect"]),
      ...(resource.retainOnDelete === false ? ["it holds data: set the option retainOnDelete"] : []),
    ];
  },
};
