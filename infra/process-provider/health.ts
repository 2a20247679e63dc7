import { execFile } from "node:child_process";
import { connect } from "node:net";

/** How to tell that a process serves, not merely runs. */
export type HealthCheck =
  | { readonly kind: "http"; readonly url: string }
  | { readonly kind: "tcp"; readonly port: number }
  | { readonly kind: "command"; readonly command: readonly string[] };

const PROBE_MS = 2000;

async function http(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) });
    const body = await response.text();
    return response.ok ? undefined : `${url} answered ${response.status} ${body.slice(0, 300)}`;
  } catch {
    return `${url} does not answer`;
  }
}

async function tcp(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: PROBE_MS });
    const end = (problem: string | undefined): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.once("connect", () => end(undefined));
    socket.once("error", () => end(`nothing listens on port ${port}`));
    socket.once("timeout", () => end(`port ${port} does not answer`));
  });
}

async function command(parts: readonly string[], env: Record<string, string>): Promise<string | undefined> {
  const [program = "", ...args] = parts;
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: PROBE_MS }, (error, stdout, stderr) =>
      resolve(error === null ? undefined : `${program.split("/").at(-1) ?? ""}: ${(stdout + stderr).trim()}`),
    );
  });
}

/** Undefined when healthy, else one line that says what is wrong. */
export async function probe(check: HealthCheck, env: Record<string, string>): Promise<string | undefined> {
  switch (check.kind) {
    case "http":
      return http(check.url);
    case "tcp":
      return tcp(check.port);
    case "command":
      return command(check.command, env);
  }
}
