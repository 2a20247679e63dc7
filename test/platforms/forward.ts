import { spawn, type ChildProcess } from "node:child_process";

/** Ports of a namespace on this machine's loopback. */
export interface Forwards {
  /** Address of a port of a pod or Service, such as `service/web`; stays until `close` or the end of its pod. */
  open(target: string, port: number): Promise<string>;
  /** Address of the Kubernetes API, with this machine's rights. */
  api(): Promise<string>;
  close(): void;
}

/** The address that kubectl says it listens on. Rejects with its own words when it ends instead. */
function listening(child: ChildProcess): Promise<string> {
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

/** Nothing is published by the stack on purpose but the gateway, so tests reach the rest as an operator does. */
export function forwards(namespace: string): Forwards {
  const children: ChildProcess[] = [];
  const start = (...args: string[]): Promise<string> => {
    const child = spawn("kubectl", args, { stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    return listening(child);
  };
  return {
    open: (target, port) => start("port-forward", "-n", namespace, target, `:${port}`),
    api: () => start("proxy", "--port=0"),
    close() {
      for (const child of children.splice(0)) child.kill();
    },
  };
}
