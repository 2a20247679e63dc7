import { engine } from "./engine.ts";

/** All outputs of a stack by name, secrets in plain text. Throws when the stack does not run. */
export async function stackOutputs(stack: string): Promise<Record<string, unknown>> {
  const pulumi = await engine(console.error);
  const down = `stack ${stack} is not up: run \`npm run up -- --stack ${stack}\` first`;
  const text = await pulumi
    .read(["stack", "output", "--json", "--show-secrets", "--stack", stack])
    .catch((cause: unknown) => {
      throw String(cause).includes("no stack named") ? new Error(down, { cause }) : cause;
    });
  const outputs: unknown = JSON.parse(text);
  if (typeof outputs !== "object" || outputs === null) throw new Error(`stack ${stack} has no outputs`);
  if (Object.keys(outputs).length === 0) throw new Error(down);
  return { ...outputs };
}
