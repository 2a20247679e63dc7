import { z } from "zod";

/** A name that Kubernetes takes for most objects. */
export const objectName = (what: string): z.ZodString =>
  z
    .string()
    .max(253, `must be ${what}, of 253 characters at most`)
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, `must be ${what}: small letters, digits, dashes and dots`);

/** An image whose content stays the same. */
export const imageReference = z
  .string()
  .regex(
    /^[\w.-]+(:\d+)?(\/[\w.-]+)*(:(?!latest@|latest$)[\w.-]+(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/,
    "must be an image with a tag other than latest, or a digest, such as registry.example.org/bot:1.0.0",
  );

/** The name of a namespace, which becomes a part of the names of its Services. */
export const namespaceName = z
  .string()
  .max(63, "must be the name of a namespace, of 63 characters at most")
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    "must be the name of a namespace: small letters, digits and dashes",
  );

/** Keys that only the platform `kubernetes` reads, each with its rule and the sentence that says how to mend it. */
export const kubernetesKeys = {
  kubeconfig: z.string().min(1, "must be the path of a kubeconfig file").optional(),
  kubeContext: z.string().min(1, "must be the name of a context of the kubeconfig file").optional(),
  namespace: namespaceName.default("launchlab"),
  botImage: imageReference.optional(),
  registry: z
    .string()
    .regex(
      /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/,
      "must be the address of a registry without https:// and without a slash at the end",
    )
    .optional(),
  imagePullSecret: objectName("the name of a Secret in the namespace").optional(),
  storageClass: objectName("the name of a storage class").optional(),
  cpuReservation: z.coerce
    .number({ error: "must be a percentage from 1 to 100" })
    .int("must be a whole percentage from 1 to 100")
    .min(1, "must be at least 1 per cent")
    .max(100, "must be at most 100 per cent")
    .default(100),
};
