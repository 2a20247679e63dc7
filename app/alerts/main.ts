// Passes on what Alertmanager tells: to a chat of Telegram, to a webhook, to a dead man's switch.
import { ConfigError } from "../config.ts";
import { createLog } from "../log.ts";
import { loadRelayConfig } from "./config.ts";
import { createRelay } from "./relay.ts";

async function main(): Promise<void> {
  const config = loadRelayConfig(process.env);
  const { log, exit } = createLog(config.logLevel, "alert-relay");
  const relay = createRelay(config, log);
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void relay.close().finally(() => exit(0)));
  await relay.listen({ host: config.host, port: config.port });
  log.info("started");
}

try {
  await main();
} catch (error) {
  const known = error instanceof ConfigError;
  console.error(known ? error.message : `The alert relay cannot start: ${String(error)}`);
  process.exit(1);
}
