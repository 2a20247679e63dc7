// A worker that does nothing but broadcasts, in a process of its own: a test kills it. Arguments: the port of Postgres,
// the database, the address of the Bot API.
import { pino } from "pino";
import { databaseConfig } from "../../test/support/database.ts";
import { createDatabase } from "../database/pool.ts";
import { broadcast } from "../jobs/broadcast.ts";
import { runJobs } from "../jobs/runner.ts";
import { createMetrics } from "../metrics.ts";
import { createApi } from "../telegram/api.ts";
import { createSender } from "../telegram/sender.ts";
import { token } from "./bot.ts";

const [port = "", name = "", apiUrl = ""] = process.argv.slice(2);
const log = pino({ level: "silent" });
const metrics = createMetrics("test");
const database = createDatabase(databaseConfig(Number(port), name), metrics, log);
const api = createApi(apiUrl, token, metrics);
const sender = createSender(database, api, log);
const stopping = new AbortController();
process.once("disconnect", () => stopping.abort());
const { signal } = stopping;
await runJobs({ database, api, mentor: undefined, sender, kinds: [broadcast], metrics, log, signal });
api.close();
await database.close();
