import { pino } from "pino";
import { systemClock } from "./clock.ts";
import { readConfig } from "./config.ts";
import { createSimulatorServer } from "./server.ts";
import { createWorld } from "./world.ts";

const log = pino({ base: { role: "simulator" } });

function main(): void {
  const { host, port, token, bot } = readConfig(process.env);
  const world = createWorld({ clock: systemClock, bot });
  const server = createSimulatorServer({
    world,
    token,
    onError: (err) => log.error({ err }, "request failed"),
  });

  server.on("error", (error: NodeJS.ErrnoException) => {
    const inUse = error.code === "EADDRINUSE" ? ": the port is in use, set another SIMULATOR_PORT" : "";
    console.error(`the simulator cannot listen on ${host}:${port}${inUse || `: ${error.message}`}`);
    process.exit(1);
  });
  server.listen(port, host, () => {
    const address = server.address();
    const bound = typeof address === "object" && address !== null ? address.port : port;
    const name = host.includes(":") ? `[${host}]` : host;
    log.info({ page: `http://${name}:${bound}/`, bot: bot.username }, "simulator is ready");
  });

  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, "simulator stops");
      world.webhook.stop();
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
