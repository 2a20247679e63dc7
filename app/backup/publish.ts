import { publishBackups, type ListedBackup } from "../database/backup-list.ts";
import type { Query } from "../database/pool.ts";
import { isGood, timeOf, type Catalogue, type Entry } from "./catalogue.ts";
import { rowsOf } from "./manifest.ts";

function listed(entry: Entry): ListedBackup {
  const { name } = entry;
  const created_at = timeOf(name);
  const unknown = { cause: null, bytes: null, rows: null, tables: null, server: null };
  if (!isGood(entry)) return { name, created_at, ...unknown, problem: entry.problem };
  const { cause = null, bytes, tables, server } = entry.manifest;
  const rows = rowsOf(tables);
  return { name, created_at, cause, bytes, rows, tables: tables.length, server, problem: null };
}

/** Tells the database which backups there are. */
export const publish = async (query: Query, catalogue: Catalogue): Promise<void> =>
  publishBackups(query, (await catalogue.list()).map(listed));
