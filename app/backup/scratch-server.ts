import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { DatabaseConfig } from "../config.ts";
import { connectionOptions } from "../database/pool.ts";
import { BackupError } from "./error.ts";
import { start } from "./programs.ts";

/** Of the folders that hold the data of scratch servers. */
const PREFIX = "drill-";
const START_SECONDS = 60;
const POLL_MS = 50;
const USER = "drill";
/** Postgres refuses to run as root; this is `nobody`. */
const unprivileged = process.getuid?.() === 0 ? { user: 65_534 } : {};

/**
 * Removes what a drill that was killed left in `folder`. A server that still runs there notices it within a minute, and
 * ends. Nobody else may be at a drill.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(PREFIX)))
    await rm(join(folder, name), { recursive: true, force: true });
}

/**
 * Runs `use` with a database of a Postgres server that is there for nothing else: its data is in a new folder below
 * `folder`, nobody but us can connect, and both are gone afterwards.
 */
export async function withScratchServer<T>(
  folder: string,
  signal: AbortSignal,
  use: (database: DatabaseConfig) => Promise<T>,
): Promise<T> {
  const data = await mkdtemp(join(folder, PREFIX));
  // The path of a socket is short: 107 bytes at most.
  const sockets = await mkdtemp(join(tmpdir(), "launchlab-drill-"));
  try {
    const { user } = unprivileged;
    if (user !== undefined) for (const one of [data, sockets]) await chown(one, user, user);
    const options = { cwd: data, ...unprivileged };
    const cluster = join(data, "cluster");
    const initdb = start(
      "initdb",
      ["-D", cluster, "-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
      { ...options, signal },
    );
    initdb.stdin.end();
    initdb.stdout.resume();
    await initdb.ended;

    const settings = {
      listen_addresses: "",
      unix_socket_directories: sockets,
      unix_socket_permissions: "0700",
      // What is here may be lost at any time.
      fsync: "off",
      full_page_writes: "off",
      autovacuum: "off",
      wal_level: "minimal",
      max_wal_senders: 0,
      max_connections: 10,
      shared_buffers: "64MB",
      maintenance_work_mem: "64MB",
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const stop = new AbortController();
    const server = start("postgres", ["-D", cluster, ...flags], {
      ...options,
      signal: stop.signal,
      stop: "SIGQUIT",
    });
    server.stdin.end();
    server.stdout.resume();
    try {
      const database: DatabaseConfig = {
        host: sockets,
        port: 5432,
        name: "postgres",
        user: USER,
        password: "unused",
        tls: "disable",
        caFile: undefined,
        poolSize: 1,
      };
      await Promise.race([accepts(database, signal), server.ended]);
      return await use(database);
    } finally {
      stop.abort();
      await Promise.allSettled([server.ended]);
    }
  } finally {
    for (const one of [data, sockets]) await rm(one, { recursive: true, force: true });
  }
}

async function accepts(database: DatabaseConfig, signal: AbortSignal): Promise<void> {
  const end = performance.now() + START_SECONDS * 1000;
  for (;;) {
    const client = new pg.Client(connectionOptions(database));
    client.on("error", () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (performance.now() > end)
        throw new BackupError(`the scratch server was not ready within ${START_SECONDS} s`, error);
    } finally {
      await client.end().catch(() => undefined);
    }
    await pause(POLL_MS, undefined, { signal });
  }
}
