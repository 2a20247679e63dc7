import { z } from "zod";
import { Refusal } from "../refusal.ts";
import { restoreSnapshot, snapshot, takeSnapshot } from "../snapshot.ts";
import type { SnapshotFile } from "../snapshot-file.ts";
import type { World } from "../world.ts";
import { route, type Route } from "./route.ts";
import { done } from "./schemas.ts";

const LARGEST_SNAPSHOT = 256 * 2 ** 20;

/** The state as a whole. */
export const stateRoutes = (world: World, file: SnapshotFile | undefined): Route[] => [
  route({
    method: "GET",
    path: "state",
    summary: "A snapshot of people, groups, messages, files, payments and waiting updates",
    answer: snapshot,
    handle: () => takeSnapshot(world),
  }),
  route({
    method: "PUT",
    path: "state",
    summary: "Forgets everything but the bot's webhook, and goes on from a snapshot",
    body: snapshot,
    largest: LARGEST_SNAPSHOT,
    answer: done,
    handle({ body }) {
      restoreSnapshot(world, body);
      return { ok: true } as const;
    },
  }),
  route({
    method: "POST",
    path: "state/save",
    summary: "Writes a snapshot to the file that SIMULATOR_STATE_FILE names; it is read at the next start",
    answer: z.object({ file: z.string() }),
    handle() {
      if (file === undefined) {
        throw new Refusal(409, "there is no file for it: start the simulator with SIMULATOR_STATE_FILE");
      }
      file.save(world);
      return { file: file.path };
    },
  }),
  route({
    method: "DELETE",
    path: "state",
    summary: "Forgets people, messages, updates and counts; the bot's webhook and commands stay",
    answer: done,
    handle() {
      world.reset();
      return { ok: true } as const;
    },
  }),
];
