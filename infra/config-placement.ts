import { z } from "zod";
import { json } from "./config-json.ts";
import { objectName, imageReference } from "./config-kubernetes.ts";
import { replaceable } from "./images.ts";

const positive = z.number().int().min(1);

const toleration = z
  .strictObject({
    key: z.string().min(1).optional(),
    operator: z.enum(["Exists", "Equal"]).optional(),
    value: z.string().optional(),
    effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
    tolerationSeconds: z.number().int().min(0).optional(),
  })
  .refine(({ key, operator }) => key !== undefined || operator === "Exists", {
    error: "without a key, the operator has to be Exists: it stands for all keys",
  })
  .refine(({ value, operator }) => value === undefined || operator !== "Exists", {
    error: "the operator Exists takes no value",
  })
  .refine(({ tolerationSeconds, effect }) => tolerationSeconds === undefined || effect === "NoExecute", {
    error: "tolerationSeconds needs the effect NoExecute",
  });

/** Keys that say where workloads go and how large they are, and the way around everything else. */
export const placementKeys = {
  nodeSelector: json(
    z.record(z.string(), z.string()),
    'an object of labels that nodes must have, such as {"disktype": "ssd"}',
  ).optional(),
  tolerations: json(
    z.array(toleration),
    'a list of tolerations, such as [{"key": "bots", "operator": "Exists", "effect": "NoSchedule"}]',
  ).optional(),
  priorityClass: objectName("the name of a priority class").optional(),
  resources: json(
    z.record(z.string(), z.strictObject({ cpuMillis: positive.optional(), memoryMb: positive.optional() })),
    'an object of sizes by workload, such as {"web": {"cpuMillis": 800, "memoryMb": 768}}',
  ).optional(),
  volumes: json(
    z.record(z.string(), positive),
    'an object of gigabytes by workload, such as {"postgres": 100}',
  ).optional(),
  images: json(
    z.partialRecord(z.enum(Object.keys(replaceable)), imageReference),
    `an object of images by name, such as {"redis": "redis:8.2.2"}; names are ${Object.keys(replaceable).join(", ")}`,
  ).optional(),
  transform: z
    .string()
    .regex(/\.(ts|js|mjs)$/, "must be the path of a module in this folder, such as ./transform.ts")
    .optional(),
};
