import { execFile } from "node:child_process";
import { connect } from "node:net";
import { basename } from "node:path";

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
    // SIGKILL: a check that hangs may ignore anything less, and the start would hang with it.
    const options = { env, timeout: PROBE_MS, killSignal: "SIGKILL" } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(undefined);
        return;
      }
      const end = error.killed === true ? `no answer within ${PROBE_MS} ms` : `ended with ${error.code}`;
      resolve(`${basename(program)}: ${(stdout + stderr).trim() || end}`);
    });
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
