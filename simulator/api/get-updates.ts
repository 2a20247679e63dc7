import { Conflict } from "../delivery/polling.ts";
import type { World } from "../world.ts";
import { readAllowedUpdates } from "./allowed-updates.ts";
import { integer, type Arguments } from "./arguments.ts";
import { ApiError } from "./error.ts";

/** An answer holds no more characters of updates. */
const LARGEST_ANSWER = 1 << 22;
const LARGEST_ID = 2 ** 31 - 1;

/** Answers a call of getUpdates: the JSON of the whole answer. Throws an ApiError. */
export async function readPoll(world: World, args: Arguments, signal: AbortSignal): Promise<string> {
  if (!world.webhook.isSet()) readAllowedUpdates({ world, args });
  try {
    const parcels = await world.webhook.poll({
      offset: integer(args, "offset", 0, -LARGEST_ID, LARGEST_ID),
      limit: integer(args, "limit", 100, 1, 100),
      timeout: integer(args, "timeout", 0, 0, 50),
      signal,
    });
    let room = LARGEST_ANSWER;
    const bodies = parcels.map(({ body }) => body).filter((body) => (room -= body.length + 50) > 0);
    return `{"ok":true,"result":[${bodies.join(",")}]}`;
  } catch (error) {
    if (error instanceof Conflict) throw new ApiError(409, error.message);
    throw error;
  }
}
