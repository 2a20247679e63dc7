import { wantedUpdates } from "../update-rules.ts";
import { text } from "./arguments.ts";
import type { Call } from "./method.ts";

/** Reads allowed_updates. Without the argument, or when it is no list of names, the earlier choice stays. */
export function readAllowedUpdates({ world, args }: Pick<Call, "world" | "args">): void {
  let names = args["allowed_updates"];
  if (typeof names === "string") {
    try {
      names = JSON.parse(text(args, "allowed_updates"));
    } catch {
      return;
    }
  }
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) return;
  world.updates.allow(wantedUpdates(names));
}
