import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { STACK_LABEL, WORKLOAD_LABEL } from "../platforms/docker-labels.ts";
import { docker } from "./docker-engine.ts";

interface Found {
  readonly id: string;
  readonly name: string;
  readonly workload: string;
}

/** Containers of a stack that run or ran, by the names of their workloads. */
export async function containersOf(stack: string): Promise<Found[]> {
  const format = `{{.ID}} {{.Names}} {{.Label "${WORKLOAD_LABEL}"}} {{.State}}`;
  const text = await docker("ps", "--all", "--filter", `label=${STACK_LABEL}=${stack}`, "--format", format);
  return text.split("\n").flatMap((line) => {
    const [id = "", name = "", workload = "", state = ""] = line.split(" ");
    // One that was never started only holds files.
    return workload === "" || state === "created" ? [] : [{ id, name, workload }];
  });
}

/** Prints the last lines of the logs of a stack's containers, or goes on printing; resolves with an exit code. */
export async function dockerLogs(stack: string, names: readonly string[], follow: boolean): Promise<number> {
  const all = await containersOf(stack);
  const chosen = all.filter(
    ({ name }) => names.length === 0 || names.some((wanted) => name.startsWith(wanted)),
  );
  if (chosen.length === 0) {
    const known = [...new Set(all.map(({ workload }) => workload))].sort().join(", ");
    console.error(
      known === ""
        ? `stack ${stack} has no containers: bring it up first`
        : `no such log; there are ${known}`,
    );
    return 1;
  }
  const width = Math.max(...chosen.map(({ name }) => name.length));
  const codes = chosen.map(({ id, name }) => {
    const args = ["logs", "--tail", "40", ...(follow ? ["--follow"] : []), id];
    const child = spawn("docker", args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on("line", (line) => console.log(`${name.padEnd(width)} | ${line}`));
    return new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 0)));
  });
  return Math.max(...(await Promise.all(codes)));
}
