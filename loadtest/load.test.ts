import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { k6 } from "../infra/toolchain/k6.ts";
import { kinds } from "./k6/lib/updates.ts";
import { part, startOf } from "./k6/lib/profile.ts";
import { profileOf } from "./k6/profiles/all.ts";
import { load } from "./load.ts";
import { tableReport } from "./report/table.ts";
import { kneeOf, reasonsAgainst } from "./result.ts";
import { measured } from "./summary.ts";

const secret = "known-Secret_4711";
const folder = mkdtempSync(join(tmpdir(), "launchlab-load-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A webhook and a simulator in one; `status` decides what the n-th update is answered. */
async function startBot(status: (n: number) => number) {
  const updates: unknown[] = [];
  const secrets = new Set<unknown>();
  const sinks: unknown[] = [];
  const read = async (request: IncomingMessage): Promise<unknown> => {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
    return text === "" ? undefined : JSON.parse(text);
  };
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      if (request.url === "/simulator/api/stats")
        response.end(JSON.stringify({ sink_calls: updates.length }));
      else if (request.url === "/simulator/api/sink") response.end(JSON.stringify(sinks.push(body)));
      else if (request.method === "POST") {
        secrets.add(request.headers["x-telegram-bot-api-secret-token"]);
        updates.push(body);
        response.writeHead(status(updates.length)).end();
      } else response.writeHead(405).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  return { url, updates, secrets, sinks, close: () => server.close() };
}

/** Command line and environment of the load generators that run now. */
function generators(): string {
  const read = (pid: string, file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "latin1");
    } catch {
      return "";
    }
  };
  return readdirSync("/proc")
    .map((pid) => ({ pid, line: read(pid, "cmdline") }))
    .filter(({ line }) => line.includes("loadtest/k6/main.ts"))
    .map(({ pid, line }) => line + read(pid, "environ"))
    .join("\n");
}

test("smoke against a good webhook keeps every promise and leaves a report", async () => {
  let seen = "";
  const bot = await startBot((n) => {
    if (n === 10 && process.platform === "linux") seen = generators();
    return 200;
  });
  const program = await k6();
  const target = { webhook: `${bot.url}/telegram`, secret, simulator: bot.url };
  const result = await load({ profile: "smoke", target, k6: program, folder: join(folder, "good") });
  bot.close();

  expect(result.measured.verdicts.filter(({ ok }) => !ok)).toEqual([]);
  expect(result.exitCode).toBe(0);
  expect(result.invalid).toEqual([]);
  expect(bot.sinks).toEqual([{ from: 7_000_000_000, to: 7_000_099_999 }]);
  expect(bot.secrets).toEqual(new Set([secret]));
  const ids = z
    .array(z.object({ update_id: z.int() }))
    .parse(bot.updates)
    .map((update) => update.update_id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(result.apiCalls).toBe(ids.length);
  expect(result.measured.updates + kinds.length).toBe(ids.length);
  expect(result.measured.curve.length).toBeGreaterThan(0);

  expect(tableReport(result)).toContain("All 8 promises are kept.");
  const html = readFileSync(join(folder, "good", "report.html"), "utf8");
  expect(html).toContain("All 8 promises are kept");
  expect(html).toContain("<polyline");
  // Nothing to load from anywhere.
  expect(html).not.toMatch(/(?:src|href)=|url\(|@import/);

  for (const file of readdirSync(join(folder, "good"))) {
    expect(readFileSync(join(folder, "good", file), "utf8")).not.toContain(secret);
  }
  if (process.platform === "linux") {
    expect(seen).toContain("LOAD_CONFIG=");
    expect(seen).not.toContain(secret);
  }
});

test("a webhook that fails now and then ends with k6's 99 and names the broken promises", async () => {
  const bot = await startBot((n) => (n % 5 === 0 ? 500 : 200));
  const target = { webhook: `${bot.url}/telegram`, secret };
  const result = await load({ profile: "smoke", target, k6: await k6(), folder: join(folder, "bad") });
  bot.close();
  expect(result.exitCode).toBe(99);
  const broken = result.measured.verdicts
    .filter(({ ok }) => !ok)
    .map(({ metric, condition }) => metric + condition);
  expect(broken).toContain("accepted{scenario:trickle}rate>=0.95");
  expect(broken).toContain("checksrate==1");
  expect(tableReport(result)).toContain("promises are broken (exit code 99)");
  expect(readFileSync(join(folder, "bad", "report.html"), "utf8")).toContain("promises are broken");
});

test("the command says what to do when nothing answers, without a stack trace", async () => {
  const bot = await startBot(() => 200);
  bot.close();
  const run = join(import.meta.dirname, "run.ts");
  const secretFile = join(import.meta.dirname, "..", "package.json");
  const call = (args: string[]) =>
    new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, [run, ...args], (error, _, stderr) =>
        resolve({ code: error?.code, stderr }),
      );
    });
  const [unknown, badSecret] = await Promise.all([
    call(["nothing", "--webhook", bot.url, "--secret-file", secretFile]),
    call(["smoke", "--webhook", bot.url, "--secret-file", secretFile]),
  ]);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain("no profile nothing; there are:");
  expect(badSecret.stderr).toContain("is no webhook secret");
  expect(badSecret.stderr).not.toContain("    at ");
  const target = { webhook: `${bot.url}/telegram`, secret };
  await expect(load({ profile: "smoke", target, k6: "k6", folder })).rejects.toThrow("nothing answers at");
});

