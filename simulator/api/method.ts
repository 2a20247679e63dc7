import type { World } from "../world.ts";
import type { Arguments } from "./arguments.ts";

export interface Call {
  readonly world: World;
  readonly args: Arguments;
  /** The update that the call answers, when it came in a webhook's response. */
  readonly update: number | undefined;
}

/** A method of the Bot API: answers the result, or throws an ApiError. */
export type Method = (call: Call) => unknown;

/** A result with a description beside it. */
export class Described {
  readonly result: unknown;
  readonly description: string;

  constructor(result: unknown, description: string) {
    this.result = result;
    this.description = description;
  }
}
