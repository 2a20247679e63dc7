import { spawn, type ChildProcess } from "node:child_process";
import { listening } from "../../infra/terminal/kubectl.ts";

/** Ports of a namespace on this machine's loopback. */
export interface Forwards {
  /** Address of a port of a pod or Service, such as `service/web`; stays until `close` or the end of its pod. */
  open(target: string, port: number): Promise<string>;
  /** Address of the Kubernetes API, with this machine's rights. */
  api(): Promise<string>;
  close(): void;
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
