import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../../test/support/wait.ts";
import { images } from "../images.ts";
import { provide } from "./packages.ts";
import { freePort } from "../../test/support/wait.ts";

/** Postgres refuses to run as root. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launchlab-entrypoint-"));
  if (nobody.uid !== undefined) chownSync(folder, nobody.uid, nobody.gid);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the entrypoint of Postgres", () => {
  const PASSWORD = "aB3dE5";
  let port = 0;
  let server: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (server === undefined) return;
    const over = once(server, "exit");
    server.kill("SIGINT");
    await over;
    server = undefined;
  };
  afterEach(stop);

  const data = (): string => join(folder, "pgdata");

  async function query(text: string, password = PASSWORD): Promise<unknown[]> {
    const client = new pg.Client({ host: "127.0.0.1", port, user: "bot", database: "shop", password });
    client.on("error", () => undefined);
    await client.connect();
    try {
      const { rows }: { rows: unknown[] } = await client.query(text);
      return rows;
    } finally {
      await client.end();
    }
  }

  /** Starts the server as the local platform does, and waits until it answers. */
  async function start(): Promise<void> {
    const { programs, env } = await provide(images.postgres.package);
    // The checkout may lie where the other user cannot look.
    const script = join(folder, "entrypoint.sh");
    copyFileSync(images.postgres.entrypoint, script);
    const password = join(folder, "password");
    writeFileSync(password, PASSWORD);
    port = await freePort();
    const settings = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"];
    const flags = settings.flatMap((setting) => ["-c", setting]);
    const child = spawn("/bin/sh", [script, "postgres", "-D", data(), ...flags], {
      cwd: folder,
      env: {
        PATH: [...new Set(Object.values(programs).map((path) => dirname(path))), "/usr/bin", "/bin"].join(
          ":",
        ),
        ...env,
        POSTGRES_USER: "bot",
        POSTGRES_DB: "shop",
        POSTGRES_PASSWORD_FILE: password,
        PGDATA: data(),
      },
      stdio: ["ignore", "ignore", "pipe"],
      ...nobody,
    });
    server = child;
    let output = "";
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await until("Postgres answers", async () => {
      if (child.exitCode !== null) throw new Error(`Postgres ended: ${output}`);
      return query("SELECT 1").then(
        () => true,
        () => false,
      );
    });
  }

  it("makes the database on the first start, and keeps it on the next", async () => {
    await start();
    await query("CREATE TABLE kept (id int)");
    await expect(query("SELECT 1", "wrong")).rejects.toThrow("password authentication failed");
    expect(await query("SHOW data_checksums")).toEqual([{ data_checksums: "on" }]);
    expect(await query("SHOW server_encoding")).toEqual([{ server_encoding: "UTF8" }]);
    await stop();
    await start();
    expect(await query("SELECT count(*)::int AS rows FROM kept")).toEqual([{ rows: 0 }]);
    // Neither begun again nor left inside of the one that is there.
    for (const path of [`${data()}.new`, join(data(), "pgdata.new")]) expect(existsSync(path)).toBe(false);
  });

  it("begins anew what was interrupted", async () => {
    mkdirSync(`${data()}.new/base`, { recursive: true });
    writeFileSync(`${data()}.new/PG_VERSION`, "15\n");
    mkdirSync(data());
    // As if the earlier start had run under the same user.
    if (nobody.uid !== undefined) execFileSync("chown", ["-R", `${nobody.uid}:${nobody.gid}`, folder]);
    await start();
    expect(await query("SELECT current_database() AS name")).toEqual([{ name: "shop" }]);
  });
});

it("tells Grafana where its public files lie, wherever it was unpacked", () => {
  mkdirSync(join(folder, "grafana-12/bin"), { recursive: true });
  const program = join(folder, "grafana-12/bin/grafana");
  writeFileSync(program, '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
  const text = execFileSync("/bin/sh", [images.grafana.entrypoint, program, "server"], { encoding: "utf8" });
  expect(text).toBe(`server --homepath ${join(folder, "grafana-12")}\n`);
});
