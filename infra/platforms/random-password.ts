import type * as pulumi from "@pulumi/pulumi";
import random from "@pulumi/random";

/** `Platform.password`, as the engine's plugin `random` makes and keeps it. */
export function randomPassword(
  name: string,
  length: number,
  parent?: pulumi.Resource,
  kept = false,
): pulumi.Output<string> {
  // No special characters: it becomes a part of addresses and configuration files.
  const args = { length, special: false };
  return new random.RandomPassword(name, args, { ...(parent && { parent }), protect: kept }).result;
}
