import type pg from "pg";
import { migrationsTable } from "../database/migrations.ts";
import type { Table } from "./manifest.ts";

/** Tables with rows of their own; those of extensions come with the extension. */
const tables = `
  SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't'
    AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1`;

/** With these, a row has the same text on every server. */
const settings = Object.entries({
  timezone: "UTC",
  datestyle: "ISO",
  intervalstyle: "postgres",
  bytea_output: "hex",
  extra_float_digits: "1",
  search_path: "pg_catalog",
})
  .map(([name, value]) => `SET LOCAL ${name} = '${value}'`)
  .join("; ");

/** The names of the database's own tables. */
export async function tableNames(client: pg.Client): Promise<string[]> {
  return (await client.query<{ name: string }>(tables)).rows.map(({ name }) => name);
}

/** What every table holds, as this transaction sees it: the number of its rows, and a checksum over them. */
export async function fingerprint(client: pg.Client): Promise<Table[]> {
  await client.query(settings);
  const found: Table[] = [];
  for (const name of await tableNames(client)) {
    // 60 bits, so that the number is positive; the sum does not depend on the order of the rows.
    const { rows } = await client.query<{ rows: string; checksum: string }>(
      `SELECT count(*)::text AS rows,
        coalesce(sum(('x' || left(md5((one.*)::text), 15))::bit(60)::bigint), 0)::text AS checksum
      FROM ONLY ${name} AS one`,
    );
    found.push({ name, rows: Number(rows[0]?.rows), checksum: rows[0]?.checksum ?? "" });
  }
  return found;
}

/** The migrations that the database has had, in order; none when it was never migrated. */
export async function appliedMigrations(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ found: boolean }>("SELECT to_regclass($1) IS NOT NULL AS found", [
    `public.${migrationsTable}`,
  ]);
  if (rows[0]?.found !== true) return [];
  const applied = await client.query<{ name: string }>(
    `SELECT name FROM public.${migrationsTable} ORDER BY id`,
  );
  return applied.rows.map(({ name }) => name);
}

/** One sentence for each table that is not what it should be. */
export function differences(wanted: readonly Table[], got: readonly Table[]): string[] {
  const there = new Map(got.map((table) => [table.name, table]));
  const missing = wanted.flatMap((table) => {
    const found = there.get(table.name);
    if (found === undefined) return [`${table.name} is missing`];
    if (found.rows !== table.rows) return [`${table.name} has ${found.rows} rows instead of ${table.rows}`];
    return found.checksum === table.checksum ? [] : [`${table.name} has other content`];
  });
  const known = new Set(wanted.map(({ name }) => name));
  return [...missing, ...got.filter(({ name }) => !known.has(name)).map(({ name }) => `${name} is new`)];
}
