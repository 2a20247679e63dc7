// What the tests of the gateway share: the real nginx before small upstreams.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, until } from "../../test/support/wait.ts";
import { capacity } from "../capacity.ts";
import { packages } from "../packages.ts";
import { provide } from "../process-provider/packages.ts";
import { url, type Endpoint } from "../workload.ts";
import { renderNginx, type NginxOptions } from "./nginx-config.ts";

const HOST = "127.0.0.1";
/** The user `nobody`, as which the local platform runs nginx when root starts the stack. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

export interface Run {
  readonly gateway: string;
  readonly status: string;
  readonly config: string;
  /** What it has said on stderr. */
  readonly output: () => string;
}

/** What else a test tells nginx; limits are those of a small stack unless it says otherwise. */
export type More = Partial<Omit<NginxOptions, "listen" | "status" | "upstream" | "scratch">>;

/** Where nobody listens. */
const NOBODY_THERE = { host: HOST, port: 9 };

/** Writes a configuration for free ports into a folder that nginx may use. */
async function prepare(
  upstream: readonly Endpoint[],
  more: More,
): Promise<Omit<Run, "output"> & { folder: string; file: string }> {
  const folder = mkdtempSync(join(tmpdir(), "launchlab-nginx-"));
  if (NOBODY.uid !== undefined) chownSync(folder, NOBODY.uid, NOBODY.gid);
  const listen = { host: HOST, port: await freePort() };
  const status = { host: HOST, port: await freePort() };
  const { callerRequests, callerRate } = capacity(1);
  const own = { listen, status, upstream, scratch: folder };
  const config = renderNginx({ log: NOBODY_THERE, callerRequests, callerRate, ...more, ...own });
  const file = join(folder, "nginx.conf");
  writeFileSync(file, config);
  const gateway = more.certificate === undefined ? url(listen) : url(listen).replace("http:", "https:");
  return { gateway, status: url(status), config, folder, file };
}

async function start(
  { folder, file }: { folder: string; file: string },
  flags: string[],
): Promise<{ child: ReturnType<typeof spawn>; output: () => string }> {
  const { programs, env } = await provide(packages.nginx);
  const args = ["-c", file, "-p", folder, "-e", "stderr", ...flags];
  const child = spawn(programs["nginx"] ?? "nginx", args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    ...NOBODY,
  });
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}

/** What `nginx -t` says about the configuration for these upstreams. */
export async function checkConfig(
  upstream: readonly Endpoint[],
  more: More = {},
): Promise<{ code: number; output: string }> {
  const prepared = await prepare(upstream, more);
  const { child, output } = await start(prepared, ["-t"]);
  const [code] = (await once(child, "close")).map(Number);
  rmSync(prepared.folder, { recursive: true });
  return { code: code ?? -1, output: output() };
}

/** Runs nginx before the upstreams until it is stopped. */
export async function startNginx(
  upstream: readonly Endpoint[],
  more: More = {},
): Promise<{ run: Run; stop: () => Promise<void> }> {
  const prepared = await prepare(upstream, more);
  const { child, output } = await start(prepared, []);
  const over = once(child, "close");
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await over;
    rmSync(prepared.folder, { recursive: true });
  };
  try {
    await until("nginx serves", async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`nginx ended: ${output()}`);
      // A short patience, since a question to whoever else took the port may hang.
      const response = await fetch(`${prepared.status}/health`, { signal: AbortSignal.timeout(2000) });
      if (!response.ok) throw new Error(`nginx answers ${response.status}: ${output()}`);
      return true;
    });
    return { run: { ...prepared, output }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs nginx before the upstreams while `work` does something with it. */
export async function withNginx(
  upstream: readonly Endpoint[],
  work: (run: Run) => Promise<void>,
  more: More = {},
): Promise<void> {
  const { run, stop } = await startNginx(upstream, more);
  try {
    await work(run);
  } finally {
    await stop();
  }
}

export interface Upstream {
  readonly endpoint: Endpoint;
  /** How many connections were made to it. */
  connections(): number;
  close(): Promise<void>;
}

async function listening(server: Server): Promise<Upstream> {
  let connections = 0;
  const open = new Set<{ destroy: () => void }>();
  server.on("connection", (socket) => {
    connections += 1;
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the upstream has no port");
  return {
    endpoint: { host: HOST, port: address.port },
    connections: () => connections,
    close: async () => {
      const over = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await over;
    },
  };
}

/** A web replica that answers by `listener`. */
export const upstream = (listener: RequestListener): Promise<Upstream> => listening(createServer(listener));

/** A web replica that reads a request and breaks the connection, as one that was killed. */
export function breakingUpstream(): Promise<Upstream> {
  return listening(
    createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.resetAndDestroy());
    }),
  );
}
