import type * as pulumi from "@pulumi/pulumi";
import type { Platform } from "./workload.ts";

/** A generated secret that changes without a moment in which one side knows only the old value, the other the new. */
export interface Rotated {
  /** What clients use. */
  readonly current: pulumi.Output<string>;
  /** What clients that were not replaced yet use; undefined in the first generation. */
  readonly previous: pulumi.Output<string> | undefined;
  /**
   * What clients will use after the next change. Whoever checks the secret and is replaced bit by bit accepts it
   * already: a client may be newer than the replica that it meets.
   */
  next(): pulumi.Output<string>;
}

/**
 * The values of a secret in its generation, 1 or more. Every generation is a resource of its own, so a value stays
 * the same for as long as it is needed: from the generation before its own to the one after.
 */
export function rotated(
  platform: Platform,
  name: string,
  length: number,
  generation: number,
  parent: pulumi.Resource,
): Rotated {
  const value = (number: number): pulumi.Output<string> =>
    platform.password(number === 1 ? name : `${name}-${number}`, length, parent);
  return {
    current: value(generation),
    previous: generation === 1 ? undefined : value(generation - 1),
    next: () => value(generation + 1),
  };
}
