import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "./workload.ts";

/** A generated secret that changes without a moment in which one side knows only the old value, the other the new. */
export interface Rotated {
  /** What clients use. */
  readonly current: pulumi.Output<string>;
  /** What clients that were not replaced yet use; undefined in the first generation. */
  readonly previous: pulumi.Output<string> | undefined;
  /**
   * The current value and then all others that have to be accepted: that of the generation before, and already that of
   * the next one, since a client may be newer than the replica that it meets.
   */
  accepted(): pulumi.Output<readonly [string, ...string[]]>;
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
  const current = value(generation);
  const previous = generation === 1 ? undefined : value(generation - 1);
  return {
    current,
    previous,
    accepted: () =>
      pulumi
        .all([current, value(generation + 1), previous])
        .apply(([first, ...others]): readonly [string, ...string[]] => [
          first,
          ...others.filter((other) => other !== undefined),
        ]),
  };
}
