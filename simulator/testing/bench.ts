import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { processorSeconds } from "../../loadtest/cpu.ts";
import { createBotApi } from "../api/bot-api.ts";
import { botOf } from "../bot.ts";
import { systemClock } from "../clock.ts";
import { createWorld } from "../world.ts";

/*
 * `npm run simulator:bench`: what a call of a load test costs the simulator. The goal is less than 100 us of
 * processor time a call, so that the bot and not the simulator is what a load test measures.
 */
const CONNECTIONS = 32;
const WARM_UP = 10_000;
const CALLS = 50_000;
const SINK = { from: 1_000_000, to: 1_999_999 };

const call = (n: number) => ({
  chat_id: SINK.from + (n % 100_000),
  text: `<b>Profile ${n}</b>\n/search`,
  parse_mode: "HTML",
});

/** Without HTTP: the work of the Bot API alone. */
function inProcess(): void {
  const world = createWorld({ clock: systemClock, bot: botOf(`1:${"A".repeat(35)}`) });
  world.sink.set(SINK.from, SINK.to);
  const { execute } = createBotApi(world);
  for (let n = 0; n < WARM_UP; n++) execute("sendMessage", call(n), undefined);
  const before = process.cpuUsage();
  for (let n = 0; n < CALLS; n++) execute("sendMessage", call(n), undefined);
  const { user, system } = process.cpuUsage(before);
  console.log(
    `sendMessage without HTTP: ${((user + system) / CALLS).toFixed(1)} us of processor time a call`,
  );
}

/** As a bot calls it: over HTTP, with the simulator in a process of its own. */
async function overHttp(): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "../alone.ts")], {
    env: { SIMULATOR_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let log = "";
  child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
  while (!log.includes("Ctrl-C")) await once(child.stdout, "data");
  const base = /Bot API +(\S+)/.exec(log)?.[1] ?? "";
  const token = /Token +(\S+)/.exec(log)?.[1] ?? "";
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

  const send = (method: string, path: string, body: object): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json" };
      const outgoing = request(base + path, { method, agent, headers }, (response) => {
        response.resume();
        response.on("end", () =>
          response.statusCode === 200
            ? resolve()
            : reject(new Error(`${path}: ${response.statusCode ?? "?"}`)),
        );
      });
      outgoing.on("error", reject);
      outgoing.end(JSON.stringify(body));
    });

  async function run(calls: number): Promise<void> {
    let n = 0;
    const worker = async (): Promise<void> => {
      while (n < calls) await send("POST", `/bot${token}/sendMessage`, call(n++));
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  }
  const used = (): number => processorSeconds(readFileSync(`/proc/${child.pid ?? 0}/stat`, "utf8"));

  await send("PUT", "/simulator/api/sink", SINK);
  await run(WARM_UP);
  const before = { at: performance.now(), processor: used() };
  await run(CALLS);
  const seconds = (performance.now() - before.at) / 1000;
  const micros = ((used() - before.processor) * 1e6) / CALLS;
  console.log(
    `sendMessage over HTTP:    ${micros.toFixed(1)} us of processor time a call, ${Math.round(CALLS / seconds)} calls/s (${CALLS} calls, ${CONNECTIONS} connections)`,
  );
  agent.destroy();
  child.kill("SIGTERM");
  await once(child, "exit");
}

inProcess();
await overHttp();
