import { readdir } from "node:fs/promises";
import { join } from "node:path";

export const migrationsFolder = join(import.meta.dirname, "migrations");
export const migrationsTable = "migrations";

/** Names of the migrations that this version of the bot brings, in order. */
export async function knownMigrations(): Promise<string[]> {
  const files = await readdir(migrationsFolder);
  return files
    .filter((file) => file.endsWith(".sql"))
    .map((file) => file.slice(0, -".sql".length))
    .sort();
}
