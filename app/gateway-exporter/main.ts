// Tells Prometheus what nginx says of itself, and what it answered to whom it served.
import { parseArgs } from "node:util";
import { createLog } from "../log.ts";
import { startExporter } from "./exporter.ts";

const USAGE = "usage: node app/gateway-exporter/main.ts --listen=HOST:PORT --status=URL";

/** Throws when they are not those of the usage. */
function readArguments(): { host: string; port: number; status: string } {
  const { listen = "", status = "" } = parseArgs({
    options: { listen: { type: "string" }, status: { type: "string" } },
  }).values;
  const [, host = "", port] = /^([^:]+):(\d{1,5})$/.exec(listen) ?? [];
  if (port === undefined) throw new Error("--listen must be HOST:PORT");
  if (!URL.canParse(status)) throw new Error("--status must be the address of nginx' stub_status");
  return { host, port: Number(port), status };
}

try {
  const { host, port, status } = readArguments();
  const { log, exit } = createLog("info", "gateway-exporter");
  const server = await startExporter({ host, port }, status);
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      server.close(() => exit(0));
      server.closeAllConnections();
    });
  log.info("started");
} catch (error) {
  console.error(
    `The gateway's exporter cannot start: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`,
  );
  process.exit(1);
}
