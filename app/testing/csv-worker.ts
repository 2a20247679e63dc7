import { pino } from "pino";
import { databaseConfig } from "../../test/support/database.ts";
import { createDatabase } from "../database/pool.ts";
import { csv } from "../jobs/csv.ts";
import { runJobs } from "../jobs/runner.ts";
import { createMetrics } from "../metrics.ts";
import { createApi } from "../telegram/api.ts";
import { createSender } from "../telegram/sender.ts";

// A worker that reads CSV files, as a process of its own: PORT NAME URL TOKEN. On SIGTERM it tells the most memory that
// it had, in megabytes.
const [port, name, url, token] = process.argv.slice(2);
const log = pino({ level: "silent" });
const metrics = createMetrics("test");
const database = createDatabase(databaseConfig(Number(port), name ?? ""), metrics, log);
const api = createApi(url ?? "", token ?? "", metrics);
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());
await runJobs({
  ...{ database, api, mentor: undefined, metrics, log, kinds: [csv], signal: stopping.signal },
  sender: createSender(database, api, log),
});
api.close();
await database.close();
process.stdout.write(`${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
