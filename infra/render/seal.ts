import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { manifestSchema, type Manifest } from "./cluster-mocks.ts";

export interface SealOptions {
  /** Path of kubeseal. */
  readonly program: string;
  /** Path or address of the certificate of the cluster's controller. */
  readonly certificate: string;
}

/**
 * The Secret as a SealedSecret, which only the controller of that cluster can open. Its values reach kubeseal through a
 * pipe, and neither the disk nor a command line.
 */
export async function seal(secret: Manifest, { program, certificate }: SealOptions): Promise<Manifest> {
  // Its name stays, so a new value has to be able to take the place of the old one.
  const changeable = Object.fromEntries(Object.entries(secret).filter(([key]) => key !== "immutable"));
  const child = spawn(program, ["--cert", certificate, "--scope", "strict", "--format", "json"], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  // kubeseal may end before it has read everything; how it ended says why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify(changeable));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [out, problem, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`kubeseal cannot seal ${secret.metadata.name}: ${problem.trim()}`);
  return manifestSchema.parse(JSON.parse(out));
}
