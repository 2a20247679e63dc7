import type pg from "pg";
import type { DatabaseConfig } from "../config.ts";
import { withSession } from "./session.ts";

/** Tables of the operators, which a restore must not bring back as they were: a token that was taken stays taken. */
const replaced = [
  "settings",
  "admin_tokens",
  "backup_requests",
  "backup_runs",
  "backup_services",
  "backups",
] as const;

/** Rows as JSON, in which numbers of any size and bytes stay what they are. */
async function rowsOf(client: pg.Client, sql: string, values: unknown[] = []): Promise<string> {
  const { rows } = await client.query<{ rows: string }>(
    `SELECT coalesce(jsonb_agg(to_jsonb(one)), '[]')::text AS rows FROM (${sql}) AS one`,
    values,
  );
  return rows[0]?.rows ?? "[]";
}

async function insert(client: pg.Client, table: string, rows: string): Promise<void> {
  await client.query(
    `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb)`,
    [rows],
  );
}

/** Numbers that are given next come after those that are there. */
async function skipNumbers(client: pg.Client, table: string): Promise<void> {
  await client.query(
    `SELECT setval(pg_get_serial_sequence('${table}', 'id'), max(id)) FROM ${table} HAVING max(id) IS NOT NULL`,
  );
}

/** Adds the entries of the audit that the other database does not have yet, if they follow from those that it has. */
async function appendAudit(from: pg.Client, to: pg.Client): Promise<void> {
  const { rows } = await to.query<{ id: string; hash: Buffer }>(
    "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1",
  );
  const [last] = rows;
  if (last !== undefined) {
    const known = await from.query("SELECT FROM audit WHERE id = $1 AND hash = $2", [last.id, last.hash]);
    // Of another past: each keeps its own.
    if (known.rows.length === 0) return;
  }
  await insert(
    to,
    "audit",
    await rowsOf(from, "SELECT * FROM audit WHERE id > $1 ORDER BY id", [last?.id ?? 0]),
  );
  await skipNumbers(to, "audit");
}

/**
 * Gives the other database what operators did up to now: their tokens, switches, requests and the audit. No change is
 * audited, and so none is made, until `use` has ended. Both have had all migrations.
 */
export async function carryOver(
  live: DatabaseConfig,
  other: DatabaseConfig,
  use: () => Promise<void>,
): Promise<void> {
  await withSession(live, async (from) => {
    await from.query("SELECT pg_advisory_lock(hashtext('launchlab audit'))");
    await withSession(other, async (to) => {
      await to.query("BEGIN");
      await appendAudit(from, to);
      for (const table of replaced) {
        await to.query(`DELETE FROM ${table}`);
        await insert(to, table, await rowsOf(from, `SELECT * FROM ${table}`));
      }
      for (const table of ["backup_requests", "backup_runs"]) await skipNumbers(to, table);
      await to.query("COMMIT");
    });
    await use();
  });
}
