import { scratchCheckout, freeBlock, type Scratch } from "./scratch.ts";

/** Name of the stack. */
export const STACK = "dev";
const PORTS = 120;

/**
 * Brings up a stack in a copy of the checkout, with settings of `launchlab:` and ports of its own, does something with it,
 * and removes all of it.
 */
export async function withScratchStack<T>(
  settings: Readonly<Record<string, string>>,
  use: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const scratch = scratchCheckout();
  const run = async (script: string, ...args: string[]): Promise<void> => {
    const { code, text } = await scratch.run(script, ...args);
    if (code !== 0) throw new Error(text);
  };
  try {
    await run("pulumi", "stack", "select", "--create", "--stack", STACK);
    const all = { ...settings, basePort: String(await freeBlock(PORTS)) };
    for (const [key, value] of Object.entries(all))
      await run("pulumi", "config", "set", `launchlab:${key}`, value, "--stack", STACK);
    await run("up");
    return await use(scratch);
  } finally {
    await scratch.run("destroy");
    scratch.remove();
  }
}
