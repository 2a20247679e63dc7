import { spawn } from "node:child_process";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { provide, type Package } from "../../infra/process-provider/packages.ts";
import { ended, unprivileged, type TestServer } from "./postgres.ts";
import { freePort, until } from "./wait.ts";

/** On Kubernetes an image brings it; locally only tests use it. */
const pgbouncer: Package = {
  name: "PgBouncer",
  programs: ["pgbouncer"],
  minimum: "1.18",
  debian: ["pgbouncer"],
  homebrew: "pgbouncer",
};

/**
 * A real PgBouncer before a Postgres of the loopback, in transaction mode, with so many connections to each database.
 * It lets everybody in, as the given user.
 */
export async function startPgbouncer(
  postgres: number,
  connections: number,
  login: { readonly user: string; readonly password?: string } = { user: "postgres" },
): Promise<TestServer> {
  const { programs, env } = await provide(pgbouncer);
  const folder = await mkdtemp(join(tmpdir(), "launchlab-pgbouncer-"));
  const port = await freePort();
  const password = login.password === undefined ? "" : ` password=${login.password}`;
  const file = join(folder, "pgbouncer.ini");
  await writeFile(
    file,
    `[databases]
* = host=127.0.0.1 port=${postgres} user=${login.user}${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 200
`,
    { mode: 0o600 },
  );
  if (unprivileged.uid !== undefined) {
    for (const path of [folder, file]) await chown(path, unprivileged.uid, unprivileged.gid);
  }
  const child = spawn(programs["pgbouncer"] ?? "pgbouncer", ["--quiet", file], {
    env: { ...process.env, ...env },
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    ...unprivileged,
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)));
  await until("PgBouncer accepts connections", async () => {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended: ${output}`);
    const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
    client.on("error", () => undefined);
    await client.connect();
    await client.end();
    return true;
  });
  return {
    port,
    stop: async () => {
      child.kill("SIGTERM");
      await ended(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
