import { pino } from "pino";
import { readConfig } from "./config.ts";
import { start } from "./start.ts";

const log = pino({ base: { role: "simulator" } });

try {
  const config = readConfig(process.env);
  start({
    config,
    onError: (err) => log.error({ err }, "request failed"),
    onReady: (url) => log.info({ page: `${url}/`, bot: config.bot.username }, "simulator is ready"),
    onStop: (signal) => log.info({ signal }, "simulator stops"),
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