test("dropped updates and a busy generator make a run invalid", () => {
  const machine = { mean: 1, peak: 1 };
  const reasons = (dropped: number, peak: number) =>
    reasonsAgainst({ dropped }, { cores: 2, machine, generator: { mean: 1, peak } });
  expect(reasons(0, 1.5)).toEqual([]);
  expect(reasons(3, 1.7)).toEqual([
    expect.stringContaining("3 updates were not sent"),
    expect.stringContaining("the generator used 1.7 of 2 cores"),
  ]);
});

test("a load that grows ends in the number that was carried, and its end is no fault of the run", () => {
  const point = (second: number, count: number, p95: number) => ({
    second,
    latency: { count, p95, p50: 1, p99: p95, p999: p95, max: p95 },
  });
  expect(kneeOf([point(0, 500, 5), point(5, 1000, 30), point(10, 1500, 400), point(15, 900, 90)])).toBe(200);
  expect(kneeOf([point(0, 500, 5)])).toBe(100);
  expect(kneeOf([point(0, 500, 300)])).toBeUndefined();
  const machine = { mean: 1, peak: 1 };
  expect(reasonsAgainst({ dropped: 3 }, { cores: 2, machine, generator: machine }, true)).toEqual([]);
});

test("what was carried per second counts from the end of the warm-up, to the end of a run that broke early", () => {
  const breakpoint = profileOf("breakpoint");
  const warmUp = startOf(breakpoint.scenarios[breakpoint.judged]);
  const answers = {
    [part("answers", { scenario: breakpoint.judged })]: { type: "counter" as const, values: { count: 600 } },
  };
  const perSecond = (seconds: number) =>
    measured({ state: { testRunDurationMs: seconds * 1000 }, metrics: answers }, breakpoint).perSecond;
  expect(perSecond(warmUp + 30)).toBe(20);
  expect(perSecond(100_000)).toBe(600 / breakpoint.seconds);
});

test("updates that come several times must lead to one message each", () => {
  const duplicate = profileOf("duplicate");
  const summary = {
    state: { testRunDurationMs: 1000 },
    metrics: { answers: { type: "counter" as const, values: { count: 500 } } },
  };
  const verdict = (calls: number | undefined) =>
    measured(summary, duplicate, { apiCalls: calls }).verdicts.at(-1);
  expect(verdict(500)).toEqual({ metric: "messages", condition: "count==500", ok: true, actual: 500 });
  expect(verdict(501)).toMatchObject({ ok: false, actual: 501 });
  expect(verdict(undefined)).not.toMatchObject({ metric: "messages" });
});
