import type { Config } from "./config.ts";
import { systemClock } from "./clock.ts";
import { createSimulatorServer } from "./server.ts";
import { snapshotFile } from "./snapshot-file.ts";
import { createWorld } from "./world.ts";

export interface StartOptions {
  readonly config: Config;
  /** Told of errors that are the simulator's own fault. */
  readonly onError: (error: unknown) => void;
  /** Told where it listens, such as http://127.0.0.1:8081. */
  readonly onReady: (url: string) => void;
  readonly onStop: (signal: string) => void;
}

/** Runs a simulator until the process is told to end. Ends the process when it cannot
 * listen; throws when its snapshot cannot be read. */
export function start({ config, onError, onReady, onStop }: StartOptions): void {
  const { host, port, token, bot, stateFile, alertGroup } = config;
  const world = createWorld({ clock: systemClock, bot, alertGroup });
  const file = stateFile === undefined ? undefined : snapshotFile(stateFile);
  file?.load(world);
  const server = createSimulatorServer({ world, token, file, onError });

  server.on("error", (error: NodeJS.ErrnoException) => {
    const inUse = error.code === "EADDRINUSE" ? ": the port is in use, set another SIMULATOR_PORT" : "";
    console.error(`the simulator cannot listen on ${host}:${port}${inUse || `: ${error.message}`}`);
    process.exit(1);
  });
  server.listen(port, host, () => {
    const address = server.address();
    const bound = typeof address === "object" && address !== null ? address.port : port;
    onReady(`http://${host.includes(":") ? `[${host}]` : host}:${bound}`);
  });

  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      onStop(signal);
      world.webhook.stop();
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
}
