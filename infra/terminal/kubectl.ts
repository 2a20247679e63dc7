import { spawn, type ChildProcess } from "node:child_process";
import { homedir } from "node:os";
import { output } from "./command.ts";
import { NotKnown, type Address } from "./site.ts";

export interface Cluster {
  readonly kubeconfig: string;
  readonly context: string;
  readonly namespace: string;
}

const REQUEST = "--request-timeout=5s";

/** What kubectl is told first: the cluster of the stack, never the one that the shell happens to point at. */
export const clusterArgs = ({ kubeconfig, context, namespace }: Cluster): string[] => [
  `--kubeconfig=${kubeconfig.replace(/^~(?=\/)/, homedir())}`,
  `--context=${context}`,
  `--namespace=${namespace}`,
];

export type Kubectl = (...args: string[]) => Promise<string>;

/** Runs kubectl and resolves with what it printed. Throws a NotKnown with its own words. */
export const kubectlOf =
  (cluster: Cluster): Kubectl =>
  (...args) =>
    output("kubectl", [...clusterArgs(cluster), REQUEST, ...args]).catch((error: unknown) => {
      const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n").slice(-1);
      const advice = reason.includes("not installed")
        ? "install kubectl: https://kubernetes.io/docs/tasks/tools"
        : `is the cluster of context ${cluster.context} reachable? \`kubectl --context ${cluster.context} get nodes\``;
      throw new NotKnown(reason, advice, { cause: error });
    });

/** The address that kubectl says it listens on. Rejects with its own words when it ends instead. */
export function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const [address] = /127\.0\.0\.1:\d+/.exec(text) ?? [];
      if (address !== undefined) resolve(`http://${address}`);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("error", reject);
    child.once("close", () => reject(new Error(`kubectl ended: ${text.trim()}`)));
  });
}

/** Brings the port `http` of a Service to this machine's loopback. */
export async function forward(cluster: Cluster, service: string): Promise<Address> {
  const args = [...clusterArgs(cluster), "port-forward", `service/${service}`, ":http"];
  const child = spawn("kubectl", args, { stdio: ["ignore", "pipe", "pipe"] });
  try {
    return { url: await listening(child), close: () => void child.kill() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NotKnown(reason, `\`kubectl --context ${cluster.context} get pods\``, { cause: error });
  }
}
