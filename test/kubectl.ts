import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/**
 * Runs kubectl, as PATH and KUBECONFIG have it, with `input` as its standard input; returns what it printed. Throws
 * with its own words when it fails.
 */
export async function kubectl(args: readonly string[], input = ""): Promise<string> {
  const child = spawn("kubectl", args, { stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  child.stdin.end(input);
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0)
    throw new Error(`kubectl ${args.slice(0, 3).join(" ")} failed: ${err.trim() || out.trim()}`);
  return out;
}

export const apply = (...objects: readonly object[]): Promise<string> =>
  kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
