import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { onTestFinished } from "vitest";
import { botOf } from "../bot.ts";
import { systemClock } from "../clock.ts";
import { createSimulatorServer } from "../server.ts";
import { TEST_TOKEN } from "./world.ts";
import { createWorld } from "../world.ts";

export async function listen(server: Server, port = 0): Promise<string> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no address");
  return `http://127.0.0.1:${address.port}`;
}

export interface TestSimulator {
  readonly url: string;
  readonly stop: () => void;
}

/** For tests: a real simulator on a free port, or the given one, ended with the test. */
export async function startSimulator(port = 0): Promise<TestSimulator> {
  const world = createWorld({ clock: systemClock, bot: botOf(TEST_TOKEN) });
  const errors: unknown[] = [];
  const server = createSimulatorServer({ world, token: TEST_TOKEN, onError: (error) => errors.push(error) });
  const url = await listen(server, port);
  let running = true;
  const stop = (): void => {
    if (!running) return;
    running = false;
    world.webhook.stop();
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(() => {
    stop();
    if (errors.length > 0) throw new AggregateError(errors, "the simulator failed");
  });
  return { url, stop };
}

/** For tests: a bot that handles each update with `handle` before it answers 200. */
export async function startBot(handle: (update: unknown) => Promise<void>): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const update: unknown = JSON.parse(Buffer.concat(chunks).toString());
      handle(update).then(
        () => response.end(),
        (error: unknown) => response.writeHead(500, String(error).slice(0, 50)).end(),
      );
    });
  });
  const url = await listen(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return url;
}
