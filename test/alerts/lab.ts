import { stackFolder } from "../../infra/toolchain/folders.ts";
import { STACK, withScratchStack } from "../scratch-stack.ts";
import { startMonitor } from "./monitor.ts";
import type { Lab } from "./recipe.ts";
import { openStack } from "./stack.ts";

const CONFIG = {
  // So that their age is known.
  backups: "on",
  // Some recipes do more in a minute than a person can.
  rateLimit: "100",
  grafana: "off",
};

/** Brings up a stack in a copy of the checkout, does something with it and a monitor of its own, and removes all of it. */
export function withLab<T>(use: (lab: Lab) => Promise<T>): Promise<T> {
  return withScratchStack(CONFIG, async ({ folder }) => {
    const stack = openStack(stackFolder(STACK, folder));
    try {
      const monitor = await startMonitor(stack);
      try {
        return await use({ stack, monitor });
      } finally {
        await monitor.close();
      }
    } finally {
      await stack.close();
    }
  });
}
