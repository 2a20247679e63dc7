// Backups of the database: one command, then the end.
import { parseArgs } from "node:util";
import { ConfigError } from "../config.ts";
import { createDatabase } from "../database/pool.ts";
import { createLog } from "../log.ts";
import { createMetrics } from "../metrics.ts";
import { backUp } from "./back-up.ts";
import { isGood, type Catalogue } from "./catalogue.ts";
import { loadBackupConfig, type BackupConfig } from "./config.ts";
import { drill } from "./drill.ts";
import { BackupError } from "./error.ts";
import { open } from "./load.ts";
import { rowsOf } from "./manifest.ts";
import { openPlaces } from "./places.ts";
import { recorded } from "./record.ts";
import { restore } from "./restore.ts";
import { serve } from "./serve.ts";
import { megabytes, showProgress } from "./terminal.ts";

const usage = `usage: backup COMMAND
  create                        back up the database now
  list                          the backups, oldest first
  verify NAME                   is this backup what was written, and can it be opened?
  restore NAME [--into DATABASE]  into a new database beside the live one, compared with what was backed up
  drill                         restore the newest backup into a server of its own, try it, throw it away
  serve                         do what the schedule and the admin API ask for, until it is stopped
NAME is one of the list, or newest.`;

const shown = showProgress(process.stderr);
const say = (line: string): void => {
  shown.clear();
  console.log(line);
};

async function list(catalogue: Catalogue): Promise<void> {
  const entries = await catalogue.list();
  for (const entry of entries) {
    if (isGood(entry)) {
      const { bytes, tables, server } = entry.manifest;
      say(`${entry.name}  ${megabytes(bytes).padStart(10)}  ${rowsOf(tables)} rows  PostgreSQL ${server}`);
    } else say(`${entry.name}  OF NO USE: ${entry.problem}`);
  }
  const good = entries.filter(isGood);
  const total = good.reduce((sum, { manifest }) => sum + manifest.bytes, 0);
  say(`${good.length} good backups, ${megabytes(total)}, in ${catalogue.target.place}`);
}

async function serveAll(config: BackupConfig, signal: AbortSignal): Promise<void> {
  const { log, exit } = createLog("info", "backup");
  const database = createDatabase({ ...config.database, poolSize: 2 }, createMetrics("backup"), log);
  log.info("started");
  await serve({ config, database, log, signal });
  await database.close();
  exit(0);
}

interface Command {
  readonly command: string;
  readonly name: string | undefined;
  readonly into: string | undefined;
}

function readCommand(args: readonly string[]): Command {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options: { into: { type: "string" } } });
  } catch {
    throw new BackupError(usage);
  }
  const { positionals, values } = parsed;
  const [command = "", name, ...rest] = positionals;
  const named = command === "verify" || command === "restore";
  const fits =
    rest.length === 0 &&
    (name !== undefined) === named &&
    (values.into === undefined || command === "restore") &&
    ["create", "list", "verify", "restore", "drill", "serve"].includes(command);
  if (!fits) throw new BackupError(usage);
  return { command, name, into: values.into };
}

async function run({ command, name, into }: Command, signal: AbortSignal): Promise<void> {
  const config = loadBackupConfig(process.env);
  if (command === "serve") return serveAll(config, signal);
  const places = await openPlaces(config, shown.progress);
  const catalogue = places.all;
  const began = performance.now();
  const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const chosen = name === "newest" ? await catalogue.newest() : (name ?? "");
  switch (command) {
    case "create": {
      const work = () => backUp(config, places, signal, "manual");
      const { manifest, removed } = await recorded(config, "backup", work, (made) => made.manifest);
      const { bytes, tables } = manifest;
      say(
        `${manifest.name}: ${rowsOf(tables)} rows of ${tables.length} tables, ${megabytes(bytes)}, ${seconds()}`,
      );
      for (const old of removed) say(`${old} was removed: newer ones take its place`);
      return;
    }
    case "list":
      return list(catalogue);
    case "verify": {
      if (config.identity === undefined) {
        await catalogue.verify(chosen);
        say(`${chosen} is what was written; without the identity it could not be opened`);
        return;
      }
      const { dump } = await open(catalogue, chosen, config.identity);
      let bytes = 0;
      for await (const chunk of dump) bytes += chunk.length;
      say(`${chosen} is what was written, and opens: ${megabytes(bytes)} decrypted, ${seconds()}`);
      return;
    }
    case "restore": {
      const database = await restore(config, catalogue, chosen, into, signal);
      say(`${chosen} is in the database ${database}, and every table is as it was backed up (${seconds()}).`);
      say(
        `The live database ${config.database.name} was not touched; docs/operations.md says how to switch over.`,
      );
      return;
    }
    default: {
      const work = (): ReturnType<typeof drill> => drill(config, catalogue, signal);
      const done = await recorded(config, "drill", work, ({ manifest }) => manifest);
      const { manifest, restoreSeconds, pagesChecked } = done;
      const age = Math.round((Date.now() - Date.parse(manifest.created)) / 60_000);
      say(
        `${manifest.name} can be restored: ${rowsOf(manifest.tables)} rows compared, usable after ` +
          `${restoreSeconds.toFixed(1)} s, ${age} min old${pagesChecked ? ", pages checked" : ""} (${seconds()})`,
      );
    }
  }
}

const stopping = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopping.abort());
try {
  await run(readCommand(process.argv.slice(2)), stopping.signal);
} catch (error) {
  process.exitCode = 1;
  shown.clear();
  if (stopping.signal.aborted) console.error("stopped; nothing was left behind");
  else if (error instanceof BackupError || error instanceof ConfigError) console.error(error.message);
  else console.error(error);
}
