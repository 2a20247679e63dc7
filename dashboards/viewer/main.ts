import { boards } from "../boards/all.ts";
import { readConfig } from "./config.ts";
import { createViewer } from "./server.ts";

try {
  const config = readConfig(process.env);
  const server = createViewer(config, boards);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void server.close());
  console.log(`the viewer listens on ${await server.listen(config)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
