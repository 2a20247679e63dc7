// `npm run logs`: the logs of a stack's workloads, merged by time.
import { parseArgs } from "node:util";
import { findSite } from "./find-site.ts";
import { entryDrawer, entryJson, type Entry } from "./log-entry.ts";
import { levels, type Level } from "./log-line.ts";
import { chosen, followLogs, pastLogs, type LogRequest } from "./read-logs.ts";
import { since } from "./since.ts";
import { hasColour } from "./terminal.ts";

const usage = `usage: npm run logs -- [WORKLOAD ...] [--follow] [--since 10m] [--level warn] [--lines 100] [--json] [--stack NAME]`;

class UsageError extends Error {}

interface Command extends LogRequest {
  readonly stack: string;
  readonly follow: boolean;
  readonly json: boolean;
}

function commandOf(args: string[], now: Date): Command {
  try {
    const { values, positionals: names } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        stack: { type: "string", short: "s", default: "dev" },
        follow: { type: "boolean", short: "f", default: false },
        since: { type: "string" },
        level: { type: "string", default: "trace" },
        lines: { type: "string", short: "n", default: "100" },
        json: { type: "boolean", default: false },
      },
    });
    const level: Level | undefined = levels.find((one) => one === values.level);
    if (level === undefined) throw new Error(`--level is one of ${levels.join(", ")}`);
    const last = Number(values.lines);
    if (!Number.isInteger(last) || last < 0) throw new Error("--lines is a whole number");
    const { stack, follow, json } = values;
    return {
      stack,
      follow,
      json,
      names,
      level,
      last,
      since: values.since === undefined ? undefined : since(values.since, now),
    };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

async function main(): Promise<number> {
  const now = new Date();
  const command = commandOf(process.argv.slice(2), now);
  const site = findSite(command.stack);
  const sources = await site.logs();
  if (sources.length === 0)
    throw new Error(`stack ${command.stack} has no logs yet: \`npm run up -- --stack ${command.stack}\``);
  const draw = entryDrawer(hasColour(process.stdout));
  const print = (entry: Entry): void => console.log(command.json ? entryJson(entry) : draw(entry).join("\n"));
  for (const entry of await pastLogs(
    chosen(sources, command.names),
    command,
    command.follow ? now : undefined,
  ))
    print(entry);
  if (!command.follow) return 0;
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  for await (const entry of followLogs(site, command, now, stop.signal)) print(entry);
  return 0;
}

// Whoever reads this may end first: `npm run logs -- -f | head`.
process.stdout.on("error", () => process.exit(0));
try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof UsageError ? 2 : 1);
}
