import { stackFolder } from "../../infra/toolchain/folders.ts";
import { freeBlock, scratchCheckout } from "../scratch.ts";
import { startMonitor } from "./monitor.ts";
import type { Lab } from "./recipe.ts";
import { openStack } from "./stack.ts";

const STACK = "dev";
const PORTS = 120;
const CONFIG = {
  // So that their age is known.
  backups: "on",
  // Some recipes do more in a minute than a person can.
  rateLimit: "100",
  grafana: "off",
};

/** Brings up a stack in a copy of the checkout, does something with it and a monitor of its own, and removes all of it. */
export async function withLab<T>(use: (lab: Lab) => Promise<T>): Promise<T> {
  const scratch = scratchCheckout();
  const run = async (script: string, ...args: string[]): Promise<void> => {
    const { code, text } = await scratch.run(script, ...args);
    if (code !== 0) throw new Error(text);
  };
  try {
    await run("pulumi", "stack", "select", "--create", "--stack", STACK);
    const settings = { ...CONFIG, basePort: String(await freeBlock(PORTS)) };
    for (const [key, value] of Object.entries(settings))
      await run("pulumi", "config", "set", `launchlab:${key}`, value, "--stack", STACK);
    await run("up");
    const stack = openStack(stackFolder(STACK, scratch.folder));
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
  } finally {
    await scratch.run("destroy");
    scratch.remove();
  }
}
