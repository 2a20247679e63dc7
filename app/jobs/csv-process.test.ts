import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { startBot, token, type TestBot } from "../testing/bot.ts";
import { startFakeApi, type FakeApi } from "../testing/fake-api.ts";
import { talk } from "../testing/talk.ts";
import { document } from "../testing/updates.ts";

const servers = inject("servers");
let name: string;
let api: FakeApi;
let bot: TestBot;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  name = await freshDatabase(servers.postgres);
  api = await startFakeApi();
  bot = await startBot({ servers, database: name, apiUrl: api.url });
});
beforeEach(() => {
  api.calls.length = 0;
  api.serve = undefined;
});
afterEach(async () => {
  for (const worker of workers.splice(0)) {
    if (worker.exitCode !== null || worker.signalCode !== null) continue;
    worker.kill("SIGKILL");
    await once(worker, "exit");
  }
});
afterAll(async () => {
  await bot.close();
  await api.close();
});

function startWorker(): ChildProcess {
  const script = join(import.meta.dirname, "../testing/csv-worker.ts");
  const args = [script, String(servers.postgres), name, api.url, token];
  const worker = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    // As the stack starts workers.
    env: { ...process.env, NODE_OPTIONS: "--max-semi-space-size=4" },
  });
  workers.push(worker);
  return worker;
}

const of = (method: string) => api.calls.filter((call) => call.method === method);

async function send(content: Buffer): Promise<void> {
  api.files.set("big", content);
  const who = await talk(bot, api).known("Ada");
  await bot.deliver(document(who, { file_id: "big", file_name: "big.csv" }));
  api.calls.length = 0;
}

/** A table of that many bytes with all kinds of columns. */
function table(bytes: number): Buffer {
  const content = Buffer.alloc(bytes);
  let at = content.write("date,city,name,amount,price,note\n");
  for (let n = 0; ; n += 1) {
    const date = new Date(Date.UTC(2024, 0, 1 + (n % 700))).toISOString().slice(0, 10);
    const city = ["Москва", "Riga", "Санкт-Петербург"][n % 3] ?? "";
    const line = `${date},${city},name ${n},${(n * 7919) % 10_007}.5,"1,${100 + (n % 900)}","a ""note"" ${n * 31}"\n`;
    if (at + Buffer.byteLength(line) > bytes) return content.subarray(0, at);
    at += content.write(line, at);
  }
}

test("a file of 20 MB is read in less than 256 MB of memory", async () => {
  await send(table(20 * 1024 * 1024));
  const worker = startWorker();
  await until("it is answered", () => of("sendDocument").length === 1, 100_000);
  let output = "";
  worker.stdout?.on("data", (part: Buffer) => (output += part.toString()));
  worker.kill("SIGTERM");
  await once(worker, "exit");
  expect(Number(output)).toBeGreaterThan(50);
  expect(Number(output)).toBeLessThan(256);
}, 120_000);

test("a worker that is killed while it reads leaves the file to another, and the answer comes once", async () => {
  await send(table(100_000));
  let halves = 0;
  api.serve = (bytes, response) => {
    halves += 1;
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, 50_000));
  };
  const first = startWorker();
  await until("half of the file was sent", () => halves === 1);
  first.kill("SIGKILL");
  await once(first, "exit");
  api.serve = undefined;
  // Its lease would end in 30 s.
  await bot.sql("UPDATE jobs SET leased_until = now() WHERE ended_at IS NULL");
  startWorker();
  await until("the answer is there", () => of("sendDocument").length > 0);
  await until("all of it is sent", async () => (await bot.sql("SELECT FROM outbox")).length === 0);
  const count = (method: string) => of(method).length;
  expect(["sendPhoto", "sendDocument", "deleteMessage"].map(count)).toEqual([1, 1, 1]);
  // The message of the first one, which the second took over, and the summary.
  expect(count("sendMessage")).toBe(2);
  expect(await bot.sql("SELECT outcome, attempts FROM jobs ORDER BY id DESC LIMIT 1")).toEqual([
    { outcome: "done", attempts: 2 },
  ]);
});
