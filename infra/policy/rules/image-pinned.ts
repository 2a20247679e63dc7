import { z } from "zod";
import { containersOf } from "../pods.ts";
import { kindOf, type Resource, type ResourceRule } from "../rule.ts";

/** True when the reference names one content: a digest, or a tag other than latest. */
function isPinned(reference: string): boolean {
  if (reference.includes("@")) return /@sha256:[0-9a-f]{64}$/.test(reference);
  const tag = /:([\w.-]+)$/.exec(reference.split("/").at(-1) ?? "")?.[1];
  return tag !== undefined && tag !== "latest";
}

const clusterSchema = z.object({ spec: z.object({ imageName: z.string().optional() }) });
const poolerSchema = z.object({
  spec: z.object({ pgbouncer: z.object({ image: z.string().optional() }).default({}) }),
});

/** Without one, the operator of a cluster or a pooler takes whichever it was built with. */
function imagesOf(resource: Resource): (string | undefined)[] {
  if (kindOf(resource) === "Cluster") return [clusterSchema.parse(resource.props).spec.imageName];
  if (kindOf(resource) === "Pooler") return [poolerSchema.parse(resource.props).spec.pgbouncer.image];
  return containersOf(resource).map(({ image }) => image);
}

export const imagePinned: ResourceRule = {
  name: "image-pinned",
  description: "Every image has a digest, or a tag other than latest.",
  check: (resource) =>
    imagesOf(resource).flatMap((image) =>
      image !== undefined && isPinned(image)
        ? []
        : [`the image ${image ?? "(none given)"} may be another one tomorrow: give it a version or a digest`],
    ),
};
