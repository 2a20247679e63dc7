import { randomBytes } from "node:crypto";
import pg from "pg";
import type { DatabaseConfig } from "../../app/config.ts";
import { migrate } from "../../app/database/migrate.ts";

/** Ports on the loopback. */
export interface Servers {
  readonly postgres: number;
  readonly redis: number;
}

export const template = "launchlab_template";

export function databaseConfig(port: number, name: string, poolSize = 10): DatabaseConfig {
  return {
    host: "127.0.0.1",
    port,
    name,
    user: "postgres",
    password: "unused",
    tls: "disable",
    caFile: undefined,
    poolSize,
  };
}

/** Runs statements one after the other on a connection of their own, outside of what is tested. */
export async function sql(
  port: number,
  database: string,
  ...statements: string[]
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database });
  client.on("error", () => undefined);
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

/** Makes the migrated database that the others are copied from. */
export async function migrateTemplate(port: number): Promise<void> {
  await sql(port, "postgres", `CREATE DATABASE ${template}`);
  await migrate(databaseConfig(port, template), () => undefined);
}

/** A new database of its own, migrated unless `empty`; returns its name. */
export async function freshDatabase(port: number, empty = false): Promise<string> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await sql(port, "postgres", `CREATE DATABASE ${name} TEMPLATE ${empty ? "template0" : template}`);
  return name;
}
