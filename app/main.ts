import { readBuild } from "./build.ts";
import { ConfigError, loadConfig, type Config } from "./config.ts";
import { createLog, type Log } from "./log.ts";

/** Milliseconds in which a database is made, or a standby takes over; orchestrators wait for 300 s. */
const migratePatience = 240_000;

/**
 * Starts one role. The order of starting and stopping is visible here: servers last and first, connections
 * first and last, the log after everything.
 */
async function start(config: Config, log: Log): Promise<() => Promise<void>> {
  // Each role loads only what it needs, which halves the time to start.
  if (config.role === "migrate") {
    const { migrate } = await import("./database/migrate.ts");
    const applied = await migrate(config.database, (line) => log.warn(line), migratePatience);
    if (config.logins.length > 0) {
      const { setLogins } = await import("./database/logins.ts");
      await setLogins(config.database, config.logins);
    }
    console.log(applied.length === 0 ? "The database is up to date." : `Applied ${applied.join(", ")}.`);
    return () => Promise.resolve();
  }
  const { createServices } = await import("./services.ts");
  const services = createServices(config, readBuild(), log);
  const role =
    config.role === "web"
      ? (await import("./web.ts")).createWeb(config, services, log)
      : (await import("./worker.ts")).createWorker(config, services, log);
  const { createAdminServer } = await import("./admin/server.ts");
  const admin = createAdminServer({ ...services, monitor: role.monitor, api: role.api, log });
  await admin.listen({ host: config.host, port: config.adminPort });
  const stopRole = await role.start();
  return async () => {
    await stopRole();
    await admin.close();
    await services.close();
  };
}

/** Milliseconds for a graceful stop besides the time of draining; orchestrators kill after 30 s and more. */
const stopLimit = 20_000;

async function main(): Promise<void> {
  let config: Config;
  try {
    config = loadConfig(process.env);
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exitCode = 1;
    return;
  }
  const { log, exit } = createLog(config.logLevel, config.role);
  // State after these is not known: end, and let the supervisor start anew.
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "uncaught error");
    exit(1);
  });
  // Nobody reads our output any more: go on without it.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

  let stop: (() => Promise<void>) | undefined;
  let stopping = false;
  const onSignal = (signal: string) => {
    if (stopping) {
      exit(1);
      return;
    }
    stopping = true;
    log.info({ signal }, "stopping");
    if (stop === undefined) {
      exit(0);
      return;
    }
    const drain = config.role === "web" ? config.drainSeconds * 1000 : 0;
    setTimeout(() => {
      log.error("not everything ended in time");
      exit(1);
    }, drain + stopLimit).unref();
    stop().then(
      () => {
        log.info("stopped");
        exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, "stopping failed");
        exit(1);
      },
    );
  };
  process.on("SIGTERM", () => onSignal("SIGTERM"));
  process.on("SIGINT", () => onSignal("SIGINT"));
  try {
    stop = await start(config, log);
    if (config.role === "migrate") {
      exit(0);
      return;
    }
    log.info("started");
  } catch (error) {
    log.fatal({ err: error }, "cannot start");
    console.error(`The bot cannot start: ${error instanceof Error ? error.message : String(error)}`);
    exit(1);
  }
}

await main();
