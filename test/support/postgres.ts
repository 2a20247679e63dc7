import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { packages } from "../../infra/packages.ts";
import { provide } from "../../infra/process-provider/packages.ts";
import { freePort, until } from "./wait.ts";

export interface TestServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Postgres refuses to run as root, so root runs it as nobody. */
export const unprivileged = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/**
 * A real Postgres on a free port of the loopback, superuser `postgres`, trust authentication, no fsync. With a
 * certificate it takes TLS as well.
 */
export async function startPostgres(tls?: { certificate: string; key: string }): Promise<TestServer> {
  const { programs, env } = await provide(packages.postgres);
  const environment = { ...process.env, ...env };
  const folder = await mkdtemp(join(tmpdir(), "launchlab-postgres-"));
  if (unprivileged.uid !== undefined) await chown(folder, unprivileged.uid, unprivileged.gid);
  await promisify(execFile)(
    programs["initdb"] ?? "initdb",
    ["-D", join(folder, "data"), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"],
    { env: environment, cwd: folder, ...unprivileged },
  );
  if (tls !== undefined) {
    for (const [name, text] of [
      ["server.crt", tls.certificate],
      ["server.key", tls.key],
    ] as const) {
      const file = join(folder, "data", name);
      await writeFile(file, text, { mode: 0o600 });
      if (unprivileged.uid !== undefined) await chown(file, unprivileged.uid, unprivileged.gid);
    }
  }
  const port = await freePort();
  const options = {
    ssl: tls === undefined ? "off" : "on",
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    fsync: "off",
    max_connections: 300,
    shared_buffers: "64MB",
    autovacuum: "off",
  };
  const child = spawn(
    programs["postgres"] ?? "postgres",
    [
      "-D",
      join(folder, "data"),
      ...Object.entries(options).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
    ],
    { env: environment, cwd: folder, stdio: ["ignore", "ignore", "pipe"], ...unprivileged },
  );
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)));
  await until("Postgres accepts connections", async () => {
    if (child.exitCode !== null) throw new Error(`Postgres ended: ${output}`);
    const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  });
  return {
    port,
    stop: async () => {
      // Immediate: the data is thrown away.
      child.kill("SIGQUIT");
      await ended(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
